extension TwinSetting {
    public static let anderson2010 = TwinSetting(
        name: "anderson2010", title: "Lorenz-63, everything observed every 12 steps with large errors",
        reference: "Anderson, A non-Gaussian ensemble filter update for data assimilation, MWR 138 (2010), 4186–4198",
        model: Lorenz63Model(), steps: 12, error: 8.0.squareRoot(), cycles: 2000, spinUp: 200,
        expectations: [Expectation(FiniteSizeEnKF(members: 20), 0.87, within: 0.05)])
}
