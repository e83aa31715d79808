import Assimilation
import Formulas
import Tensors

/// A method that estimates the states and the unknowns of a system from its observations.
///
/// One method is one file of `Inference`, and one line in ``Inferences``; methods of data assimilation
/// (``AssimilationMethod``) infer as they are, with the unknown parameters as a part of the state.
public protocol InferenceMethod: Parameterized {
    /// The fault of a problem that the method cannot treat, and the expectation; nil where it can.
    func fault(_ problem: SystemProblem) -> (problem: String, expected: String)?
    func infer(_ problem: SystemProblem) -> Inference
}

extension InferenceMethod {
    public func fault(_ problem: SystemProblem) -> (problem: String, expected: String)? { nil }
}

/// The estimates of a method.
public struct Inference: Sendable {
    /// The unknown numbers: parameters, sizes of errors, starts.
    public var unknowns: [UnknownEstimate]
    /// Beliefs as time goes on, in coordinates without bounds; nil of a method that uses all observations at once.
    public var filtered: BeliefSeries?
    /// Means and standard deviations given all observations, `[T, n]` each, in coordinates; nil where there are none.
    public var smoothed: StateMoments?
    /// The same of the values of the channels, the errors of observations included, `[T, m]`.
    public var smoothedValues: StateMoments?
    /// The logarithm of the probability of all values; nil where the method has none.
    public var logLikelihood: Double?
    public var outcome: Outcome
    /// Remarks for the report, one sentence each.
    public var notes: [String]
    public var seconds: Double

    public init(
        unknowns: [UnknownEstimate], filtered: BeliefSeries? = nil, smoothed: StateMoments? = nil,
        smoothedValues: StateMoments? = nil, logLikelihood: Double? = nil, outcome: Outcome = .completed,
        notes: [String] = [], seconds: Double = 0
    ) {
        (self.unknowns, self.filtered, self.smoothed) = (unknowns, filtered, smoothed)
        self.smoothedValues = smoothedValues
        (self.logLikelihood, self.outcome, self.notes, self.seconds) = (logLikelihood, outcome, notes, seconds)
    }
}

/// Means and standard deviations of states in time, in coordinates without bounds, `[T, n]` each.
public struct StateMoments: Sendable {
    public var means: Tensor
    public var deviations: Tensor
    public init(means: Tensor, deviations: Tensor) { (self.means, self.deviations) = (means, deviations) }
}

/// The estimate of an unknown number, in its coordinate.
public struct UnknownEstimate: Sendable {
    public var name: String
    public var bounds: ClosedRange<Double>
    /// Mean or mode, and standard deviation, of the coordinate.
    public var mean: Double
    public var deviation: Double
    /// The same of the prior.
    public var priorMean: Double
    public var priorDeviation: Double
    /// Mean and standard deviation of the value by the prior.
    public var priorMoments: (mean: Double, deviation: Double)

    /// Estimates of unknowns by means and standard deviations of their coordinates.
    static func all(_ unknowns: SystemUnknowns, means: [Double], deviations: [Double]) -> [UnknownEstimate] {
        let (centers, spreads) = (unknowns.center.values, unknowns.deviations.values)
        return unknowns.entries.indices.map { place in
            UnknownEstimate(
                name: unknowns.entries[place].name, bounds: unknowns.entries[place].bounds, mean: means[place],
                deviation: deviations[place], priorMean: centers[place], priorDeviation: spreads[place],
                priorMoments: unknowns.priorMoments[place])
        }
    }

    public var scale: BoundedCoordinates.Scale { coordinates.scale(0) }
    private var coordinates: BoundedCoordinates { BoundedCoordinates([bounds]) }

    /// The value whose coordinate is so many standard deviations above the mean.
    public func value(_ deviations: Double) -> Double {
        coordinates.constrained(Tensor([mean + deviations * deviation]))[0].scalar
    }
    /// Mean and standard deviation of the value, for a normal coordinate.
    public var valueMoments: (mean: Double, deviation: Double) { Self.moments(bounds, mean, deviation) }

    /// Whether the observations have told next to nothing: the standard deviation is that of the prior.
    public var isUndetermined: Bool { deviation > 0.9 * priorDeviation }

    /// Mean and standard deviation of a value in bounds whose coordinate is normal, by 64 equally probable parts.
    public static func moments(
        _ bounds: ClosedRange<Double>, _ mean: Double, _ deviation: Double
    ) -> (mean: Double, deviation: Double) {
        let coordinates = BoundedCoordinates([bounds])
        switch coordinates.scale(0) {
        case .identity: return (mean, deviation)
        case .log:
            // Of a lognormal distance from the bound.
            let square = deviation * deviation
            let factor = Tensor(mean + square / 2).exp().scalar
            let spread = factor * (Tensor(square).exp().scalar - 1).squareRoot()
            return bounds.lowerBound.isFinite
                ? (bounds.lowerBound + factor, spread) : (bounds.upperBound - factor, spread)
        case .logit:
            let values = NormalGrid.points.map { coordinates.constrained(Tensor([mean + deviation * $0]))[0].scalar }
            let center = values.reduce(0, +) / Double(values.count)
            let square = values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count)
            return (center, square.squareRoot())
        }
    }
}

/// Quantiles of the standard normal distribution in the middle of equally probable parts.
enum NormalGrid {
    static let points: [Double] = (0..<64).map { part in
        let probability = (Double(part) + 0.5) / 64
        var (low, high) = (-8.0, 8.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let below = 0.5 * (1 + Tensor(middle / 2.0.squareRoot()).erf().scalar)
            if below < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
