extension TwinSetting {
    public static let anderson2010 = TwinSetting(
        name: "anderson2010", title: "Lorenz-63, everything observed every 12 steps with large errors",
        reference: "Anderson, A non-Gaussian ensemble filter update for data assimilation, MWR 138 (2010), 4186–4198",
        model: Lorenz63Model(), steps: 12, error: 8.0.squareRoot(), cycles: 2000, spinUp: 200,
        expectations: [
            Expectation(SerialEnSRFMethod(members: 20, inflation: 1.01, rotates: true), 0.87, within: 0.1),
            Expectation(FiniteSizeEnKF(members: 20, rotates: true), 0.87, within: 0.1),
            Expectation(RankHistogramMethod(members: 50, inflation: 1.10, hasTails: false), 1.28, within: 0.2),
            Expectation(
                RankHistogramMethod(members: 50, inflation: 0.95, rotates: true, hasTails: false), 0.94, within: 0.2),
        ],
        alsoCompared: [
            ComparedMethod(RankHistogramMethod(members: 50, rotates: true), name: "rank-histogram-tails")
        ])
}
