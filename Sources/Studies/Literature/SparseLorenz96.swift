extension TwinSetting {
    public static let sparseLorenz96 = TwinSetting(
        name: "sparse-lorenz96", title: "Lorenz-96, a quarter of the variables observed every 0.15",
        reference:
            "Bach, Baptista, Calvello, Chen & Stuart, Learning enhanced ensemble filters (2025), arXiv 2504.17836",
        model: Lorenz96Model(variables: 40, step: 0.03), steps: 5, observed: Array(stride(from: 0, to: 40, by: 4)),
        error: 1, cycles: 1500, spinUp: 300,
        expectations: [Expectation(LETKFMethod(members: 10, inflation: 1.04, radius: 1), 2.020, within: 0.1)],
        alsoCompared: [
            ComparedMethod(
                LocalStochasticEnKF(members: 10, radius: 4),
                choosingFrom: ["inflation": [1.02, 1.06, 1.1], "radius": [2, 3, 4]])
        ])
}
