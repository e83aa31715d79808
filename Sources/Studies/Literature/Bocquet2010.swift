extension TwinSetting {
    public static let bocquet2010 = TwinSetting(
        name: "bocquet2010", title: "Lorenz-96 of ten variables, half of them observed", reference: bocquet2010Paper,
        model: Lorenz96Model(variables: 10, step: 0.05), observed: [0, 2, 4, 6, 8], error: 1.5, cycles: 1500,
        spinUp: 300,
        expectations: [
            Expectation(FiniteSizeEnKF(members: 8, rotates: true), 0.44, within: 0.03),
            Expectation(BootstrapParticles(members: 800, threshold: 0.3, jitter: 0.4), 0.29, within: 0.03),
        ])

    public static let bocquet2010Large = TwinSetting(
        name: "bocquet2010-40", title: "Lorenz-96, half of the variables observed", reference: bocquet2010Paper,
        model: Lorenz96Model(variables: 40, step: 0.05), observed: Array(stride(from: 0, to: 40, by: 2)), error: 1.5,
        cycles: 1500, spinUp: 300,
        expectations: [Expectation(FiniteSizeEnKF(members: 24, rotates: true), 0.58, within: 0.03)])

    private static let bocquet2010Paper =
        "Bocquet, Pires & Wu, Beyond Gaussian statistical modeling in geophysical data assimilation, MWR 138 (2010)"
}
