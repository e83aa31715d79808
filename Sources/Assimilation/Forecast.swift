import Tensors

/// Carries a belief over one step of the model.
public protocol Forecast: Tree {
    associatedtype State: Belief
    /// - Parameter step: the number of the step that is left, an integer scalar: 0 for the first.
    func callAsFunction(_ belief: State, step: Tensor) -> State
}

extension Forecast {
    /// The beliefs 1, 2, … `count` steps ahead, stacked in time.
    public func ahead(_ belief: State, step: Tensor, count: Int) -> State {
        scan(over: Tensor.range(count), from: belief) { belief, lead in
            let next = self(belief, step: step + lead)
            return (next, next)
        }.outputs
    }
}

/// A forecast that propagates a covariance with a linearised model; what the Rauch–Tung–Striebel smoother asks for.
public protocol GaussianForecast: Forecast where State == Gaussian {
    /// The derivative of the next state with respect to this one, `[n, n]`.
    func tangent(at mean: Tensor, step: Tensor) -> Tensor
}

/// A model of the next state that may depend on the time of the step: on the season, on a forcing.
public protocol ForecastModel: Tree {
    func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor
}

/// A map from state to state that does not depend on time, as a forecast model.
public struct Autonomous<Base: StateMap>: ForecastModel {
    public var map: Base
    public init(_ map: Base) { self.map = map }
    public func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor { map(state) }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&map, "map") }
}

/// `x[k+1] = A[k mod a] x[k] + b[k mod b]`: matrices `[a, n, n]` and offsets `[b, n]` repeat with their own periods.
public struct LinearModel: ForecastModel {
    public var matrices: Tensor
    public var offsets: Tensor

    /// - Parameters: `matrices` is `[n, n]` or `[period, n, n]`; `offsets` is `[n]` or `[period, n]`.
    public init(_ matrices: Tensor, offsets: Tensor? = nil) {
        let n = matrices.shape[matrices.rank - 1]
        self.matrices = matrices.reshaped([-1, n, n])
        self.offsets = (offsets ?? Tensor.zeros([n])).reshaped([-1, n])
    }

    public func matrix(step: Tensor) -> Tensor { matrices.cyclic(step) }
    public func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor {
        matrix(step: step).vectorProduct(state) + offsets.cyclic(step)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&matrices, "matrices")
        visitor.visit(&offsets, "offsets")
    }
}

extension Tensor {
    /// Element `step mod length` of the first axis.
    public func cyclic(_ step: Tensor) -> Tensor {
        let length = shape[0]
        if length == 1 { return self[0] }
        let index = step - (step / Tensor(integer: length)) * Tensor(integer: length)
        return taking(index.reshaped([1]))[0]
    }
}

/// The random part of the model: `Q = F Fᵀ` with factors `F` of shape `[n, q]`,
/// or `[period, n, q]` when it has seasons; with scales, that of step `t` is `scales[t] F`.
public struct ModelError: Tree {
    public var factors: Tensor
    /// `[T]`; nil where all steps are alike. After the last one there is no error.
    public var scales: Tensor?

    public init(factors: Tensor) {
        precondition(factors.rank == 2 || factors.rank == 3, "factors of shape \(factors.shape)")
        self.factors = factors.rank == 2 ? factors.expanded(axis: 0) : factors
    }
    /// Errors of steps of different lengths `[T]`, with which variances grow: of a length of 1 they have the factor
    /// `[n, q]`, or standard deviations `[n]`.
    public init(factor: Tensor, lengths: Tensor) {
        self.init(factors: factor.rank == 1 ? factor.diagonalMatrix() : factor)
        scales = lengths.sqrt()
    }
    /// From a covariance `[n, n]`.
    public init(covariance: Tensor) { self.init(factors: covariance.sqrtm()) }
    /// No error on `n` variables.
    public static func none(_ n: Int) -> ModelError { ModelError(factors: Tensor.zeros([n, 1])) }

    public func factor(step: Tensor) -> Tensor {
        guard let scales else { return factors.cyclic(step) }
        let count = Tensor(integer: scales.count)
        let scale = scales.padded(axis: 0, before: 0, after: 1).taking(step.minimum(count).reshaped([1])).reshaped([])
        return scale * factors.cyclic(step)
    }
    public func covariance(step: Tensor) -> Tensor {
        let factor = factor(step: step)
        return factor.matrixProduct(factor.transposed)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&factors, "factors")
        visitor.visit(&scales, "scales")
    }
}
