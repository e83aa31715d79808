/// Which shape and type have the results of an operation? Traps, naming operation and shapes,
/// where the operands do not fit.
extension Operation {
    func results(_ x: [Tensor]) -> [Signature] {
        switch self {
        case .alias, .constant: return [x[0].signature]
        case .unary(let f): return [unaryResult(f, x[0])]
        case .binary(let f):
            require(f != .atan2 || x[0].type.isReal, f.rawValue, x, "needs float64 or float32")
            return [elementwise(f.rawValue, x[0], x[1])]
        case .compare(let f): return [Signature(elementwise(f.rawValue, x[0], x[1]).shape, .bool)]
        case .select:
            require(x[0].type == .bool, "select", x, "the condition must be of truth values")
            let branches = elementwise("select", x[1], x[2])
            return [Signature(broadcastShape([x[0].shape, branches.shape], "select"), branches.type)]
        case .cast(let type): return [Signature(x[0].shape, type)]
        case .reduce(let reduction, let axes):
            require(
                axes.allSatisfy(x[0].shape.indices.contains) && Set(axes).count == axes.count, reduction.rawValue, x,
                "axes \(axes) must be different axes of it")
            require(
                reduction == .sum || axes.allSatisfy { x[0].shape[$0] > 0 }, reduction.rawValue, x,
                "an empty axis has no \(reduction.rawValue) over axes \(axes)")
            return [Signature(x[0].shape.removing(axes: axes), x[0].type)]
        case .argmax(let axis):
            require(x[0].shape[axis] > 0, "argmax", x, "the empty axis \(axis) has no largest element")
            return [Signature(x[0].shape.removing(axes: [axis]), .int64)]
        case .cumulativeSum: return [x[0].signature]
        case .argsort: return [Signature(x[0].shape, .int64)]
        case .broadcast(let shape):
            require(
                broadcastShape([x[0].shape, shape], "broadcast") == shape, "broadcast", x, "cannot become \(shape)")
            return [Signature(shape, x[0].type)]
        case .reshape(let shape):
            require(shape.elementCount == x[0].count, "reshape", x, "cannot become \(shape)")
            return [Signature(shape, x[0].type)]
        case .transpose(let order):
            require(order.sorted() == Array(0..<x[0].rank), "transpose", x, "\(order) is not an order of its axes")
            return [Signature(order.map { x[0].shape[$0] }, x[0].type)]
        case .slice(let starts, let ends, let steps): return [sliced(x, starts, ends, steps)]
        case .pad(let low, let high, let interior):
            require(
                [low, high, interior].allSatisfy { $0.count == x[0].rank && $0.allSatisfy { $0 >= 0 } }, "pad", x,
                "by \(low) before, \(high) after and \(interior) between needs one number, not negative, an axis")
            let shape = x[0].shape.indices.map {
                low[$0] + high[$0] + x[0].shape[$0] + max(x[0].shape[$0] - 1, 0) * interior[$0]
            }
            return [Signature(shape, x[0].type)]
        case .concatenate(let axis): return [concatenation(x, axis)]
        case .roll(_, let axis):
            require(x[0].shape.indices.contains(axis), "roll", x, "axis \(axis)")
            return [x[0].signature]
        case .gather(let axis): return [gathered(x, axis)]
        case .scatterAdd(let axis, let size):
            require(
                x[0].shape == x[1].shape && x[1].type == .int64, "scatterAdd", x,
                "needs one integer an update, onto axis \(axis)")
            return [Signature(x[0].shape.replacing(axis: axis, with: size), x[0].type)]
        case .unfold(let axis, let size, let stride, let dilation):
            require(
                x[0].shape.indices.contains(axis) && size > 0 && stride > 0 && dilation > 0, "unfold", x,
                "axis \(axis), size \(size), stride \(stride), dilation \(dilation)")
            let count = windowCount(x[0].shape[axis], size, stride, dilation)
            return [Signature(x[0].shape.replacing(axis: axis, with: count) + [size], x[0].type)]
        case .fold(let axis, let length, let stride, let dilation):
            let shape = Array(x[0].shape.dropLast())
            require(
                shape.indices.contains(axis) && stride > 0 && dilation > 0
                    && shape[axis] == windowCount(length, x[0].shape.last ?? 0, stride, dilation), "fold", x,
                "not all windows of an axis \(axis) of length \(length), stride \(stride), dilation \(dilation)")
            return [Signature(shape.replacing(axis: axis, with: length), x[0].type)]
        case .matrixProduct: return [product(x)]
        case .cholesky: return [square("cholesky", x)]
        case .sqrtm: return [square("sqrtm", x)]
        case .symmetricEigen:
            let matrix = square("symmetricEigen", x)
            return [Signature(Array(matrix.shape.dropLast()), matrix.type), matrix]
        case .qr:
            let shape = x[0].shape
            require(
                shape.count >= 2 && shape[shape.count - 2] >= shape[shape.count - 1] && x[0].type.isReal,
                "qr", x, "needs real matrices with no fewer rows than columns")
            let square = shape.replacing(axis: shape.count - 2, with: shape[shape.count - 1])
            return [x[0].signature, Signature(square, x[0].type)]
        case .lu:
            let matrix = square("lu", x)
            return [matrix, Signature(Array(matrix.shape.dropLast()), .int64)]
        case .singularValueDecomposition:
            require(x[0].rank >= 2 && x[0].type.isReal, "singularValueDecomposition", x, "needs real matrices")
            let lead = Array(x[0].shape.dropLast(2))
            let size = x[0].shape.suffix(2).min()!
            return [
                lead + [x[0].shape[x[0].rank - 2], size], lead + [size], lead + [x[0].shape[x[0].rank - 1], size],
            ]
            .map { Signature($0, x[0].type) }
        case .triangularSolve: return [solution("triangularSolve", x)]
        case .solve: return [solution("solve", x)]
        case .symmetricSylvester: return [solution("symmetricSylvester", x)]
        case .fourier:
            let isPairs = x[0].rank >= 2 && x[0].shape.last == 2 && x[0].shape[x[0].rank - 2] > 0
            require(isPairs && x[0].type.isReal, "fourier", x, "needs real numbers [..., n, 2], n positive")
            return [x[0].signature]
        case .realFourier:
            let length = x[0].shape.last ?? 0
            require(length > 0 && x[0].type.isReal, "realFourier", x, "needs real numbers [..., n], n positive")
            return [Signature(x[0].shape.dropLast() + [length / 2 + 1, 2], x[0].type)]
        case .realFourierTranspose(let length):
            require(
                length > 0 && x[0].shape.suffix(2) == [length / 2 + 1, 2] && x[0].type.isReal, "realFourierTranspose",
                x,
                "\(length) numbers have modes [..., \(length / 2 + 1), 2]")
            return [Signature(x[0].shape.dropLast(2) + [length], x[0].type)]
        case .random(let draw): return [drawn(draw, x)]
        case .scan(let scan): return scan.results(x)
        case .conditional(let conditional): return conditional.results(x)
        case .whileLoop(let loop): return loop.results(x)
        case .fixedPoint(let point): return point.body.resultSignatures
        case .custom(let custom): return custom.results(x)
        }
    }
}

