extension TwinSetting {
    public static let bocquet2019 = TwinSetting(
        name: "bocquet2019", title: "Kuramoto–Sivashinsky, 128 points, observed at every point",
        reference:
            "Bocquet & Farchi, On the consistency of the local ensemble square root Kalman filter, Tellus A 71 (2019)",
        model: KuramotoSivashinskyModel(variables: 128, step: 0.5), steps: 2, error: 1, startError: 0.0316,
        cycles: 1000, spinUp: 200,
        expectations: [
            Expectation(ClimatologyMethod(), 1.3, within: 0.1),
            Expectation(OptimalInterpolation(), 0.5, within: 0.05),
            Expectation(LETKFMethod(members: 6, inflation: 1.06, radius: 13.74, rotates: true), 0.14, within: 0.02),
            Expectation(LETKFMethod(members: 16, inflation: 1.02, radius: 28.02, rotates: true), 0.11, within: 0.02),
        ])
}
