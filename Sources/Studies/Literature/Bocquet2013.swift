extension TwinSetting {
    public static let bocquet2013 = TwinSetting(
        name: "bocquet2013", title: "Lorenz-96, everything observed every four steps",
        reference:
            "Bocquet & Sakov, Joint state and parameter estimation with an iterative ensemble Kalman smoother, "
            + "NPG 20 (2013), 803–818",
        model: Lorenz96Model(variables: 40, step: 0.05), steps: 4, error: 1, cycles: 1000, spinUp: 200,
        expectations: [
            Expectation(FourDVar(scale: 0.2, of: .identity, lag: 1), 0.46, within: 0.03),
            Expectation(FourDVar(scale: 0.1, of: .identity, lag: 2, iterations: 5), 0.39, within: 0.03),
            Expectation(IterativeSmoother(members: 20, lag: 4, certainty: 2), 0.31, within: 0.03),
        ])
}
