import Assimilation
import Tensors

/// A model whose parameters are a part of its state, behind its variables: `(x, θ) → (M_θ(x), θ)`.
///
/// An ensemble of such states is one of models too, and a filter that only knows of states learns the parameters, time
/// by time, from their covariances with what is observed. `[n + p]` to the same for `p` numbers in the parameters.
///
/// Reference: Jazwinski, *Stochastic processes and filtering theory* (1970), section 8.4; Anderson, *An ensemble
/// adjustment Kalman filter for data assimilation* (MWR 2001), section 4.
public struct AugmentedModel<Parameters: Tree>: Map {
    /// The number of the model's own variables.
    public let variables: Int
    private let structure: @Sendable () -> Parameters
    private let body: @Sendable (Parameters, Tensor) -> Tensor

    /// - Parameters:
    ///   - parameters: of the shapes that they have; their values do not matter here.
    ///   - model: the next state `[n]`, by parameters.
    public init(
        variables: Int, like parameters: Parameters, model: @escaping @Sendable (Parameters, Tensor) -> Tensor
    ) {
        (self.variables, structure, body) = (variables, { parameters }, model)
    }

    /// The parameters in a state `[n + p]`.
    public func parameters(of state: Tensor) -> Parameters { structure().unflattened(state[variables..<state.count]) }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        let next = body(parameters(of: state), state[0..<variables])
        return Tensor.concatenated([next, state[variables..<state.count]])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// Learning online by an augmented state: the parameters of a model are estimated with its state, cycle by cycle,
/// in an ensemble filter.
///
/// Nothing makes parameters of different members differ but what they began with: their spread is kept from vanishing
/// by an inflation of their own, and by a random walk, which also lets them follow a truth that changes.
public struct AugmentedLearning<Parameters: Tree>: Sendable {
    public let model: AugmentedModel<Parameters>
    /// The standard deviation of the parameters' noise in a step, a scalar or `[p]`.
    public var drift: Tensor
    /// The factor of the parameters' anomalies after each analysis; that of the states is `stateInflation`.
    public var inflation: Tensor
    public var stateInflation: Tensor

    public init(
        _ model: AugmentedModel<Parameters>, drift: Tensor = 0, inflation: Tensor = 1, stateInflation: Tensor = 1
    ) {
        (self.model, self.drift, self.inflation, self.stateInflation) = (model, drift, inflation, stateInflation)
    }

    /// The filter of the augmented state. Its observations are `observations.ofFirst(variables)`.
    ///
    /// - Parameters:
    ///   - modelError: the variance of the error of a step, the same for all variables of the model.
    public func filter<A: Analysis>(
        _ analysis: A, parameters: Parameters, modelError: Double = 0
    ) -> Cycle<EachMember<Autonomous<AugmentedModel<Parameters>>>, Inflated<A>> where A.State == Ensemble {
        let (n, p) = (model.variables, parameters.flattened.count)
        let deviations = Tensor.concatenated([
            Tensor(modelError.squareRoot()).broadcast(to: [n]), drift.broadcast(to: [p]),
        ])
        let factors = Tensor.concatenated([stateInflation.broadcast(to: [n]), inflation.broadcast(to: [p])])
        return Cycle(
            EachMember(model, modelError: ModelError(factors: deviations.diagonalMatrix())),
            Inflated(analysis, by: factors))
    }

    /// Members of states and of parameters drawn about a first guess.
    ///
    /// - Parameter spread: the standard deviation of the parameters, a scalar or `[p]`.
    public func start(_ states: Ensemble, parameters: Parameters, spread: Tensor) -> Ensemble {
        let keys = states.key.split(2)
        let guess = parameters.flattened
        let drawn = guess + spread * keys[0].normal([states.count, guess.count])
        return Ensemble(members: Tensor.concatenated([states.members, drawn], axis: 1), key: keys[1])
    }
}
