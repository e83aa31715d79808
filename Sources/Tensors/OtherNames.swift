/// Names that other libraries have for these operations: the compiler offers the one that is used here.
extension Tensor {
    @available(*, unavailable, renamed: "absolute()")
    public func abs() -> Tensor { absolute() }
    @available(*, unavailable, renamed: "maximum(axes:)")
    public func max(axes: [Int]? = nil) -> Tensor { maximum(axes: axes) }
    @available(*, unavailable, renamed: "minimum(axes:)")
    public func min(axes: [Int]? = nil) -> Tensor { minimum(axes: axes) }
    @available(*, unavailable, renamed: "power(_:)")
    public func pow(_ exponent: Tensor) -> Tensor { power(exponent) }
    @available(*, unavailable, renamed: "matrixProduct(_:)")
    public func matmul(_ other: Tensor) -> Tensor { matrixProduct(other) }
    @available(*, unavailable, renamed: "transposed")
    public func transpose() -> Tensor { transposed }
    @available(*, unavailable, renamed: "reshaped(_:)")
    public func reshape(_ shape: [Int]) -> Tensor { reshaped(shape) }
}

@available(*, unavailable, renamed: "Tensor.absolute(self:)")
public func abs(_ tensor: Tensor) -> Tensor { tensor.absolute() }
