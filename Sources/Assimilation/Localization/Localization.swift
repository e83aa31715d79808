import Tensors

/// A taper over the distances between variables and observed values:
/// it removes spurious correlations of a small ensemble between places far apart.
///
/// Distances are structure; parameters of the taper, a radius or free weights, can be learned.
public struct Localization<Weights: Taper>: Tree {
    public var taper: Weights
    /// `[n, m]`
    public let distances: Tensor
    /// `[m, m]`
    public let distancesBetweenObserved: Tensor

    /// - Parameters:
    ///   - variables: where the `n` variables of the state are.
    ///   - observed: where the `m` observed values are.
    public init(_ taper: Weights, variables: Coordinates, observed: Coordinates) {
        self.taper = taper
        distances = variables.distances(to: observed)
        distancesBetweenObserved = observed.distances(to: observed)
    }
    /// Each variable observed at its place, or those of some `indices`.
    public init(_ taper: Weights, _ variables: Coordinates, observing indices: [Int]? = nil) {
        self.init(taper, variables: variables, observed: indices.map(variables.taking) ?? variables)
    }

    /// Factors of covariances of variables with observed values, `[n, m]`.
    public var ofVariables: Tensor { taper(distances) }
    /// Factors of covariances between observed values, `[m, m]`.
    public var ofObserved: Tensor { taper(distancesBetweenObserved) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&taper, "taper") }
}
