import Tensors

/// The function through which a variable is observed.
public enum ObservedFunction: String, CaseIterable, Sendable {
    case identity, square, absolute
    case arcTangent = "arctan"

    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .identity: x
        case .square: x.squared()
        case .absolute: x.absolute()
        case .arcTangent: x.atan()
        }
    }

    /// The root-mean-square of the derivative over states `[T, n]`, for each variable: how errors of observations
    /// become those of states.
    public func slope(over states: Tensor) -> Tensor {
        switch self {
        case .identity, .absolute: Tensor.ones([states.shape[1]])
        case .square: 2 * states.squared().mean(axes: [0]).sqrt()
        case .arcTangent: (1 / (1 + states.squared()).squared()).mean(axes: [0]).sqrt()
        }
    }
}

/// Some of the variables, each through a function: the observation operator of twin settings.
public struct ObservedPart: Map {
    public let indices: [Int]
    public let function: ObservedFunction
    /// The number of variables of the state.
    public let variables: Int

    public init(indices: [Int], function: ObservedFunction = .identity, variables: Int) {
        (self.indices, self.function, self.variables) = (indices, function, variables)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let step = indices.count > 1 ? indices[1] - indices[0] : 1
        let isRegular = step > 0 && indices.indices.allSatisfy { indices[$0] == indices[0] + step * $0 }
        // A slice is cheaper than a gather.
        let part =
            isRegular
            ? x.slice(axis: -1, from: indices[0], to: indices[indices.count - 1] + 1, by: step)
            : x.taking(Tensor(integers: indices), axis: -1)
        return function(part)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
