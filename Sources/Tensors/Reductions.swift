/// Reductions along axes; all axes when none are named.
extension Tensor {
    private func reduced(_ reduction: Reduction, _ axes: [Int]?) -> Tensor {
        let axes = axes?.map { shape.axis($0, reduction.rawValue) } ?? Array(0..<rank)
        return axes.isEmpty ? self : apply(.reduce(reduction, axes: axes), self)
    }
    public func sum(axes: [Int]? = nil) -> Tensor { reduced(.sum, axes) }
    public func maximum(axes: [Int]? = nil) -> Tensor { reduced(.maximum, axes) }
    public func minimum(axes: [Int]? = nil) -> Tensor { reduced(.minimum, axes) }

    public func mean(axes: [Int]? = nil) -> Tensor {
        let axes = axes?.map { shape.axis($0, "mean") } ?? Array(0..<rank)
        let total = axes.map { shape[$0] }.reduce(1, *)
        return sum(axes: axes) / Tensor(floatLiteral: Double(total))
    }
    /// Mean squared deviation from the mean, divided by `n − correction`.
    public func variance(axes: [Int]? = nil, correction: Int = 0) -> Tensor {
        let axes = axes?.map { shape.axis($0, "variance") } ?? Array(0..<rank)
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        let total = axes.map { shape[$0] }.reduce(1, *)
        let deviation = self - mean(axes: axes).reshaped(kept)
        return deviation.squared().sum(axes: axes) / Tensor(floatLiteral: Double(total - correction))
    }
    /// `log Σ exp(x)` along an axis, without overflow.
    public func logSumExp(axis: Int = -1) -> Tensor {
        let extremum = maximum(axes: [axis]).stoppingGradient
        let largest = selecting(extremum.absolute() .< Tensor(Double.infinity), extremum, 0)  // ∞ − ∞ would be NaN
        let axis = shape.axis(axis, "logSumExp")
        let kept = shape.replacing(axis: axis, with: 1)
        return (self - largest.reshaped(kept)).exp().sum(axes: [axis]).log() + largest
    }
    /// The euclidean norm of all elements; its derivative at zero is zero.
    public func norm() -> Tensor {
        let square = squared().sum()
        return selecting(square .> 0, selecting(square .> 0, square, 1).sqrt(), 0)
    }
    public func largestIndex(axis: Int = -1) -> Tensor {
        apply(.largestIndex(axis: shape.axis(axis, "largestIndex")), self)
    }
    public func cumulativeSum(axis: Int = -1) -> Tensor {
        apply(.cumulativeSum(axis: shape.axis(axis, "cumulativeSum"), reversed: false), self)
    }
    /// The indices that sort along an axis, ascending and stable, NaN last.
    public func sortOrder(axis: Int = -1) -> Tensor { apply(.sortOrder(axis: shape.axis(axis, "sortOrder")), self) }
    public func sorted(axis: Int = -1) -> Tensor { gathered(sortOrder(axis: axis), axis: axis) }
}
