import Tensors

/// A window as differences back in time, each in units of its own root-mean-square: `z[0] / s₀, ∇z / s₁, ∇²z / s₂, …`
/// with `∇z = z[0] − z[1]`.
///
/// Delayed values of a smooth series are nearly equal, and what they tell is in how they differ: a network learns from
/// differences of size one far sooner than from values that hide them. A linear map,
/// learned further with what comes after it.
///
/// `[..., τ, d] → [..., τ, d]`, newest first.
public struct StandardizedDifferences: Map {
    /// `[τ, τ]`, a triangle: of the values, each row a difference.
    public var matrix: Tensor

    /// With the sizes of windows `[samples, τ, d]`, which must differ in time.
    public init(of windows: Tensor) {
        precondition(
            windows.rank == 3, "StandardizedDifferences: windows of shape \(windows.shape), not [samples, times, d]")
        var rows = [[1.0] + Array(repeating: 0, count: windows.shape[1] - 1)]
        while rows.count < windows.shape[1] { rows.append(zip(rows.last!, [0] + rows.last!).map { $0 - $1 }) }
        let differences = Tensor(rows: rows)
        let sizes = differences.matrixProduct(windows.cast(to: .float64)).squared().mean(axes: [0, 2]).sqrt()
        precondition(sizes.minimum().scalar > 0, "StandardizedDifferences: windows that do not change")
        matrix = (differences / sizes.expanded(axis: -1)).cast(to: windows.type)
    }

    public func callAsFunction(_ window: Tensor) -> Tensor { matrix.matrixProduct(window) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&matrix, "matrix") }
}
