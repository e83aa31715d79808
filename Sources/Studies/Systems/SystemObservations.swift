import Formulas
import Tensors

/// Observations of a system at their own times: channels, values, gaps and errors.
public struct SystemObservations: Sendable {
    /// Increasing, in the time of the model; times at which nothing is observed may be among them.
    public var times: [Double]
    public var channels: [SystemChannel]
    /// `[T, m]`; any number where nothing is observed.
    public var values: Tensor
    /// `[T, m]`, 1 where a value exists.
    public var mask: Tensor
    /// Standard deviations of the errors, `[T, m]`; of a channel with an unknown error the factor of that error.
    public var deviations: Tensor
    public var unknownErrors: [UnknownSize]
    /// Correlations of the errors of channels at the same time, `[m, m]`; nil: errors are independent.
    public var correlations: Tensor?

    /// A standard deviation that is estimated.
    public struct UnknownSize: Sendable {
        public var name: String
        public var prior: Distribution
        public init(_ name: String, _ prior: Distribution) { (self.name, self.prior) = (name, prior) }
    }

    public init(
        times: [Double], channels: [SystemChannel], values: Tensor, mask: Tensor, deviations: Tensor,
        unknownErrors: [UnknownSize] = [], correlations: Tensor? = nil
    ) {
        self.correlations = correlations
        let shape = [times.count, channels.count]
        precondition(
            values.shape == shape && mask.shape == shape && deviations.shape == shape
                && zip(times, times.dropFirst()).allSatisfy { $0 < $1 },
            "SystemObservations: \(times.count) times of \(channels.count) channels with values \(values.shape), mask "
                + "\(mask.shape) and deviations \(deviations.shape)")
        (self.times, self.channels, self.mask) = (times, channels, mask)
        // A number in place of a missing value must be finite, and none of a file.
        self.values = select(mask .> 0, values, 0)
        self.deviations = select(mask .> 0, deviations, 1)
        self.unknownErrors = unknownErrors
    }

    /// Standard deviations of all errors, `[T, m]`, by the unknown ones.
    func deviations(unknown sizes: Tensor) -> Tensor {
        if unknownErrors.isEmpty { return deviations }
        let factors = Tensor.concatenated([sizes, Tensor.ones([1])])
        let places = channels.map { $0.unknownError ?? unknownErrors.count }
        return deviations * factors.taking(Tensor(integers: places))
    }

    /// The standard deviation of each channel, `[m]`, where the given errors are the same at all times; nil where not.
    ///
    /// A value that is missing has no error.
    public var steadyDeviations: Tensor? {
        let (sizes, isThere, m) = (deviations.values, mask.values, channels.count)
        var steady = [Double?](repeating: nil, count: m)
        for place in sizes.indices where isThere[place] > 0 {
            if let known = steady[place % m], known != sizes[place] { return nil }
            steady[place % m] = sizes[place]
        }
        return Tensor(steady.map { $0 ?? 1 })
    }
}
