import Tensors

/// The forecast that knows the climate only: the same belief at every time. Followed by `KalmanAnalysis` it is *optimal
/// interpolation*.
///
/// Reference: Daley, *Atmospheric Data Analysis* (1991), chapter 4.
public struct ClimatologicalForecast: Forecast {
    public var climate: Gaussian

    public init(_ climate: Gaussian) { self.climate = climate }
    /// The mean and the covariance of states `[T, n]` that are long enough apart in time to be many.
    public init(of states: Tensor) {
        let deviations = states - states.mean(axes: [0])
        self.init(
            Gaussian(
                mean: states.mean(axes: [0]),
                covariance: deviations.transposed.matrixProduct(deviations) / Tensor(Double(states.shape[0] - 1))))
    }

    public func callAsFunction(_ belief: Gaussian, step: Tensor) -> Gaussian { climate }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&climate, "climate") }
}

/// The forecast that nothing changes.
public struct Persistence<State: Belief>: Forecast {
    public init() {}
    public func callAsFunction(_ belief: State, step: Tensor) -> State { belief }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
