/// Reductions along axes; all axes when none are named.
extension Tensor {
    private func reduced(_ reduction: Reduction, _ axes: [Int]?) -> Tensor {
        let axes = axes?.map { shape.axis($0, reduction.rawValue) } ?? Array(0..<rank)
        return axes.isEmpty ? self : apply(.reduce(reduction, axes: axes), self)
    }
    public func sum(axes: [Int]? = nil) -> Tensor { reduced(.sum, axes) }
    public func maximum(axes: [Int]? = nil) -> Tensor { reduced(.maximum, axes) }
    public func minimum(axes: [Int]? = nil) -> Tensor { reduced(.minimum, axes) }

    /// The mean along axes; NaN of none.
    public func mean(axes: [Int]? = nil) -> Tensor {
        let axes = axes?.map { shape.axis($0, "mean") } ?? Array(0..<rank)
        let total = axes.map { shape[$0] }.reduce(1, *)
        return sum(axes: axes) / Tensor(floatLiteral: Double(total))
    }
    /// Mean squared deviation from the mean, divided by `n − correction`; NaN where that is not positive.
    public func variance(axes: [Int]? = nil, correction: Int = 0) -> Tensor {
        let axes = axes?.map { shape.axis($0, "variance") } ?? Array(0..<rank)
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        let total = axes.map { shape[$0] }.reduce(1, *)
        let deviation = self - mean(axes: axes).reshaped(kept)
        return deviation.squared().sum(axes: axes) / Tensor(floatLiteral: Double(Swift.max(total - correction, 0)))
    }
    /// The product of all elements along axes, 1 of none; its derivatives are right where factors are zero.
    public func product(axes: [Int]? = nil) -> Tensor {
        var factors = flatteningLast(axes, "product")
        // Halves are multiplied until one element is left: no division, and the logarithm of the length in operations.
        while factors.shape[factors.rank - 1] > 1 {
            let length = factors.shape[factors.rank - 1]
            let half = length / 2
            let first = factors.slice(axis: -1, from: 0, to: half)
            let products = first * factors.slice(axis: -1, from: half, to: 2 * half)
            factors = Tensor.concatenated([products, factors.slice(axis: -1, from: 2 * half)], axis: -1)
        }
        let kept = Array(factors.shape.dropLast())
        return factors.shape[factors.rank - 1] == 0 ? Tensor.ones(kept, type: type) : factors.reshaped(kept)
    }
    /// The same elements with `axes` moved behind the others and made one.
    private func flatteningLast(_ axes: [Int]?, _ name: String) -> Tensor {
        let axes = axes?.map { shape.axis($0, name) } ?? Array(0..<rank)
        let others = shape.indices.filter { !axes.contains($0) }
        let length = axes.map { shape[$0] }.reduce(1, *)
        return transposed(to: others + axes).reshaped(others.map { shape[$0] } + [length])
    }

    /// Whether any truth value along axes holds; false of none.
    public func any(axes: [Int]? = nil) -> Tensor {
        precondition(type == .bool, "any of \(signature): needs truth values")
        return sum(axes: axes)  // truth values add as "or"
    }
    /// Whether all truth values along axes hold; true of none.
    public func all(axes: [Int]? = nil) -> Tensor { !(!self).any(axes: axes) }

    /// `log Σ exp(x)` along an axis, without overflow.
    public func logSumExp(axis: Int = -1) -> Tensor { logSumExp(axes: [axis]) }
    /// `log Σ exp(x)` along axes, without overflow; −∞, with derivative zero, where all are −∞ or there are none.
    public func logSumExp(axes: [Int]) -> Tensor {
        let axes = axes.map { shape.axis($0, "logSumExp") }
        if axes.contains(where: { shape[$0] == 0 }) {
            return Tensor.filled(-.infinity, shape.removing(axes: axes), type: type)
        }
        let extremum = maximum(axes: axes).stoppingGradient
        let largest = select(extremum.isFinite, extremum, 0)  // ∞ − ∞ would be NaN
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        let total = (self - largest.reshaped(kept)).exp().sum(axes: axes)
        let isNothing = total .== 0
        return select(
            isNothing, Tensor(floatLiteral: -.infinity), select(isNothing, 1, total).log() + largest)
    }
    /// The euclidean norm of all elements; its derivative at zero is zero.
    public func norm() -> Tensor {
        let square = squared().sum()
        return select(square .> 0, select(square .> 0, square, 1).sqrt(), 0)
    }
    /// The index of the first largest element along an axis; NaN counts as the largest.
    public func argmax(axis: Int = -1) -> Tensor {
        apply(.argmax(axis: shape.axis(axis, "argmax")), self)
    }
    /// The index of the first smallest element along an axis; NaN counts as the smallest.
    public func smallestIndex(axis: Int = -1) -> Tensor { (-self).argmax(axis: axis) }
    public func cumulativeSum(axis: Int = -1) -> Tensor {
        apply(.cumulativeSum(axis: shape.axis(axis, "cumulativeSum"), reversed: false), self)
    }
    /// The indices that sort along an axis, ascending and stable, NaN last.
    public func argsort(axis: Int = -1) -> Tensor { apply(.argsort(axis: shape.axis(axis, "argsort")), self) }
    public func sorted(axis: Int = -1) -> Tensor { gathered(argsort(axis: axis), axis: axis) }
}
