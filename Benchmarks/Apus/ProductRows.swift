import Kernels
import Tensors

private func product(_ n: Int, _ type: ElementType) -> Prepared {
    let (a, b) = (uniform(1, [n, n]).cast(to: type), uniform(2, [n, n]).cast(to: type))
    return prepared(Pair(a, b)) { $0.first.matrixProduct($0.second) }
}

/// A million numbers from places, and what comes of them to other places.
private func indexed() -> Prepared {
    let count = 1_000_000
    func places(_ seed: UInt64) -> Tensor {
        Tensor(integers: uniform(seed, [count]).values.map { Int(($0 + 1) / 2 * Double(count)) })
    }
    let arguments = Pair(uniform(1, [count]), Pair(places(2), places(3)))
    return prepared(arguments) { now in
        let taken = now.first.taking(now.second.first)
        return (2 * taken + 1).scatterAdded(now.second.second, axis: 0, size: count)
    }
}

/// Mean, variance and largest value over the first axis.
private func reductions() -> Prepared {
    prepared(uniform(1, [100_000, 40])) { x in
        Pair(Pair(x.mean(axes: [0]), x.variance(axes: [0])), x.maximum(axes: [0]))
    }
}

let productRows: [String: @Sendable () -> Prepared] = {
    var rows: [String: @Sendable () -> Prepared] = ["indexed": indexed, "leading": reductions]
    for n in [64, 128, 256, 512, 1024] {
        rows["product/\(n)/double"] = { product(n, .float64) }
        rows["product/\(n)/single"] = { product(n, .float32) }
    }
    return rows
}()
