import Tensors

/// The forecast of particles: the model on every one, and model error added to each; weights stay.
public struct EachParticle<Model: ForecastModel>: Forecast {
    public var model: Model
    public var modelError: ModelError?

    /// - Parameter modelError: none for `OptimalProposal`, which draws it itself.
    public init(_ model: Model, modelError: ModelError? = nil) {
        (self.model, self.modelError) = (model, modelError)
    }
    @_disfavoredOverload
    public init<M: Map>(_ map: M, modelError: ModelError? = nil) where Model == Autonomous<M> {
        self.init(Autonomous(map), modelError: modelError)
    }

    public func callAsFunction(_ belief: Particles, step: Tensor) -> Particles {
        let forecast = EachMember(model, modelError: modelError)
        let next = forecast(Ensemble(members: belief.states, key: belief.key), step: step)
        return Particles(states: next.members, logWeights: belief.logWeights, key: next.key)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
    }
}
