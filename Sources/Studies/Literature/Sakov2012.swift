extension TwinSetting {
    public static let sakov2012 = TwinSetting(
        name: "sakov2012", title: "Lorenz-63, everything observed every 25 steps",
        reference:
            "Sakov, Oliver & Bertino, An iterative EnKF for strongly nonlinear systems, MWR 140 (2012), 1988–2004",
        model: Lorenz63Model(), steps: 25, error: 2.0.squareRoot(), cycles: 1500, spinUp: 200,
        expectations: [
            Expectation(ClimatologyMethod(), 7.6, within: 0.3),
            Expectation(OptimalInterpolation(), 1.25, within: 0.05),
            Expectation(ThreeDVar(scale: 0.1), 1.04, within: 0.05),
            Expectation(ETKFMethod(members: 3, inflation: 1.3), 0.80, within: 0.05),
            Expectation(ETKFMethod(members: 10, inflation: 1.02, rotates: true), 0.60, within: 0.05),
            Expectation(StochasticEnKFMethod(members: 10, inflation: 1.04), 0.65, within: 0.05),
            Expectation(StochasticEnKFMethod(members: 100, inflation: 1.01), 0.56, within: 0.05),
            Expectation(FiniteSizeEnKF(members: 3), 0.60, within: 0.05),
            Expectation(FiniteSizeEnKF(members: 10, rotates: true), 0.54, within: 0.05),
            Expectation(IterativeSmoother(members: 10, inflation: 1.02, rotates: true), 0.31, within: 0.05),
            Expectation(BootstrapParticles(members: 100, threshold: 0.3, jitter: 2.4), 0.38, within: 0.05),
            Expectation(BootstrapParticles(members: 800, threshold: 0.2, jitter: 0.9), 0.28, within: 0.05),
        ])
}
