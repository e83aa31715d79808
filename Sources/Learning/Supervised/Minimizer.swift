import Tensors

/// How a search for a minimum ended.
public enum SearchOutcome: String, Sendable, Codable, CaseIterable {
    /// The last point meets the criterion of convergence, as far as rounding allows.
    case converged
    /// No step makes progress, yet the criterion is not met.
    case stalled
    /// The function is not finite at the start, or the search ran away.
    case diverged
    /// The steps allowed were too few.
    case unfinished
}

/// Where a search ended.
public struct Minimum: Sendable {
    public let point: Tensor
    public let value: Double
    public let gradient: Tensor
    public let outcome: SearchOutcome
    /// The number of points that the search moved to.
    public let steps: Int
}

/// A method that finds a local minimum of a smooth function of a vector.
public protocol Minimizer: Sendable {
    func minimum(from start: Tensor, of function: @escaping (Tensor) -> Tensor) -> Minimum
}

extension Minimizer {
    /// The local minimum of a function of any tree whose leaves are all `float64`.
    public func minimum<T: Tree>(from start: T, of function: @escaping (T) -> Tensor) -> (point: T, search: Minimum) {
        let leaves = start.leaves
        precondition(
            leaves.allSatisfy { $0.type == .float64 }, "minimum: leaves of types \(leaves.map(\.type)), not float64")
        let search = minimum(from: start.flattened) { function(start.unflattened($0)) }
        return (start.unflattened(search.point), search)
    }
}
