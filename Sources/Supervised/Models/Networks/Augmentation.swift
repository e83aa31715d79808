import Tensors

/// Random changes of the pictures of a training step that leave their classes as they are.
public struct Augmentation: Sendable, Codable, Equatable {
    /// The largest shift along each axis; points beyond an edge are those of the edge.
    public var shift: Int
    /// Whether half of the pictures are mirrored from left to right.
    public var mirrors: Bool

    public init(shift: Int = 0, mirrors: Bool = false) {
        precondition(shift >= 0, "Augmentation: a shift of \(shift)")
        (self.shift, self.mirrors) = (shift, mirrors)
    }

    var isNone: Bool { shift == 0 && !mirrors }

    /// Pictures `[batch, channels, height, width]`, each with a shift and a side of its own.
    public func callAsFunction(_ x: Tensor, key: Key) -> Tensor {
        if isNone { return x }
        let keys = key.split(3)
        let count = x.shape[0]
        let rows = places(x.shape[2], count, keys[0]).reshaped([count, 1, x.shape[2], 1])
        var columns = places(x.shape[3], count, keys[1])
        if mirrors {
            let isMirrored = (keys[2].uniform([count, 1]) .< 0.5)
            columns = select(isMirrored, Tensor(integers: [x.shape[3] - 1], shape: []) - columns, columns)
        }
        columns = columns.reshaped([count, 1, 1, x.shape[3]])
        let moved = shift == 0 ? x : x.gathered(rows.broadcast(to: x.shape), axis: 2)
        return moved.gathered(columns.broadcast(to: x.shape), axis: 3)
    }

    /// The places along an axis that the points of each picture come from, `[count, length]`.
    private func places(_ length: Int, _ count: Int, _ key: Key) -> Tensor {
        let own = Tensor.range(length).reshaped([1, length]).broadcast(to: [count, length])
        if shift == 0 { return own }
        let shifts = (key.uniform([count, 1]) * Double(2 * shift + 1)).floor().cast(to: .int64)
        let moved = own + shifts - Tensor(integers: [shift], shape: [])
        return moved.maximum(Tensor(integers: [0], shape: [])).minimum(Tensor(integers: [length - 1], shape: []))
    }
}
