/// Views, parts and combinations of tensors. Axes may be counted from the end with negative numbers.
extension Tensor {
    /// The same elements in row-major order; one length may be −1.
    public func reshaped(_ shape: [Int]) -> Tensor {
        var shape = shape
        if let free = shape.firstIndex(of: -1) {
            shape[free] = 1
            shape[free] = shape.elementCount == 0 ? 0 : count / shape.elementCount
        }
        return shape == self.shape ? self : apply(.reshape(shape), self)
    }
    public func flattened() -> Tensor { reshaped([count]) }
    public func broadcast(to shape: [Int]) -> Tensor { shape == self.shape ? self : apply(.broadcast(shape), self) }

    /// The transpose of `broadcast`: sums over repeated axes.
    func summed(to shape: [Int]) -> Tensor {
        if shape == self.shape { return self }
        let padded = shape.padded(toRank: rank)
        let axes = padded.indices.filter { padded[$0] == 1 && self.shape[$0] != 1 }
        return (axes.isEmpty ? self : apply(.reduce(.sum, axes: axes), self)).reshaped(shape)
    }

    /// A new axis of length one before `axis`; −1 puts it at the end.
    public func expanded(axis: Int) -> Tensor {
        let place = axis < 0 ? axis + rank + 1 : axis
        precondition(0...rank ~= place, "expanded: no axis can stand at \(axis) in the shape \(shape)")
        var shape = shape
        shape.insert(1, at: place)
        return reshaped(shape)
    }

    public func transposed(to order: [Int]) -> Tensor {
        order == Array(0..<rank) ? self : apply(.transpose(order), self)
    }
    /// The last two axes exchanged.
    public var transposed: Tensor {
        precondition(rank >= 2, "the transpose of a tensor of shape \(shape)")
        return transposed(to: Array(0..<(rank - 2)) + [rank - 1, rank - 2])
    }
    public func movingAxis(_ from: Int, to: Int) -> Tensor {
        var order = Array(0..<rank)
        order.insert(order.remove(at: shape.axis(from, "movingAxis")), at: shape.axis(to, "movingAxis"))
        return transposed(to: order)
    }

    /// Elements `start..<end` of one axis, every `step`-th.
    public func slice(axis: Int, from start: Int = 0, to end: Int? = nil, by step: Int = 1) -> Tensor {
        let axis = shape.axis(axis, "slice")
        let end = end ?? shape[axis]
        if start == 0 && end == shape[axis] && step == 1 { return self }
        return apply(
            .slice(
                starts: [Int](repeating: 0, count: rank).replacing(axis: axis, with: start),
                ends: shape.replacing(axis: axis, with: end),
                steps: [Int](repeating: 1, count: rank).replacing(axis: axis, with: step)), self)
    }
    /// Element `index` of the first axis, which disappears.
    public subscript(_ index: Int) -> Tensor {
        precondition(rank > 0 && 0..<shape[0] ~= index, "index \(index) of a tensor of shape \(shape)")
        return slice(axis: 0, from: index, to: index + 1).reshaped(Array(shape.dropFirst()))
    }
    public subscript(_ range: Range<Int>) -> Tensor { slice(axis: 0, from: range.lowerBound, to: range.upperBound) }
    /// Element `index` of an axis, which disappears.
    public func element(_ index: Int, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "element")
        return slice(axis: axis, from: index, to: index + 1).reshaped(shape.removing(axes: [axis]))
    }

    /// Parts along one axis, agreeing in all others.
    public static func concatenated(_ parts: [Tensor], axis: Int = 0) -> Tensor {
        precondition(!parts.isEmpty, "concatenated: no parts")
        if parts.count == 1 { return parts[0] }
        return applyAll(.concatenate(axis: parts[0].shape.axis(axis, "concatenated")), parts)[0]
    }
    /// Tensors of one shape along a new axis, the first by default.
    public static func stacked(_ parts: [Tensor], axis: Int = 0) -> Tensor {
        precondition(
            parts.allSatisfy { $0.shape == parts[0].shape }, "stacked: the shapes \(parts.map(\.shape)) differ")
        return concatenated(parts.map { $0.expanded(axis: axis) }, axis: axis)
    }

    /// Element `i` moves to `i + shift`, periodically.
    public func rolled(by shift: Int, axis: Int = -1) -> Tensor {
        apply(.roll(shift: shift, axis: shape.axis(axis, "rolled")), self)
    }
    /// Zeros before and after one axis.
    public func padded(axis: Int, before: Int, after: Int) -> Tensor {
        let zero = [Int](repeating: 0, count: rank)
        let axis = shape.axis(axis, "padded")
        return apply(
            .pad(
                low: zero.replacing(axis: axis, with: before), high: zero.replacing(axis: axis, with: after),
                interior: zero),
            self)
    }

    /// Elements at `indices` along an axis; the indices agree with `self` on all other axes.
    public func gathered(_ indices: Tensor, axis: Int) -> Tensor {
        apply(.gather(axis: shape.axis(axis, "gathered")), self, indices)
    }
    /// Whole slices at a vector of `indices` along an axis.
    public func taking(_ indices: Tensor, axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "taking")
        var aligned = [Int](repeating: 1, count: rank)
        aligned[axis] = indices.count
        return gathered(
            indices.reshaped(aligned).broadcast(to: shape.replacing(axis: axis, with: indices.count)), axis: axis)
    }
    /// Adds elements onto an axis of length `size` at `indices`; the transpose of `gathered`.
    public func scatterAdded(_ indices: Tensor, axis: Int, size: Int) -> Tensor {
        apply(.scatterAdd(axis: shape.axis(axis, "scatterAdded"), size: size), self, indices)
    }
    /// Rows of the identity: `[..., classes]` from indices `[...]`.
    public func oneHot(_ classes: Int, type: ElementType = .float64) -> Tensor {
        (expanded(axis: -1) .== Tensor.range(classes)).cast(to: type)
    }
}
