import Assimilation
import Foundation
import Tensors

/// A structural model fitted to a series by maximum likelihood of the innovations.
///
/// The likelihood is that of the Kalman filter from a start of which nothing is known; its gradient goes through the
/// filter's loop. The series is centred and divided by its standard deviation first, and the search starts from round
/// shares of the variance of its differences: the same series in another unit or with another zero gives the same
/// model.
public struct StructuralFit: Sendable, Codable, Equatable {
    public let setting: StructuralOptions
    public let scale: Double
    public let range: StructuralRange
    public let logVariances: [Double]
    public let remainder: [Double]
    /// The natural logarithm of the likelihood of the series, as the limit of `log p + (d/2) log κ` for a start of
    /// variance κ of `d` variables.
    public let logLikelihood: Double
    public let outcome: SearchOutcome
    public let steps: Int

    /// Fits to a series at regular steps, NaN where missing.
    ///
    /// - Parameters:
    ///   - errors: the standard deviations of the values' errors, where the setting has them given.
    ///   - eachEvaluation: called whenever the likelihood has been asked for.
    /// - Precondition: at least `2 · stateCount` values; none is infinite.
    public init(
        _ values: [Double], errors: [Double]? = nil, _ setting: StructuralOptions,
        search: QuasiNewton = QuasiNewton(maximumSteps: 200, tolerance: 1e-4),
        eachEvaluation: @escaping () -> Void = {}
    ) {
        let known = values.count { !$0.isNaN }
        precondition(known >= 2 * setting.stateCount, "\(known) values for a state of \(setting.stateCount)")
        let range = StructuralRange(values, errors: errors)
        let standard = values.map { ($0 - range.center) / range.size }
        let standardErrors = errors?.map { $0 / range.size }
        let start = StructuralModel(startingFor: standard, errors: standardErrors, setting)
        let data = start.observations(standard, errors: standardErrors)
        let (model, found) = search.compiledMinimum(from: start, given: data, eachEvaluation: eachEvaluation) {
            model, data in -model.filter(data).logLikelihood
        }
        self.setting = setting
        self.range = range
        scale = start.scale * range.size * range.size
        logVariances = model.logVariances.values
        remainder = model.remainder.values
        let diffuse = Double(setting.diffuseCount) / 2 * log(StructuralModel.diffuseVariance * range.size * range.size)
        logLikelihood = -found.value - Double(known) * log(range.size) + diffuse
        (outcome, steps) = (found.outcome, found.steps)
    }

    public var model: StructuralModel {
        StructuralModel(
            setting, scale: scale, range: range, logVariances: Tensor(logVariances), remainder: Tensor(remainder))
    }

    /// The number of learned parameters.
    public var parameterCount: Int { logVariances.count + remainder.count }
}

extension StructuralModel {
    /// Where the search for a fit starts, for a series of mean 0 and size 1.
    init(startingFor values: [Double], errors: [Double]?, _ setting: StructuralOptions) {
        let known = values.filter { !$0.isNaN }
        let differences = zip(known.dropFirst(), known).map { $0 - $1 }
        let mean: Double = differences.reduce(0, +) / Double(max(differences.count, 1))
        let variance: Double =
            differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(max(differences.count, 1))
        let shares = setting.parts.map { part -> Double in
            switch part {
            case .irregular, .level, .remainder: 0.25
            case .slope: 1e-5
            case .harmonic: 1e-3
            }
        }
        self.init(
            setting, scale: variance > 1e-20 ? variance : 1, range: StructuralRange(values, errors: errors),
            logVariances: Tensor(shares, shape: [shares.count]).log(),
            remainder: Tensor([Double](repeating: 0, count: setting.remainderOrder)))
    }

    /// The filter over a series, NaN where missing, from a start of which nothing is known.
    public func filter(_ values: [Double], errors: [Double]? = nil) -> Trajectory<Gaussian> {
        filter(observations(values, errors: errors))
    }

    /// The filter with this model's errors of observations, where they are learned, whatever the error that they carry.
    fileprivate func filter(_ observations: Observations<LinearOperator>) -> Trajectory<Gaussian> {
        var observations = observations
        if !setting.hasGivenErrors { observations.errorCovariance = irregularVariance.reshaped([1, 1]) }
        return Cycle(forecast, KalmanAnalysis())(from: start, observations)
    }
}
