extension TwinSetting {
    /// The published runs are of 1280 observation times, on which single runs differ by up to 0.06.
    public static let bocquet2010 = TwinSetting(
        name: "bocquet2010", title: "Lorenz-96 of ten variables, half of them observed", reference: bocquet2010Paper,
        model: Lorenz96Model(variables: 10, step: 0.05), observed: [0, 2, 4, 6, 8], error: 1.5, cycles: 1500,
        spinUp: 300,
        expectations: [
            Expectation(FiniteSizeEnKF(members: 8, rotates: true, certainty: 1.3), 0.44, within: 0.1),
            Expectation(BootstrapParticles(members: 100, threshold: 0.2, jitter: 1.3), 0.43, within: 0.1),
            Expectation(BootstrapParticles(members: 800, threshold: 0.2, jitter: 0.8), 0.29, within: 0.05),
            Expectation(OptimalParticles(members: 100, threshold: 0.2, jitter: 1.0, kernel: 0.3), 0.44, within: 0.1),
            Expectation(OptimalParticles(members: 800, threshold: 0.2, jitter: 0.6, kernel: 0.1), 0.28, within: 0.05),
        ])

    public static let bocquet2010Large = TwinSetting(
        name: "bocquet2010-40", title: "Lorenz-96, half of the variables observed", reference: bocquet2010Paper,
        model: Lorenz96Model(variables: 40, step: 0.05), observed: Array(stride(from: 0, to: 40, by: 2)), error: 1.5,
        cycles: 1500, spinUp: 300,
        expectations: [
            Expectation(FiniteSizeEnKF(members: 24, inflation: 1.01, rotates: true), 0.58, within: 0.05),
            Expectation(IterativeSmoother(members: 19, inflation: 1.04, lag: 2), 0.46, within: 0.06),
        ])

    private static let bocquet2010Paper =
        "Bocquet, Pires & Wu, Beyond Gaussian statistical modeling in geophysical data assimilation, MWR 138 (2010)"
}
