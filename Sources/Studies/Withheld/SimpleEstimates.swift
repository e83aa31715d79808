import Tensors

/// Estimates of withheld values that need no model, which any method must beat.
public enum SimpleEstimate: String, CaseIterable, Sendable {
    /// The mean of the values of the channel that are not withheld, or of its table where there are none.
    case mean = "mean of the values"
    /// The last value of the channel before that is not withheld; the error grows with the time since, as between
    /// values that are not withheld.
    case last = "last value"

    /// Fills in the withheld values of a fold.
    ///
    /// - Parameters:
    ///   - rest: the observations without those of the fold.
    ///   - tables: the number of the table of each channel.
    public func fill(
        _ estimates: inout WithheldEstimates, _ folds: WithheldFolds, fold: Int, _ rest: SystemObservations,
        tables: [Int]
    ) {
        let (values, mask, m) = (rest.values.values, rest.mask.values, rest.channels.count)
        let known = mask.indices.filter { mask[$0] > 0 }
        let byChannel = Dictionary(grouping: known) { $0 % m }
        let byTable = Dictionary(grouping: known) { tables[$0 % m] }
        for (channel, places) in Dictionary(grouping: folds.places(fold), by: { $0 % m }) {
            let own = byChannel[channel] ?? []
            let others = own.count > 1 ? own : byTable[tables[channel]] ?? []
            let mean = Self.moments(others.map { values[$0] })
            let growth = own.count > 2 ? Growth(own.map { (rest.times[$0 / m], values[$0]) }) : nil
            // The number of values of the channel before each place, both in the order of time.
            var passed = 0
            for place in places {
                (estimates.means[place], estimates.deviations[place]) = mean
                while passed < own.count, own[passed] < place { passed += 1 }
                guard self == .last, let growth, passed > 0 else { continue }
                let before = own[passed - 1]
                estimates.means[place] = values[before]
                estimates.deviations[place] = growth.deviation(rest.times[place / m] - rest.times[before / m])
            }
        }
    }

    private static func moments(_ values: [Double]) -> (Double, Double) {
        guard !values.isEmpty else { return (.nan, .nan) }
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, square.squareRoot())
    }

    /// The root-mean-square difference of two values by the time between them.
    private struct Growth {
        private var times: [Double] = []
        private var squares: [Double] = []

        init(_ series: [(time: Double, value: Double)]) {
            var apart = 1
            while apart <= series.count / 2 {
                let pairs = zip(series, series.dropFirst(apart))
                let count = Double(series.count - apart)
                times.append(pairs.reduce(0) { $0 + $1.1.time - $1.0.time } / count)
                squares.append(
                    pairs.reduce(0) { $0 + ($1.1.value - $1.0.value) * ($1.1.value - $1.0.value) } / count)
                apart *= 2
            }
        }

        /// Between neighbouring lengths linear; beyond them that of the nearest.
        func deviation(_ time: Double) -> Double {
            guard let above = times.firstIndex(where: { $0 >= time }) else { return (squares.last ?? 0).squareRoot() }
            guard above > 0 else { return squares[0].squareRoot() }
            let part = (time - times[above - 1]) / (times[above] - times[above - 1])
            return (squares[above - 1] + part * (squares[above] - squares[above - 1])).squareRoot()
        }
    }
}
