import Tensors

/// Forecasts that need no assimilation, and that every method must beat.
public enum Baseline: String, Sendable, CaseIterable, Codable {
    /// The values of the same season in the training years.
    case climatology
    /// The last anomaly.
    case persistence
    /// The last anomaly, shrunk towards zero by its regression at each lead.
    case dampedPersistence = "damped-persistence"
    /// An autoregression of order twelve on each series alone.
    case autoregression = "ar12"

    /// Ensembles of standardised anomalies, `[variable][position of the lead][start][member]`.
    ///
    /// A point forecast is dressed with its own errors in training, at that lead. A missing value counts as the last
    /// one before it, for these methods have no filter; what cannot be forecast yet, before the first value or in a
    /// season without values, is NaN in all members.
    ///
    /// - Parameter end: only times before it are learned from.
    public func forecasts(
        _ anomalies: SeasonalSeries, before end: Int, starts: [Int], leads: [Int]
    ) -> [[[[Double]]]] {
        let filled = anomalies.carriedForward()
        return (0..<anomalies.variables).map { variable in
            let values = filled.values.column(variable)
            if self == .climatology {
                let samples = anomaliesBySeason(anomalies, variable, before: end)
                return leads.map { lead in starts.map { samples[anomalies.season.group($0 + lead)] } }
            }
            let points = pointForecasts(values, before: end, leads: leads)
            return leads.enumerated().map { i, lead in
                let errors = (min(12, max(end - lead, 0))..<max(end - lead, 0)).compactMap { start -> Double? in
                    let error = anomalies.values[start + lead, variable] - points[i][start]
                    return error.isNaN ? nil : error
                }
                let dressing = Baseline.dressing(errors)
                return starts.map { start in dressing.map { points[i][start] + $0 } }
            }
        }
    }

    /// `[position of the lead][start]`
    private func pointForecasts(_ values: [Double], before end: Int, leads: [Int]) -> [[Double]] {
        switch self {
        case .climatology: return leads.map { _ in values.map { _ in 0 } }
        case .persistence: return leads.map { _ in values }
        case .dampedPersistence:
            return leads.map { lead in
                var (products, squares) = (0.0, 0.0)
                for start in 0..<max(end - lead, 0) where !values[start].isNaN {
                    products += values[start] * values[start + lead]
                    squares += values[start] * values[start]
                }
                let slope = products / max(squares, 1e-300)
                return values.map { slope * $0 }
            }
        case .autoregression: return autoregression(values, before: end, leads: leads)
        }
    }

    private func autoregression(_ values: [Double], before end: Int, leads: [Int]) -> [[Double]] {
        let order = 12
        let first = (values.firstIndex { !$0.isNaN } ?? values.count) + order
        // As many equations as coefficients, or there is nothing to learn from.
        guard end - first > order else { return leads.map { _ in values.map { _ in .nan } } }
        let series = SeasonalSeries(SeriesTable(values, width: 1), season: .none)
        let layout = MemoryLayout(variables: 1, memory: order, period: 1, firstPhase: 0)
        let setting = SeasonalRegressionOptions(
            memory: order, ridge: 1e-6, decay: 0, seasonalLags: 0, seasonalRidge: 0, harmonics: 0)
        let model = SeasonalRegression(
            SeasonalMoments(series.prefix(end), layout: layout, targets: Array(first..<end)), setting
        ).model
        let coefficients = model.coefficients.values
        let offset = model.offsets.values[0]
        return Baseline.iterated(values, leads: leads, coefficients, offset)
    }

    /// Applies a one-step forecast again and again from every start: `offset + Σ coefficients[i] · value[t − i]`.
    private static func iterated(
        _ values: [Double], leads: [Int], _ coefficients: [Double], _ offset: Double
    ) -> [[Double]] {
        let order = coefficients.count
        var result = leads.map { _ in [Double](repeating: 0, count: values.count) }
        // The values before a start and the forecasts after it, in the order of time.
        var line = [Double](repeating: 0, count: order + (leads.last ?? 1))
        for start in values.indices {
            for lag in 0..<order { line[order - 1 - lag] = start >= lag ? values[start - lag] : .nan }
            var position = 0
            for lead in 1...(leads.last ?? 1) {
                var sum = 0.0
                for lag in 0..<order { sum += coefficients[lag] * line[order + lead - 2 - lag] }
                line[order + lead - 1] = offset + sum
                if leads[position] == lead {
                    result[position][start] = offset + sum
                    position += 1
                }
            }
        }
        return result
    }

    /// Quantiles of centred errors: an ensemble of deviations.
    private static func dressing(_ errors: [Double], count: Int = 99) -> [Double] {
        guard !errors.isEmpty else { return [Double](repeating: .nan, count: count) }
        let mean = errors.reduce(0.0, +) / Double(errors.count)
        let sorted = errors.map { $0 - mean }.sorted()
        let quantiles = Baseline.quantiles(ofSorted: sorted, count)
        let center = quantiles.reduce(0.0, +) / Double(count)
        return quantiles.map { $0 - center }
    }

    private static func quantiles(ofSorted sorted: [Double], _ count: Int) -> [Double] {
        (0..<count).map { i -> Double in
            let place = (Double(i) + 0.5) / Double(count) * Double(sorted.count) - 0.5
            let low = min(max(Int(place.rounded(.down)), 0), sorted.count - 1)
            let high = min(low + 1, sorted.count - 1)
            let weight = min(max(place - Double(low), 0), 1)
            return sorted[low] * (1 - weight) + sorted[high] * weight
        }
    }

    /// The known anomalies of each group of the season, `[group][member]`: themselves where the groups are phases,
    /// their quantiles where they are parts of cycles; those of all groups where one has none.
    private func anomaliesBySeason(_ anomalies: SeasonalSeries, _ variable: Int, before end: Int) -> [[Double]] {
        let season = anomalies.season
        var groups = [[Double]](repeating: [], count: season.groupCount)
        for time in 0..<end {
            let value = anomalies.values[time, variable]
            if !value.isNaN { groups[season.group(time)].append(value) }
        }
        if case .waves = season {
            let all = Baseline.sample(groups.flatMap { $0 })
            return groups.map { $0.isEmpty ? all : Baseline.sample($0) }
        }
        // The same number of members in every season.
        let members = max(end / season.period, 2)
        return groups.map { known in (0..<members).map { known.isEmpty ? .nan : known[$0 % known.count] } }
    }

    private static func sample(_ known: [Double], count: Int = 99) -> [Double] {
        known.isEmpty ? [Double](repeating: .nan, count: count) : quantiles(ofSorted: known.sorted(), count)
    }
}
