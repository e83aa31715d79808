import Tensors

/// The forecast of an ensemble: the model on every member, and model error added to each.
///
/// Model error whose factors have fewer rows than the state has variables is that of its first variables.
public struct EachMember<Model: ForecastModel>: Forecast {
    public var model: Model
    public var modelError: ModelError?
    public let sampling: NoiseSampling

    public init(_ model: Model, modelError: ModelError? = nil, sampling: NoiseSampling = .independent) {
        self.model = model
        self.modelError = modelError
        self.sampling = sampling
    }
    @_disfavoredOverload
    public init<M: Map>(_ map: M, modelError: ModelError? = nil, sampling: NoiseSampling = .independent)
    where Model == Autonomous<M> {
        self.init(Autonomous(map), modelError: modelError, sampling: sampling)
    }

    public func callAsFunction(_ belief: Ensemble, step: Tensor) -> Ensemble {
        let next = vmap { (x: Tensor) in model(x, step: step) }(belief.members)
        guard let modelError else { return Ensemble(members: next, key: belief.key) }
        let keys = belief.key.split(2)
        let factor = modelError.factor(step: step)
        let members = Ensemble(members: next, key: keys[1])
        let noise = sampling.draw(
            keys[0], [belief.count, factor.shape[1]], apartFrom: sampling == .exact ? members.anomalies : nil)
        let error = noise.matrixProduct(factor.transposed)
        return Ensemble(
            members: next + error.padded(axis: 1, before: 0, after: next.shape[1] - factor.shape[0]), key: keys[1])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
    }
}
