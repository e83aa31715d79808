extension TwinSetting {
    public static let sakov2008 = TwinSetting(
        name: "sakov2008", title: "Lorenz-96, everything observed at every step",
        reference:
            "Sakov & Oke, A deterministic formulation of the ensemble Kalman filter, Tellus A 60 (2008), 361–371",
        model: Lorenz96Model(variables: 40, step: 0.05), error: 1, cycles: 1500, spinUp: 300,
        expectations: [
            Expectation(ClimatologyMethod(), 3.6, within: 0.1),
            Expectation(OptimalInterpolation(), 0.95, within: 0.03),
            Expectation(ThreeDVar(scale: 0.02), 0.41, within: 0.03),
            Expectation(StochasticEnKFMethod(members: 40, inflation: 1.06), 0.22, within: 0.02),
            Expectation(DeterministicEnKFMethod(members: 40, inflation: 1.01), 0.18, within: 0.02),
            Expectation(ETKFMethod(members: 24, inflation: 1.013, rotates: true), 0.18, within: 0.02),
            Expectation(SerialEnSRFMethod(members: 28, inflation: 1.02, rotates: true), 0.18, within: 0.02),
            Expectation(FiniteSizeEnKF(members: 24, rotates: true), 0.21, within: 0.02),
            Expectation(FiniteSizeEnKF(members: 24, rotates: true, certainty: 2), 0.18, within: 0.02),
            Expectation(LETKFMethod(members: 7, inflation: 1.04, radius: 4, rotates: true), 0.22, within: 0.02),
        ])
}
