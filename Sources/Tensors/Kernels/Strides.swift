/// Reads an array through a shape, strides and an offset: broadcast, transpose and slice are this one loop.
struct Strided: ArrayRearrangement {
    let shape: [Int]
    let strides: [Int]
    var offset = 0

    func callAsFunction<T>(_ x: [T]) -> [T] {
        let total = shape.elementCount
        guard total > 0 else { return [] }
        return [T](unsafeUninitializedCapacity: total) { out, count in
            x.withUnsafeBufferPointer { x in
                var at = 0
                forEachRow(shape, [strides], [offset]) { length, starts, steps in
                    let (start, step) = (starts[0], steps[0])
                    for i in 0..<length { (out.baseAddress! + at + i).initialize(to: x[start + i * step]) }
                    at += length
                }
            }
            count = total
        }
    }
}

/// Rows and columns of one matrix exchanged.
struct MatrixTranspose: ArrayRearrangement {
    let rows: Int
    let columns: Int

    func callAsFunction<T>(_ x: [T]) -> [T] {
        if rows == 1 || columns == 1 { return x }
        return [T](unsafeUninitializedCapacity: rows * columns) { out, count in
            for j in 0..<columns {
                for i in 0..<rows { (out.baseAddress! + j * rows + i).initialize(to: x[i * columns + j]) }
            }
            count = rows * columns
        }
    }
}

/// Visits a (broadcast) shape row by row: `body(length, offset of the row in each operand, step in each operand)`.
@inline(__always)
func forEachRow(
    _ shape: [Int], _ strides: [[Int]], _ offsets: [Int],
    _ body: (_ length: Int, _ starts: [Int], _ steps: [Int]) -> Void
) {
    guard let length = shape.last else { return body(1, offsets, strides.map { _ in 0 }) }
    let steps = strides.map { $0[shape.count - 1] }
    var index = [Int](repeating: 0, count: shape.count - 1)
    var starts = offsets
    for _ in 0..<shape.dropLast().reduce(1, *) {
        body(length, starts, steps)
        var axis = shape.count - 2
        while axis >= 0 {
            index[axis] += 1
            for operand in starts.indices { starts[operand] += strides[operand][axis] }
            if index[axis] < shape[axis] { break }
            for operand in starts.indices { starts[operand] -= shape[axis] * strides[operand][axis] }
            index[axis] = 0
            axis -= 1
        }
    }
}

/// Moves elements periodically along one axis.
struct Roll: ArrayRearrangement {
    let shape: [Int]
    let shift: Int
    let axis: Int

    func callAsFunction<T>(_ x: [T]) -> [T] {
        let length = shape[axis]
        guard length > 0, !x.isEmpty else { return x }
        let inner = shape[(axis + 1)...].reduce(1, *)
        let cut = (length - ((shift % length) + length) % length) % length * inner
        var result: [T] = []
        result.reserveCapacity(x.count)
        for start in stride(from: 0, to: x.count, by: length * inner) {
            result += x[(start + cut)..<(start + length * inner)]
            result += x[start..<(start + cut)]
        }
        return result
    }
}

func concatenateValue(_ x: [Tensor], _ axis: Int) -> Storage {
    func joined<T>(_ parts: [[T]]) -> [T] {
        let widths = x.map { $0.shape[axis...].reduce(1, *) }
        var result: [T] = []
        result.reserveCapacity(parts.map(\.count).reduce(0, +))
        for outer in 0..<x[0].shape[..<axis].reduce(1, *) {
            for (part, width) in zip(parts, widths) { result += part[(outer * width)..<((outer + 1) * width)] }
        }
        return result
    }
    return switch x[0].type {
    case .float64: .float64(joined(x.map(\.known.doubles)))
    case .float32: .float32(joined(x.map(\.known.floats)))
    case .int64: .int64(joined(x.map(\.known.integers)))
    case .bool: .bool(joined(x.map(\.known.booleans)))
    }
}

func padValue(_ x: Tensor, _ shape: [Int], _ low: [Int], _ interior: [Int]) -> Storage {
    let strides = shape.strides
    let steps = zip(strides, interior).map { $0 * ($1 + 1) }
    let offset = zip(strides, low).map(*).reduce(0, +)
    func spread<T>(_ values: [T], _ zero: T) -> [T] {
        var result = [T](repeating: zero, count: shape.elementCount)
        guard !values.isEmpty else { return result }
        var at = 0
        forEachRow(x.shape, [steps], [offset]) { length, starts, steps in
            for i in 0..<length { result[starts[0] + i * steps[0]] = values[at + i] }
            at += length
        }
        return result
    }
    return switch x.known {
    case .float64(let values): .float64(spread(values, 0))
    case .float32(let values): .float32(spread(values, 0))
    case .int64(let values): .int64(spread(values, 0))
    case .bool(let values): .bool(spread(values, false))
    }
}

/// The offset in `x` and in the indices of every element that `gather` along `axis` visits, row of indices by row.
private func forEachAligned(
    _ name: String, _ shape: [Int], _ indices: [Int], _ axis: Int, _ size: Int,
    _ body: (_ element: Int, _ target: Int) -> Void
) {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let length = shape[axis]
    for element in 0..<shape.elementCount {
        let index = indices[element]
        precondition(
            0..<size ~= index,
            "\(name): index \(index) is outside axis \(axis) of length \(size); the indices are \(shape)")
        body(element, element / (inner * max(length, 1)) * inner * size + index * inner + element % inner)
    }
}

func gatherValue(_ x: Tensor, _ indices: Tensor, _ axis: Int) -> Storage {
    struct Gather: ArrayRearrangement {
        let shape: [Int]
        let indices: [Int]
        let axis: Int
        let size: Int
        func callAsFunction<T>(_ x: [T]) -> [T] {
            var result: [T] = []
            result.reserveCapacity(indices.count)
            forEachAligned("gather", shape, indices, axis, size) { _, target in result.append(x[target]) }
            return result
        }
    }
    return x.known.rearranged(
        Gather(shape: indices.shape, indices: indices.integers, axis: axis, size: x.shape[axis]))
}

func scatterAddValue(_ updates: Tensor, _ indices: Tensor, _ axis: Int, _ size: Int) -> Storage {
    let places = indices.integers
    func add<T>(_ values: [T], _ zero: T, _ plus: (T, T) -> T) -> [T] {
        var result = [T](repeating: zero, count: updates.shape.replacing(axis: axis, with: size).elementCount)
        forEachAligned("scatterAdd", updates.shape, places, axis, size) { result[$1] = plus(result[$1], values[$0]) }
        return result
    }
    return switch updates.known {
    case .float64(let values): .float64(add(values, 0, +))
    case .float32(let values): .float32(add(values, 0, +))
    case .int64(let values): .int64(add(values, 0, &+))
    case .bool(let values): .bool(add(values.map { $0 ? 1 : 0 }, 0, +).map { $0 != 0 })
    }
}
