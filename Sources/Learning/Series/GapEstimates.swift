import Tensors

/// The values that a series lacks, estimated from all others by a linear model with memory:
/// their expectations and covariances.
///
/// The values of a series are jointly normal, and the inverse of their covariance is banded: a value is coupled to
/// those of at most `memory` steps before and after. What is observed is given, so that only the missing values are
/// unknown, and those that are observed with an error that counts. One banded Cholesky factor gives their expectations,
/// and the covariances of all that lie in one window of `memory + 1` steps: O(u w²) for `u` unknowns with `w` in a
/// window, whatever the length of the state. They are those of a Kalman smoother whose observations have no error but
/// the one that counts. Values before the first are drawn from the climatology anew at each step. Reference: Rue &
/// Held, *Gaussian Markov Random Fields* (2005), §2.3; Takahashi, Fagan & Chen (1973) for the covariances.
public struct GapEstimates: Sendable {
    /// Standard deviations of observations below this, in units of the anomalies', are none.
    static let negligibleError = 0.01

    /// The series with expectations in place of unknown values.
    let filled: SeriesTable
    private let unknowns: GapUnknowns
    /// Covariances of unknown `i` with those from `first` to itself.
    private let covariance: EnvelopeMatrix

    /// - Parameters:
    ///   - anomalies: standardised, NaN where missing.
    ///   - errors: standard deviations of the observations' errors; nil where all are `observationError`.
    ///   - model: without networks.
    ///   - modelError: covariance of its one-step errors, `[d, d]`.
    init(
        _ anomalies: SeasonalSeries, errors: SeriesTable? = nil, observationError: Double, model: MemoryModel,
        modelError: Tensor
    ) {
        let unknowns = GapUnknowns(anomalies, memory: model.layout.memory) { time, variable in
            let error = errors?[time, variable] ?? .nan
            return error.isNaN ? observationError : error
        }
        var matrix = EnvelopeMatrix(first: unknowns.first)
        var right = [Double](repeating: 0, count: unknowns.count)
        for (i, known) in unknowns.observed {
            matrix.add(i, i, 1 / known.variance)
            right[i] += known.value / known.variance
        }
        WhitenedModel(model, modelError).couple(unknowns, anomalies, &matrix, &right)
        matrix.factorize()
        matrix.solve(&right)
        matrix.invert()
        var filled = anomalies.values
        for i in right.indices { filled[unknowns.times[i], unknowns.variables[i]] = right[i] }
        self.filled = filled
        self.unknowns = unknowns
        covariance = matrix
    }

    /// The covariance of the unknown values in the `length` steps up to each of some times, where anything is.
    ///
    /// - Parameter body: takes a time, the places of the unknowns in the vector `(z[t], z[t−1], …)`,
    ///   and their covariance, row by row.
    func eachWindow(
        of times: [Int], length: Int, _ body: (_ time: Int, _ places: [Int], _ covariance: [Double]) -> Void
    ) {
        for time in times {
            let chosen = unknowns.range(from: time - length + 1, to: time)
            guard !chosen.isEmpty else { continue }
            let places = chosen.map { (time - unknowns.times[$0]) * unknowns.width + unknowns.variables[$0] }
            let k = chosen.count
            var block = [Double](repeating: 0, count: k * k)
            for i in 0..<k {
                for j in 0...i {
                    let value = covariance[chosen.lowerBound + i, chosen.lowerBound + j]
                    block[i * k + j] = value
                    block[j * k + i] = value
                }
            }
            body(time, places, block)
        }
    }
}

/// Which values of a series are unknown, in the order of time.
struct GapUnknowns: Sendable {
    let times: [Int]
    let variables: [Int]
    /// The first unknown that each is coupled to.
    let first: [Int]
    /// Unknowns that are observed with an error.
    let observed: [(index: Int, (value: Double, variance: Double))]
    /// The number of variables.
    let width: Int
    /// The first unknown at each time or later.
    private let starts: [Int]

    init(_ series: SeasonalSeries, memory: Int, error: (Int, Int) -> Double) {
        var times: [Int] = []
        var variables: [Int] = []
        var first: [Int] = []
        var starts: [Int] = []
        var observed: [(Int, (Double, Double))] = []
        starts.reserveCapacity(series.count + 1)
        for (time, row) in series.values.enumerated() {
            starts.append(times.count)
            for v in row.indices {
                let deviation = row[v].isNaN ? 0 : error(time, v)
                guard row[v].isNaN || deviation >= GapEstimates.negligibleError else { continue }
                if !row[v].isNaN { observed.append((times.count, (row[v], deviation * deviation))) }
                times.append(time)
                variables.append(v)
                first.append(starts[max(time - memory, 0)])
            }
        }
        starts.append(times.count)
        (self.times, self.variables, self.first, self.starts, self.observed) = (
            times, variables, first, starts, observed
        )
        width = series.variables
    }