private func require(
    _ condition: Bool, _ operation: @autoclosure () -> String, _ x: [Tensor], _ problem: @autoclosure () -> String
) {
    precondition(condition, "\(operation()) of \(x.map(\.signature)): \(problem())")
}

private func unaryResult(_ f: Unary, _ x: Tensor) -> Signature {
    switch f {
    case .negative, .absolute, .sign:
        require(x.type != .bool, f.rawValue, [x], "needs numbers")
    case .logicalNot:
        require(x.type == .bool, f.rawValue, [x], "needs truth values")
    case .floor, .ceiling, .rounded, .exp, .expMinusOne, .log, .logOnePlus, .sqrt, .sin, .cos, .tanh, .erf,
        .logistic, .reciprocal:
        require(x.type.isReal, f.rawValue, [x], "needs float64 or float32")
    }
    return x.signature
}

private func elementwise(_ name: String, _ a: Tensor, _ b: Tensor) -> Signature {
    require(a.type == b.type, name, [a, b], "the element types differ; cast one of them")
    return Signature(a.shape == b.shape ? a.shape : broadcastShape([a.shape, b.shape], name), a.type)
}

private func sliced(_ x: [Tensor], _ starts: [Int], _ ends: [Int], _ steps: [Int]) -> Signature {
    let shape = x[0].shape.indices.map { axis in
        let (start, end, step) = (starts[axis], ends[axis], steps[axis])
        require(
            step > 0 && start >= 0 && start <= end && end <= x[0].shape[axis], "slice", x,
            "axis \(axis) from \(start) to \(end) by \(step)")
        return (end - start + step - 1) / step
    }
    return Signature(shape, x[0].type)
}

private func concatenation(_ x: [Tensor], _ axis: Int) -> Signature {
    let others = x.map { $0.shape.removing(axes: [axis]) }
    require(
        others.allSatisfy { $0 == others[0] } && x.allSatisfy { $0.type == x[0].type }, "concatenate", x,
        "all axes but \(axis) and the element types must agree")
    return Signature(x[0].shape.replacing(axis: axis, with: x.map { $0.shape[axis] }.reduce(0, +)), x[0].type)
}

private func gathered(_ x: [Tensor], _ axis: Int) -> Signature {
    require(
        x[1].type == .int64 && x[0].shape.removing(axes: [axis]) == x[1].shape.removing(axes: [axis]), "gather", x,
        "integer indices must agree on all axes but \(axis)")
    return Signature(x[1].shape, x[0].type)
}

private func product(_ x: [Tensor]) -> Signature {
    let (a, b) = (x[0], x[1])
    require(a.type == b.type && a.type.isReal, "matrixProduct", x, "needs two arrays of one real element type")
    require(
        a.rank >= 2 && b.rank >= 2 && a.shape[a.rank - 1] == b.shape[b.rank - 2], "matrixProduct", x,
        "the last axis of the first and the second last of the second must agree")
    let batch = broadcastShape([Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))], "matrixProduct")
    return Signature(batch + [a.shape[a.rank - 2], b.shape[b.rank - 1]], a.type)
}

private func square(_ name: String, _ x: [Tensor]) -> Signature {
    let shape = x[0].shape
    require(
        shape.count >= 2 && shape[shape.count - 1] == shape[shape.count - 2] && x[0].type.isReal, name, x,
        "needs square real matrices")
    return x[0].signature
}

private func solution(_ name: String, _ x: [Tensor]) -> Signature {
    _ = square(name, x)
    require(
        x[1].rank == x[0].rank && x[1].shape.dropLast() == x[0].shape.dropLast() && x[0].type == x[1].type, name,
        x, "the right side must have as many rows, the same leading axes and the same element type")
    return x[1].signature
}

private func drawn(_ draw: RandomDraw, _ x: [Tensor]) -> Signature {
    require(x[0].type == .int64 && x[0].shape.last == 2, "random", x, "a key is two integers")
    let lead = Array(x[0].shape.dropLast())
    switch draw {
    case .uniform(let shape), .normal(let shape): return Signature(lead + shape)
    case .split(let count): return Signature(lead + [count, 2], .int64)
    case .fold:
        require(x[1].shape == lead && x[1].type == .int64, "fold", x, "needs one integer a key")
        return x[0].signature
    }
}
