import Tensors

/// The data of a linear regression: targets and the past before them.
///
/// The vector of a target is `(z[t], z[t−1], …, z[t−τ], 1)` of length `n = (τ + 1) d + 1`. Few variables are kept as
/// sums of its products by season, which every setting shares; more variables than times as the vectors themselves.
/// When values are estimates with an error covariance, that is added,
/// so that the regression is the M-step of expectation–maximisation.
public struct SeasonalMoments: Sendable {
    enum Form: Sendable {
        /// `[period, n, n]`
        case sums(Tensor)
        case samples(SeasonalSamples)
    }
    let form: Form
    let count: Int
    let layout: MemoryLayout
    private let series: SeasonalSeries
    private let times: [Int]
    private let gaps: GapEstimates?

    /// The targets and the past before them, in either form.
    var samples: SeasonalSamples { SeasonalSamples(series, layout, times, gaps) }

    /// - Parameters:
    ///   - times: the targets; each must have `layout.memory` values before it.
    ///   - gaps: the errors of the values that are estimates; over windows of `layout.memory + 1` steps or more.
    public init(_ series: SeasonalSeries, layout: MemoryLayout, targets times: [Int], gaps: GapEstimates? = nil) {
        let n = (layout.memory + 1) * layout.variables + 1
        self.init(series, layout: layout, targets: times, gaps: gaps, asSamples: n > series.count)
    }

    init(
        _ series: SeasonalSeries, layout: MemoryLayout, targets times: [Int], gaps: GapEstimates? = nil, asSamples: Bool
    ) {
        (self.layout, self.series, self.gaps) = (layout, series, gaps)
        let times = times.filter { $0 >= layout.memory }
        self.times = times
        count = times.count
        form =
            asSamples
            ? .samples(SeasonalSamples(series, layout, times, gaps))
            : .sums(SeasonalMoments.sums(series, layout, times, gaps))
    }

    private static func sums(
        _ series: SeasonalSeries, _ layout: MemoryLayout, _ times: [Int], _ gaps: GapEstimates?
    ) -> Tensor {
        let (d, n) = (layout.variables, (layout.memory + 1) * layout.variables + 1)
        var byPhase = [[Int]](repeating: [], count: layout.period)
        for time in times { byPhase[series.phase(time)].append(time) }
        let parts = byPhase.map { chosen -> Tensor in
            guard !chosen.isEmpty else { return Tensor.zeros([n, n]) }
            let rows = vectors(series, d, n, chosen)
            return rows.transposed.matrixProduct(rows)
        }
        let products = Tensor.stacked(parts)
        guard let gaps else { return products }
        var spread = [Double](repeating: 0, count: layout.period * n * n)
        gaps.eachWindow(of: times, length: layout.memory + 1) { time, places, covariance in
            let first = series.phase(time) * n * n
            for (i, a) in places.enumerated() {
                for (j, b) in places.enumerated() { spread[first + a * n + b] += covariance[i * places.count + j] }
            }
        }
        return products + Tensor(spread, shape: [layout.period, n, n])
    }

    /// `[times, n]`
    static func vectors(_ series: SeasonalSeries, _ d: Int, _ n: Int, _ times: [Int]) -> Tensor {
        let values = [Double](unsafeUninitializedCapacity: times.count * n) { out, count in
            series.values.numbers.withUnsafeBufferPointer { numbers in
                for (row, time) in times.enumerated() {
                    for lag in 0..<((n - 1) / d) {
                        for v in 0..<d { out[row * n + lag * d + v] = numbers[(time - lag) * d + v] }
                    }
                    out[(row + 1) * n - 1] = 1
                }
            }
            count = times.count * n
        }
        return Tensor(values, shape: [times.count, n])
    }
}

/// Targets and the past before them, one a row.
struct SeasonalSamples: Sendable {
    /// `[N, n]`
    let vectors: Tensor
    let phases: [Int]
    private let times: [Int]
    private let layout: MemoryLayout
    private let gaps: GapEstimates?

    init(_ series: SeasonalSeries, _ layout: MemoryLayout, _ times: [Int], _ gaps: GapEstimates?) {
        self.layout = layout
        self.times = times
        self.gaps = gaps
        phases = times.map { series.phase($0) }
        vectors = SeasonalMoments.vectors(
            series, layout.variables, (layout.memory + 1) * layout.variables + 1, times)
    }

    var hasSpread: Bool { gaps != nil }

    /// `[N, d]`
    var targets: Tensor { vectors.slice(axis: 1, from: 0, to: layout.variables) }

    /// The features of every sample, `[N, f]`, in the order of the penalties: past, waves of its newest lags, one.
    func features(_ setting: SeasonalRegressionOptions) -> Tensor {
        let d = layout.variables
        let n = (layout.memory + 1) * d + 1
        let past = vectors.slice(axis: 1, from: d, to: (setting.memory + 1) * d)
        let newest = vectors.slice(axis: 1, from: d, to: (setting.seasonalLags + 1) * d)
        let waves = layout.waves(setting).taking(Tensor(integers: phases))
        let seasonal = (0..<waves.shape[1]).map { newest * waves.slice(axis: 1, from: $0, to: $0 + 1) }
        return Tensor.concatenated([past] + seasonal + [vectors.slice(axis: 1, from: n - 1, to: n)], axis: 1)
    }

    /// The part of the estimates' errors in the products of features and targets, `[f + d, f + d]`, features first.
    func spread(_ setting: SeasonalRegressionOptions) -> Tensor {
        let d = layout.variables
        let waves = layout.waves(setting)
        let waveCount = waves.shape[1]
        let (plain, seasonal) = (setting.memory * d, setting.seasonalLags * d)
        let f = plain + waveCount * seasonal + 1
        let m = f + d
        var sums = [Double](repeating: 0, count: m * m)
        let weights = waves.values
        gaps?.eachWindow(of: times, length: setting.memory + 1) { time, places, covariance in
            let phase = layout.phase(time)
            let columns = places.map { place -> [(Int, Double)] in
                if place < d { return [(f + place, 1)] }
                let past = place - d
                guard past < seasonal else { return [(past, 1)] }
                return [(past, 1)]
                    + (0..<waveCount).map { (plain + $0 * seasonal + past, weights[phase * waveCount + $0]) }
            }
            for (i, a) in columns.enumerated() {
                for (j, b) in columns.enumerated() {
                    let value = covariance[i * places.count + j]
                    for (row, x) in a { for (column, y) in b { sums[row * m + column] += x * y * value } }
                }
            }
        }
        return Tensor(sums, shape: [m, m])
    }
}

extension MemoryLayout {
    /// The waves that seasonal coefficients follow, `[period, 2 · harmonics]`; none without them.
    func waves(_ setting: SeasonalRegressionOptions) -> Tensor {
        seasons(harmonics: setting.seasonalLags == 0 ? 0 : setting.harmonics)
    }
}
