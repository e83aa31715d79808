import Tensors

/// A single state, as a belief: all probability is there, and the variance is zero.
public struct PointEstimate: Belief {
    /// `[n]`
    public var mean: Tensor
    public init(_ state: Tensor) { mean = state }

    public var variance: Tensor { Tensor.zeros(mean.shape) }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&mean, "mean") }
}

/// The forecast of a single state: the model's next one.
public struct PointForecast<Model: ForecastModel>: Forecast {
    public var model: Model

    public init(_ model: Model) { self.model = model }
    @_disfavoredOverload
    public init<M: Map>(_ map: M) where Model == Autonomous<M> { self.init(Autonomous(map)) }

    public func callAsFunction(_ belief: PointEstimate, step: Tensor) -> PointEstimate {
        PointEstimate(model(belief.mean, step: step))
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&model, "model") }
}
