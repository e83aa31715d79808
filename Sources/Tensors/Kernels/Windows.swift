/// Windows that slide along an axis, and the sum of windows back onto it.

/// How many windows of `size` elements, `dilation` apart, fit into `length` when they start every `stride`.
func windowCount(_ length: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> Int {
    let rest = length - ((size - 1) * dilation + 1)
    return rest < 0 ? 0 : rest / stride + 1
}

/// Reads overlapping windows through strides.
func unfoldValue(_ x: Tensor, _ shape: [Int], _ axis: Int, _ stride: Int, _ dilation: Int) -> Storage {
    var strides = x.shape.strides
    let own = strides[axis]
    strides[axis] = own * stride
    return x.known.rearranged(Strided(shape: shape, strides: strides + [own * dilation]))
}

/// Adds every window to where it came from.
func foldValue(_ x: Tensor, _ shape: [Int], _ axis: Int, _ stride: Int, _ dilation: Int) -> Storage {
    var strides = shape.strides
    let own = strides[axis]
    strides[axis] = own * stride
    strides.append(own * dilation)
    func add<T>(_ values: [T], _ zero: T, _ plus: (T, T) -> T) -> [T] {
        var result = [T](repeating: zero, count: shape.elementCount)
        guard !values.isEmpty else { return result }
        var at = 0
        values.withUnsafeBufferPointer { values in
            result.withUnsafeMutableBufferPointer { result in
                forEachRow(x.shape, [strides], [0]) { length, starts, steps in
                    let (start, step) = (starts[0], steps[0])
                    for i in 0..<length {
                        result[start + i * step] = plus(result[start + i * step], values[at + i])
                    }
                    at += length
                }
            }
        }
        return result
    }
    return switch x.known {
    case .float64(let values): .float64(add(values, 0, +))
    case .float32(let values): .float32(add(values, 0, +))
    case .int64(let values): .int64(add(values, 0, &+))
    case .bool(let values): .bool(add(values.map { $0 ? 1 : 0 }, 0, +).map { $0 != 0 })
    }
}
