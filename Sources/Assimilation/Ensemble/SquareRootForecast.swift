import Tensors

/// The forecast of an ensemble whose model error is not drawn: the anomalies are transformed such that their covariance
/// grows by that of the model error, as far as it lies in the space that they span.
///
///     X ← (I + (N − 1) W Wᵀ)^½ X,   W = X⁺ᵀ F
///
/// `X⁺` is the pseudo-inverse and `F` the factor of the model error, `Q = F Fᵀ`. Few members do without the sampling
/// error of noise, and what they do not span gets none of it. Cost O(N³ + N n q).
/// Reference: Raanes, Carrassi & Bertino, *Extending the square root method to account for additive forecast noise in
/// ensemble methods* (MWR 2015).
public struct SquareRootForecast<Model: ForecastModel>: Forecast {
    public var model: Model
    public var modelError: ModelError

    public init(_ model: Model, modelError: ModelError) {
        (self.model, self.modelError) = (model, modelError)
    }
    @_disfavoredOverload
    public init<M: Map>(_ map: M, modelError: ModelError) where Model == Autonomous<M> {
        self.init(Autonomous(map), modelError: modelError)
    }

    public func callAsFunction(_ belief: Ensemble, step: Tensor) -> Ensemble {
        let next = Ensemble(members: vmap { (x: Tensor) in model(x, step: step) }(belief.members), key: belief.key)
        let anomalies = next.anomalies
        let weights = pseudoInverse(anomalies).matrixProduct(modelError.factor(step: step))
        let square =
            Tensor.identity(next.count)
            + Tensor(Double(next.count - 1)) * weights.matrixProduct(weights.transposed)
        let transformed = square.sqrtm().matrixProduct(anomalies)
        return Ensemble(members: next.mean + transformed, key: belief.key)
    }

    /// `X⁺ᵀ`, `[N, n]`, through the smaller of the two Gram matrices.
    private func pseudoInverse(_ anomalies: Tensor) -> Tensor {
        let (count, n) = (anomalies.shape[0], anomalies.shape[1])
        guard count <= n else {
            return anomalies.transposed.matrixProduct(anomalies).symmetricSolve(anomalies.transposed).transposed
        }
        // Anomalies have mean zero: the direction of the mean is filled, and gives nothing.
        let gram = anomalies.matrixProduct(anomalies.transposed)
        let mean = gram.trace() / Tensor(Double(count * count)) * Tensor.ones([count, count])
        return (gram + mean).symmetricSolve(anomalies)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
    }
}
