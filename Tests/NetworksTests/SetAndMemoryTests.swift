import Checks
import Tensors
import Testing

@testable import Networks

/// Layers with attention, memory or normalisation: against PyTorch, under the laws of maps, and through files.
@Suite struct SetAndMemoryTests {
    private func arrays(_ name: String) throws -> (String, [Int]) throws -> Tensor {
        let layer = try #require(try Oracle.load().layers[name])
        return { part, shape in Tensor(try #require(layer[part]), shape: shape) }
    }

    @Test func normalizationAgreesWithPyTorch() throws {
        let oracle = try arrays("normalization")
        var layer = LayerNormalization(6)
        layer.gain = try oracle("gain", [6])
        layer.offset = try oracle("offset", [6])
        let (x, y) = (try oracle("x", [2, 4, 6]), try oracle("y", [2, 4, 6]))
        #expect(distance(layer(x), y) < 1e-13)
    }

    @Test func theRecurrentCellAgreesWithPyTorch() throws {
        let oracle = try arrays("recurrent")
        var cell = GatedRecurrentCell(3, units: 4, key: Key(1))
        cell.input = Dense(weight: try oracle("inputWeight", [3, 12]), bias: try oracle("inputBias", [12]))
        cell.memory = Dense(weight: try oracle("memoryWeight", [4, 12]), bias: try oracle("memoryBias", [12]))
        let next = cell(try oracle("x", [2, 3]), memory: try oracle("memory", [2, 4]))
        let expected = try oracle("y", [2, 4])
        #expect(distance(next, expected) < 1e-14)
    }

    @Test func attentionAgreesWithPyTorch() throws {
        let oracle = try arrays("attention")
        func layer(_ name: String) throws -> Dense {
            Dense(weight: try oracle(name + "Weight", [6, 6]), bias: try oracle(name + "Bias", [6]))
        }
        var attention = Attention(6, heads: 2, key: Key(1))
        (attention.query, attention.key) = (try layer("query"), try layer("key"))
        (attention.value, attention.output) = (try layer("value"), try layer("output"))
        let seen = attention(try oracle("x", [2, 4, 6]), to: try oracle("others", [2, 5, 6]))
        let expected = try oracle("y", [2, 4, 6])
        #expect(distance(seen, expected) < 1e-13)
    }

    @Test func theyAreLawfulMaps() {
        let set = Key(2).normal([3, 4])
        #expect(checkMap(LayerNormalization(4), at: set) == [])
        #expect(checkMap(Attention(4, heads: 2, key: Key(3)), at: set) == [])
        #expect(checkMap(TransformerBlock(4, heads: 2, hidden: 5, key: Key(4)), at: set) == [])
        #expect(checkMap(SetPooling(4, seeds: 2, heads: 2, key: Key(5)), at: set) == [])
        #expect(checkMap(Residual(Dense(4, 4, key: Key(6))), at: set) == [])
        let now = Pair(Key(7).normal([3]), Key(8).normal([4]))
        #expect(checkMap(GatedRecurrentCell(3, units: 4, key: Key(9)), at: now) == [])
        let field = Key(10).normal([2, 7])
        #expect(checkMap(BilinearConvolution(2, linear: 3, products: 2, width: 3, key: Key(11)), at: field) == [])
        let network = PeriodicNetwork(channels: [2, 3, 3, 1], width: 3, isResidual: true, key: Key(12))
        #expect(checkMap(network, at: field) == [])
    }

    @Test func theOrderOfASetDoesNotMatter() {
        let set = Key(1).normal([5, 8])
        let order = Tensor(integers: [3, 0, 4, 1, 2])
        let block = TransformerBlock(8, heads: 2, hidden: 16, key: Key(2))
        #expect(distance(block(set.taking(order)), block(set).taking(order)) < 1e-13)
        let pooling = SetPooling(8, seeds: 3, heads: 4, key: Key(3))
        #expect(distance(pooling(set.taking(order)), pooling(set)) < 1e-13)
        // Every element twice is the same set, as far as a mean goes.
        #expect(distance(pooling(Tensor.concatenated([set, set])), pooling(set)) < 1e-13)
    }

    @Test func fieldsMayBeTurnedRound() {
        let x = Key(1).normal([3, 2, 9])
        let maps: [(Tensor) -> Tensor] = [
            { BilinearConvolution(2, linear: 3, products: 4, width: 5, key: Key(2))($0) },
            {
                PeriodicNetwork(channels: [2, 4, 4, 3], width: 5, activation: .silu, isResidual: true, key: Key(3))($0)
            },
        ]
        for map in maps { #expect(distance(map(x.rolled(by: 4)), map(x).rolled(by: 4)) < 1e-13) }
        let nothing = PeriodicNetwork(channels: [2, 4, 1], width: 5, key: Key(4), startingAtZero: true)
        #expect(nothing(x).values.allSatisfy { $0 == 0 })
    }

    @Test func theyGoThroughFilesToTheSameBits() throws {
        func check<M: Map>(_ layer: M, like other: M) throws {
            let bytes = try Checkpoint(layer, description: "\(M.self)").encoded()
            let back = try Checkpoint<String>(decoding: bytes).restored(into: other)
            #expect(back.leaves.map(\.values) == layer.leaves.map(\.values))
            #expect(other.leaves.map(\.values) != layer.leaves.map(\.values))
        }
        try check(
            TransformerBlock(4, heads: 2, hidden: 5, key: Key(1)),
            like: TransformerBlock(4, heads: 2, hidden: 5, key: Key(2)))
        try check(
            SetPooling(4, seeds: 2, heads: 2, key: Key(1)), like: SetPooling(4, seeds: 2, heads: 2, key: Key(2)))
        try check(GatedRecurrentCell(3, units: 4, key: Key(1)), like: GatedRecurrentCell(3, units: 4, key: Key(2)))
        try check(
            BilinearConvolution(1, linear: 2, products: 2, width: 3, key: Key(1), type: .float32),
            like: BilinearConvolution(1, linear: 2, products: 2, width: 3, key: Key(2), type: .float32))
        try check(
            PeriodicNetwork(channels: [1, 3, 1], width: 3, key: Key(1)),
            like: PeriodicNetwork(channels: [1, 3, 1], width: 3, key: Key(2)))
    }
}
