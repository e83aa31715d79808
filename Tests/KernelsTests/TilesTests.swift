import Networks
import Tensors
import Testing

@testable import Kernels

/// Programs that sum over a batch are cut into tiles of it, or their large products into blocks of rows; the results
/// are those of the whole.
@Suite struct TilesTests {
    private func agree(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12) -> Bool {
        let scale = max(1, b.values.map { abs($0) }.max() ?? 0)
        return a.signature == b.signature && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * scale }
    }

    private func check<Network: StateMap>(
        _ network: Network, _ x: Tensor, _ y: Tensor, in form: String = "apus_tile",
        loss: @escaping (Tensor, Tensor) -> Tensor = meanSquaredError, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        func step(_ all: Pair<Network, [Tensor]>) -> Pair<Network, [Tensor]> {
            let (value, slope) = valueAndGradient(of: { (network: Network) in
                loss(network(all.second[0]), all.second[1])
            })(all.first)
            return Pair(slope, [value, all.first(all.second[0])])
        }
        let input = Pair(network, [x, y])
        let compiled = compile(like: input, step)
        if let code = compiled.code {
            #expect(code.contains(form), "no \(form)", sourceLocation: sourceLocation)
        }
        let (found, expected) = (compiled(input), step(input))
        for (a, b) in zip(found.leaves, expected.leaves) {
            #expect(agree(a, b), "\(a.signature)", sourceLocation: sourceLocation)
        }
        let alone = ThreadPool.withThreads(1) { compiled(input) }
        let together = ThreadPool.withThreads(2) { compiled(input) }
        for (a, b) in zip(alone.leaves, together.leaves) {
            #expect(a.values == b.values, "1 and 2 threads differ", sourceLocation: sourceLocation)
        }
    }

    @Test func denseNetworks() {
        let network = DenseNetwork(
            [Dense(72, 128, key: Key(1)), Dense(128, 100, key: Key(2)), Dense(100, 5, key: Key(3))], activation: .tanh)
        // The batch is as long as a side of a weight matrix: which axis is which must be found out.
        check(network, Key(4).normal([128, 72]), Key(5).normal([128, 5]), in: "sharedProduct_")
        check(network, Key(4).normal([211, 72]), Key(5).normal([211, 5]), in: "sharedProduct_")
    }

    /// What follows a product row by row is written while other rows still read what the product is made of: its memory
    /// is none of theirs.
    @Test func nestsAfterProducts() {
        let network = DenseNetwork(
            (1...4).map { Dense(96, 96, key: Key($0)) }, activation: .relu)
        check(network, Key(5).normal([100, 96]), Key(6).normal([100, 96]), in: "_rows, &given")
        // A nest that reads other rows of the product waits for all of them.
        let rolled = compile(like: Pair(Key(7).normal([128, 64]), Key(8).normal([64, 128]))) {
            let product = $0.first.matrixProduct($0.second)
            return product + product.rolled(by: 1, axis: 0)
        }
        let pair = Pair(Key(7).normal([128, 64]), Key(8).normal([64, 128]))
        let product = pair.first.matrixProduct(pair.second)
        #expect(agree(rolled(pair), product + product.rolled(by: 1, axis: 0)))
        if let code = rolled.code { #expect(!code.contains("_rows, &given")) }
    }

    @Test func crossEntropies() {
        let network = DenseNetwork([Dense(72, 128, key: Key(1)), Dense(128, 7, key: Key(2))], activation: .relu)
        check(network, Key(4).normal([96, 72]), classes(96, 7), in: "sharedProduct_", loss: crossEntropy)
    }

    @Test func images() {
        // Rectified points make ties within windows.
        check(ImageNetwork(), Key(3).normal([32, 12, 12]), classes(32, 7), loss: crossEntropy)
    }

    private func classes(_ count: Int, _ limit: Int) -> Tensor {
        Tensor(integers: (0..<count).map { ($0 * 5 + $0 / 3) % limit })
    }

    @Test func periodicConvolutions() {
        let network = Composition(
            PeriodicConvolution(3, 8, width: 5, key: Key(1)), PeriodicConvolution(8, 2, width: 3, key: Key(2)))
        check(network, Key(3).normal([64, 3, 20]), Key(4).normal([64, 2, 20]))
        // Many channels, by minimal filters.
        let wide = PeriodicConvolution(24, 16, width: 5, key: Key(5))
        check(wide, Key(6).normal([64, 24, 20]), Key(7).normal([64, 16, 20]))
    }

    @Test func manyMatricesOfWeights() {
        check(Heads(), Key(2).normal([64, 3, 24, 6]), Key(3).normal([64, 3, 16, 6]))
    }
}

private func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    Loss.meanSquaredError(prediction, target)
}

private func crossEntropy(_ logits: Tensor, _ classes: Tensor) -> Tensor {
    Loss.crossEntropy(logits: logits, classes: classes)
}

/// Matrices side by side: their gradients are sums over the batch of products that have an axis of their own.
private struct Heads: Map {
    var weight = Key(11).normal([3, 16, 24])

    func callAsFunction(_ x: Tensor) -> Tensor { weight.matrixProduct(x).tanh() }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&weight, "weight") }
}

/// Two convolutions with rectifiers and maxima over 2 × 2 points, and a dense layer.
private struct ImageNetwork: Map {
    var kernels = [Key(11).normal([5, 1, 3, 3]), Key(12).normal([6, 5, 3, 3])]
    var last = Dense(54, 7, key: Key(13))

    func callAsFunction(_ images: Tensor) -> Tensor {
        let x = kernels.reduce(images.expanded(axis: 1)) { x, kernel in
            x.convolution(kernel, padding: .zero).maximum(0).maximumPooling([2, 2])
        }
        return last(x.reshaped([x.shape[0], 54]))
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&kernels, "kernels")
        visitor.visit(&last, "last")
    }
}
