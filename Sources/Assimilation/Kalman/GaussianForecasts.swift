import Tensors

/// The forecast of the Kalman filter: `m ← A m + b`, `P ← A P Aᵀ + Q`. Cost O(n³).
public struct LinearForecast: GaussianForecast {
    public var model: LinearModel
    public var modelError: ModelError

    public init(_ model: LinearModel, modelError: ModelError) {
        self.model = model
        self.modelError = modelError
    }

    public func callAsFunction(_ belief: Gaussian, step: Tensor) -> Gaussian {
        let matrix = model.matrix(step: step)
        return Gaussian(
            mean: model(belief.mean, step: step),
            covariance: matrix.congruence(belief.covariance) + modelError.covariance(step: step))
    }
    public func tangent(at mean: Tensor, step: Tensor) -> Tensor { model.matrix(step: step) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
    }
}

/// The forecast of the extended Kalman filter: the covariance goes with the derivative `M` of the model at the mean,
/// `P ← i² M P Mᵀ + Q`.
public struct ExtendedForecast<Model: ForecastModel>: GaussianForecast {
    public var model: Model
    public var modelError: ModelError
    /// Multiplies the standard deviations of the propagated covariance, once a step.
    public var inflation: Tensor

    public init(_ model: Model, modelError: ModelError, inflation: Tensor = 1) {
        self.model = model
        self.modelError = modelError
        self.inflation = inflation
    }

    public func callAsFunction(_ belief: Gaussian, step: Tensor) -> Gaussian {
        let matrix = inflation * tangent(at: belief.mean, step: step)
        return Gaussian(
            mean: model(belief.mean, step: step),
            covariance: matrix.congruence(belief.covariance) + modelError.covariance(step: step))
    }
    public func tangent(at mean: Tensor, step: Tensor) -> Tensor {
        jacobian(of: { model($0, step: step) })(mean)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
        visitor.visit(&inflation, "inflation")
    }
}
