/// Sums, extrema, running sums and orders along axes.
func reduceValue(_ reduction: Reduction, _ x: Tensor, _ axes: [Int]) -> Storage {
    switch x.known {
    case .float64(let values): .float64(reduced(reduction, values, x.shape, axes, zero: 0, +))
    case .float32(let values): .float32(reduced(reduction, values, x.shape, axes, zero: 0, +))
    case .int64(let values): .int64(reduced(reduction, values, x.shape, axes, zero: 0, &+))
    case .bool(let values):
        .bool(reduced(reduction, values.map { $0 ? 1 : 0 }, x.shape, axes, zero: 0, +).map { $0 != 0 })
    }
}

@inline(__always)
private func reduced<T: Comparable>(
    _ reduction: Reduction, _ x: [T], _ shape: [Int], _ axes: [Int], zero: T, _ plus: (T, T) -> T
) -> [T] {
    switch reduction {
    case .sum: accumulated(x, shape, axes, startingFromFirst: false, zero, plus)
    case .maximum: accumulated(x, shape, axes, startingFromFirst: true, zero) { $0 >= $1 || $0 != $0 ? $0 : $1 }
    case .minimum: accumulated(x, shape, axes, startingFromFirst: true, zero) { $0 <= $1 || $0 != $0 ? $0 : $1 }
    }
}

@inline(__always)
private func accumulated<T>(
    _ x: [T], _ shape: [Int], _ axes: [Int], startingFromFirst: Bool, _ zero: T, _ f: (T, T) -> T
) -> [T] {
    let kept = shape.removing(axes: axes)
    var strides = [Int](repeating: 0, count: shape.count)
    for (axis, stride) in zip(shape.indices.filter { !axes.contains($0) }, kept.strides) { strides[axis] = stride }
    var result = [T](repeating: zero, count: kept.elementCount)
    guard !x.isEmpty else { return result }
    if startingFromFirst {  // every result starts from the first element that it covers
        let own = shape.strides
        let first = shape.indices.filter { !axes.contains($0) }.map { own[$0] }
        result = Strided(shape: kept, strides: first)(x)
    }
    var at = 0
    result.withUnsafeMutableBufferPointer { result in
        forEachRow(shape, [strides], [0]) { length, starts, steps in
            if steps[0] == 0 {
                var sum = result[starts[0]]
                for i in 0..<length { sum = f(sum, x[at + i]) }
                result[starts[0]] = sum
            } else {
                for i in 0..<length {
                    result[starts[0] + i * steps[0]] = f(result[starts[0] + i * steps[0]], x[at + i])
                }
            }
            at += length
        }
    }
    return result
}

/// The offset of every line along `axis`, and the step along it.
private func lines(_ shape: [Int], _ axis: Int) -> (starts: [Int], step: Int) {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let starts = (0..<outer).flatMap { o in (0..<inner).map { o * shape[axis] * inner + $0 } }
    return (starts, inner)
}

func argmaxValue(_ x: Tensor, _ axis: Int) -> [Int] {
    switch x.known {
    case .float64(let values): largestIndices(values, x.shape, axis)
    case .float32(let values): largestIndices(values, x.shape, axis)
    case .int64(let values): largestIndices(values, x.shape, axis)
    case .bool(let values): largestIndices(values.map { $0 ? 1 : 0 }, x.shape, axis)
    }
}

private func largestIndices<T: Comparable>(_ values: [T], _ shape: [Int], _ axis: Int) -> [Int] {
    let (starts, step) = lines(shape, axis)
    return starts.map { start in
        var best = 0
        for i in 1..<max(shape[axis], 1) {
            // NaN, unequal to itself, is the largest, as it is in `maximum`.
            let (a, b) = (values[start + i * step], values[start + best * step])
            if a > b || (a != a && b == b) { best = i }
        }
        return best
    }
}

func cumulativeSumValue(_ x: Tensor, _ axis: Int, _ reversed: Bool) -> Storage {
    let length = x.shape[axis]
    let (starts, step) = lines(x.shape, axis)
    func run<T>(_ values: [T], _ plus: (T, T) -> T) -> [T] {
        var result = values
        for start in starts {
            for i in 1..<max(length, 1) {
                let (to, from) = reversed ? (length - 1 - i, length - i) : (i, i - 1)
                result[start + to * step] = plus(result[start + to * step], result[start + from * step])
            }
        }
        return result
    }
    return switch x.known {
    case .float64(let values): .float64(run(values, +))
    case .float32(let values): .float32(run(values, +))
    case .int64(let values): .int64(run(values, &+))
    case .bool(let values): .bool(run(values.map { $0 ? 1 : 0 }, +).map { $0 != 0 })
    }
}

func argsortValue(_ x: Tensor, _ axis: Int) -> [Int] {
    switch x.known {
    case .float64(let values): argsorts(values, x.shape, axis)
    case .float32(let values): argsorts(values, x.shape, axis)
    case .int64(let values): argsorts(values, x.shape, axis)
    case .bool(let values): argsorts(values.map { $0 ? 1 : 0 }, x.shape, axis)
    }
}

private func argsorts<T: Comparable>(_ values: [T], _ shape: [Int], _ axis: Int) -> [Int] {
    let (starts, step) = lines(shape, axis)
    var result = [Int](repeating: 0, count: values.count)
    for start in starts {
        // NaN sorts last, as in NumPy; equal elements keep their order.
        let order = (0..<shape[axis]).sorted {
            let (a, b) = (values[start + $0 * step], values[start + $1 * step])
            if (a != a) != (b != b) { return b != b }
            return a < b || (!(b < a) && $0 < $1)
        }
        for (place, index) in order.enumerated() { result[start + place * step] = index }
    }
    return result
}
