/// Arithmetic on shapes: counts, strides, broadcasting, axes.
extension [Int] {
    /// The number of elements of an array of this shape.
    package var elementCount: Int { reduce(1, *) }

    /// Row-major strides of an array of this shape.
    package var strides: [Int] {
        var result = [Int](repeating: 1, count: count)
        for axis in stride(from: count - 2, through: 0, by: -1) { result[axis] = result[axis + 1] * self[axis + 1] }
        return result
    }

    /// Strides that read an array of this shape as if it had the (broadcast) shape `target`.
    package func strides(broadcastTo target: [Int]) -> [Int] {
        let missing = target.count - count
        let own = strides
        return target.indices.map { axis in
            axis < missing || self[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }

    /// An axis counted from the end when negative; traps with the shape when out of range.
    func axis(_ axis: Int, _ operation: String) -> Int {
        let result = axis < 0 ? axis + count : axis
        precondition(indices.contains(result), "\(operation): axis \(axis) is not one of the shape \(self)")
        return result
    }

    package func removing(axes: [Int]) -> [Int] { indices.filter { !axes.contains($0) }.map { self[$0] } }

    package func replacing(axis: Int, with length: Int) -> [Int] {
        var result = self
        result[axis] = length
        return result
    }

    /// The same elements with `rank` axes, ones put in front.
    package func padded(toRank rank: Int) -> [Int] { [Int](repeating: 1, count: Swift.max(rank - count, 0)) + self }
}

/// The common shape of operands, by the array-API rule: axes are aligned at the end; lengths agree or are 1.
func broadcastShape(_ shapes: [[Int]], _ operation: String) -> [Int] {
    guard var result = shapes.first else { return [] }
    for shape in shapes.dropFirst() where shape != result {
        let rank = max(result.count, shape.count)
        let a = result.padded(toRank: rank)
        let b = shape.padded(toRank: rank)
        result = (0..<rank).map { axis in
            precondition(
                a[axis] == b[axis] || a[axis] == 1 || b[axis] == 1,
                "\(operation): the shapes \(shapes.map(\.description).joined(separator: " and ")) do not broadcast: "
                    + "axis \(axis - rank) has lengths \(a[axis]) and \(b[axis])")
            return a[axis] == 1 ? b[axis] : a[axis]
        }
    }
    return result
}
