/// Normal values at one time after another, in one buffer: an allocation a time would cost more than the waves
/// themselves.
struct SeasonalNormals {
    private let season: Season
    private let variables: Int
    /// `[phase][variable]`; of waves, coefficients `[regressor][variable]`.
    private let means: [Double]

    init(_ means: [[Double]], _ season: Season) {
        self.season = season
        variables = means.first?.count ?? 0
        self.means = means.flatMap { $0 }
    }

    /// - Parameter body: takes a time and the normal values of all variables.
    func eachTime(_ times: some Sequence<Int>, _ body: (Int, UnsafeBufferPointer<Double>) -> Void) {
        means.withUnsafeBufferPointer { means in
            guard case .waves = season else {
                for time in times {
                    let first = season.phase(time) * variables
                    body(time, UnsafeBufferPointer(rebasing: means[first..<(first + variables)]))
                }
                return
            }
            withUnsafeTemporaryAllocation(of: Double.self, capacity: variables) { normal in
                season.eachRegressors(times) { time, regressors in
                    for v in 0..<variables { normal.initializeElement(at: v, to: means[v]) }
                    for i in 1..<max(regressors.count, 1) {
                        for v in 0..<variables { normal[v] += regressors[i] * means[i * variables + v] }
                    }
                    body(time, UnsafeBufferPointer(normal))
                }
            }
        }
    }

    /// Changes every row of a table that begins at step 0 with the normal values of its time.
    func update(
        _ table: inout SeriesTable,
        _ body: (_ row: inout UnsafeMutableBufferPointer<Double>, _ normal: UnsafeBufferPointer<Double>) -> Void
    ) {
        let (times, width) = (0..<table.count, table.width)
        table.withNumbers { numbers in
            eachTime(times) { time, normal in
                var row = UnsafeMutableBufferPointer(rebasing: numbers[(time * width)..<((time + 1) * width)])
                body(&row, normal)
            }
        }
    }
}
