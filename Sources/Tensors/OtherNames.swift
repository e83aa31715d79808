/// Names that other libraries have for these operations: the compiler offers the one that is used here.
///
/// `max`, `min` and `pow` are not among them: they would hide the functions of these names in extensions of `Tensor`.
extension Tensor {
    @available(*, unavailable, renamed: "absolute()")
    public func abs() -> Tensor { absolute() }
    @available(*, unavailable, renamed: "matrixProduct(_:)")
    public func matmul(_ other: Tensor) -> Tensor { matrixProduct(other) }
    @available(*, unavailable, renamed: "transposed")
    public func transpose() -> Tensor { transposed }
    @available(*, unavailable, renamed: "reshaped(_:)")
    public func reshape(_ shape: [Int]) -> Tensor { reshaped(shape) }
}