    var count: Int { times.count }

    /// Those of the times from one to another.
    func range(from: Int, to: Int) -> Range<Int> { starts[max(from, 0)]..<starts[to + 1] }
}

/// A linear model with memory in units of its errors: `L⁻¹ (z[t] − W (z[t−1], …) − b)` is white noise,
/// `L Lᵀ` their covariance.
private struct WhitenedModel {
    let memory: Int
    let d: Int
    /// One a season: `L⁻¹ (1, −W)` transposed, `[(τ + 1) d, d]`, and `L⁻¹ b`.
    let rows: [[Double]]
    let offsets: [[Double]]
    /// The same for the times before `memory`, whose pasts begin before the first value.
    let firstRows: [[Double]]
    let firstOffsets: [[Double]]

    init(_ model: MemoryModel, _ modelError: Tensor) {
        let d = model.layout.variables
        let memory = model.layout.memory
        (self.d, self.memory) = (d, memory)
        let seasons = model.coefficients.shape[0]
        func whitened(_ season: Int, lags: Int, _ covariance: Tensor) -> (rows: [Double], offset: [Double]) {
            let past = -model.coefficients[season][0..<(lags * d)].transposed
            let all = Tensor.concatenated(
                [Tensor.identity(d), past, model.offsets[season % model.offsets.shape[0]].expanded(axis: -1)], axis: 1)
            let solved = covariance.cholesky().triangularSolve(all).transposed.values
            return (Array(solved[..<((lags + 1) * d * d)]), Array(solved[((lags + 1) * d * d)...]))
        }
        let usual = (0..<seasons).map { whitened($0, lags: memory, modelError) }
        (rows, offsets) = (usual.map(\.rows), usual.map(\.offset))
        let first = (0..<memory).map { time -> (rows: [Double], offset: [Double]) in
            guard time > 0 else {
                return (Tensor.identity(d).values, [Double](repeating: 0, count: d))
            }
            let season = (time - 1) % seasons
            let lost = model.coefficients[season][(time * d)..<(memory * d)]
            return whitened(season, lags: time, modelError + lost.transposed.matrixProduct(lost))
        }
        (firstRows, firstOffsets) = (first.map(\.rows), first.map(\.offset))
    }

    /// Adds the model's equations of the unknowns to the matrix and the right-hand side of their normal equations.
    func couple(
        _ unknowns: GapUnknowns, _ series: SeasonalSeries, _ matrix: inout EnvelopeMatrix, _ right: inout [Double]
    ) {
        var isUnknown = [Bool](repeating: false, count: (memory + 1) * d)
        for time in 0..<series.count {
            let chosen = unknowns.range(from: time - memory, to: time)
            guard !chosen.isEmpty else { continue }
            let lags = min(time, memory)
            let season = time < memory ? 0 : (time - 1) % rows.count
            let rows = time < memory ? firstRows[time] : self.rows[season]
            let offset = time < memory ? firstOffsets[time] : offsets[season]
            let places = chosen.map { (time - unknowns.times[$0]) * d + unknowns.variables[$0] }
            for place in places { isUnknown[place] = true }
            rows.withUnsafeBufferPointer { rows in
                var residual = offset.map { -$0 }
                for lag in 0...lags {
                    let past = series.values[time - lag]
                    for v in 0..<d where !isUnknown[lag * d + v] {
                        let row = (lag * d + v) * d
                        for i in 0..<d { residual[i] += past[v] * rows[row + i] }
                    }
                }
                residual.withUnsafeBufferPointer { residual in
                    for (i, a) in places.enumerated() {
                        let row = rows.baseAddress! + a * d
                        right[chosen.lowerBound + i] -= dot(row, residual.baseAddress!, d)
                        for (j, b) in places[...i].enumerated() {
                            matrix.add(
                                chosen.lowerBound + i, chosen.lowerBound + j, dot(row, rows.baseAddress! + b * d, d))
                        }
                    }
                }
            }
            for place in places { isUnknown[place] = false }
        }
    }
}
