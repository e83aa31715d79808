import Assimilation
import Tensors

/// A structural model fitted to a series by maximum likelihood of the innovations.
///
/// The likelihood is that of the Kalman filter from a start of which little is known; its gradient goes through the filter's
/// loop. The search starts from round shares of the variance of one-step differences, so the same series gives the same model.
public struct StructuralFit: Sendable, Codable, Equatable {
    public let setting: StructuralSetting
    public let scale: Double
    public let logVariances: [Double]
    public let remainder: [Double]
    /// The natural logarithm of the likelihood of the series.
    public let logLikelihood: Double
    public let outcome: SearchOutcome
    public let steps: Int

    /// Fits to a series at regular steps, NaN where missing.
    ///
    /// - Parameter eachEvaluation: called whenever the likelihood has been asked for.
    /// - Precondition: at least `2 · stateCount` values; none is infinite.
    public init(
        _ values: [Double], _ setting: StructuralSetting,
        search: QuasiNewton = QuasiNewton(maximumSteps: 200, tolerance: 1e-4),
        eachEvaluation: @escaping () -> Void = {}
    ) {
        let known = values.count { !$0.isNaN }
        precondition(known >= 2 * setting.stateCount, "\(known) values for a state of \(setting.stateCount)")
        let start = StructuralModel(startingFor: values, setting)
        let data = Pair(StructuralModel.levelAndSize(values, period: setting.period), start.observations(values))
        let (model, found) = search.compiledMinimum(from: start, given: data, eachEvaluation: eachEvaluation) {
            model, data in
            -model.filter(data.second, levelAndSize: data.first).logLikelihood
        }
        self.setting = setting
        scale = start.scale
        logVariances = model.logVariances.values
        remainder = model.remainder.values
        logLikelihood = -found.value
        (outcome, steps) = (found.outcome, found.steps)
    }

    public var model: StructuralModel {
        StructuralModel(setting, scale: scale, logVariances: Tensor(logVariances), remainder: Tensor(remainder))
    }

    /// The number of learned parameters.
    public var parameterCount: Int { logVariances.count + remainder.count }
}

extension StructuralModel {
    /// Where the search for a fit starts.
    init(startingFor values: [Double], _ setting: StructuralSetting) {
        let differences = zip(values.dropFirst(), values).map { $0 - $1 }.filter { !$0.isNaN }
        let mean: Double = differences.reduce(0, +) / Double(max(differences.count, 1))
        let variance: Double =
            differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(max(differences.count, 1))
        let size = Self.levelAndSize(values, period: setting.period)[1].scalar
        let shares = [0.25, 0.25, 1e-5] + (0..<setting.harmonics).map { _ in 1e-3 }
        self.init(
            setting, scale: variance > 0 ? variance : size * size,
            logVariances: Tensor(shares + (setting.remainderOrder > 0 ? [0.25] : [])).log(),
            remainder: Tensor([Double](repeating: 0, count: setting.remainderOrder)))
    }

    /// The level and the size of a series, by which its start is set: mean and standard deviation of its first cycle.
    static func levelAndSize(_ values: [Double], period: Double) -> Tensor {
        let known = Array(values.filter { !$0.isNaN }.prefix(max(2, Int(period.rounded(.up)))))
        let count = Double(max(known.count, 1))
        let mean: Double = known.reduce(0, +) / count
        let variance: Double = known.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count
        return Tensor([mean, max(variance.squareRoot(), 1e-6 * max(abs(mean), 1))])
    }

    /// The filter over a series, NaN where missing, from a start of which little is known.
    public func filter(_ values: [Double]) -> Trajectory<Gaussian> {
        filter(observations(values), levelAndSize: Self.levelAndSize(values, period: setting.period))
    }

    /// The filter with this model's start and error of observations, whatever the error that they carry.
    fileprivate func filter(_ observations: Observations<LinearOperator>, levelAndSize: Tensor) -> Trajectory<Gaussian>
    {
        var observations = observations
        observations.errorCovariance = irregularVariance.reshaped([1, 1])
        let start = start(level: levelAndSize[0], size: levelAndSize[1])
        return Cycle(forecast, KalmanAnalysis())(from: start, observations)
    }
}
