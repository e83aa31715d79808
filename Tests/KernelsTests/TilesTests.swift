import Networks
import Tensors
import Testing

@testable import Kernels

/// Programs that sum over a batch are cut into tiles of it; the results are those of the whole.
@Suite struct TilesTests {
    private func agree(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12) -> Bool {
        let scale = max(1, b.values.map { abs($0) }.max() ?? 0)
        return a.signature == b.signature && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * scale }
    }

    private func check<Network: Map>(
        _ network: Network, _ x: Tensor, _ y: Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) where Network.Input == Tensor, Network.Output == Tensor {
        func step(_ all: Pair<Network, [Tensor]>) -> Pair<Network, [Tensor]> {
            let (value, slope) = valueAndGradient(of: { (network: Network) in
                Loss.meanSquaredError(network(all.second[0]), all.second[1])
            })(all.first)
            return Pair(slope, [value, all.first(all.second[0])])
        }
        let input = Pair(network, [x, y])
        let compiled = compile(like: input, step)
        if let code = compiled.code {
            #expect(code.contains("apus_tile"), "not cut into tiles", sourceLocation: sourceLocation)
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
            [Dense(24, 64, key: Key(1)), Dense(64, 64, key: Key(2)), Dense(64, 5, key: Key(3))], activation: .tanh)
        // The batch is as long as a side of a weight matrix: which axis is which must be found out.
        check(network, Key(4).normal([64, 24]), Key(5).normal([64, 5]))
        check(network, Key(4).normal([96, 24]), Key(5).normal([96, 5]))
    }

    @Test func periodicConvolutions() {
        let network = Composition(
            PeriodicConvolution(3, 8, width: 5, key: Key(1)), PeriodicConvolution(8, 2, width: 3, key: Key(2)))
        check(network, Key(3).normal([64, 3, 20]), Key(4).normal([64, 2, 20]))
    }
}
