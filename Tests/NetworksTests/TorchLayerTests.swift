import Checks
import Foundation
import Tensors
import Testing

@testable import Networks

/// Layers for images, sequences and sets against PyTorch, outputs and gradients: `Tests/Oracles/layers.json`.
@Suite struct TorchLayerTests {
    private struct Case {
        let arrays: [String: [Double]]

        init(_ name: String) throws {
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/layers.json")
            let all = try JSONDecoder().decode([String: [String: [Double]]].self, from: Data(contentsOf: file))
            arrays = try #require(all[name])
        }

        func callAsFunction(_ name: String, _ shape: [Int]) throws -> Tensor {
            Tensor(try #require(arrays[name]), shape: shape)
        }

        /// The output, and the gradients of the input and of the leaves, by the names of the oracle.
        func check<M: Tree>(
            _ map: M, _ names: [String: String], at x: Tensor, _ run: @escaping (M, Tensor) -> Tensor
        ) throws {
            let y = run(map, x)
            let expected = try self("y", y.shape)
            #expect(distance(y, expected) < 1e-12)
            let c = try self("c", y.shape)
            let slope = gradient(of: { (now: Pair<M, Tensor>) in (c * run(now.first, now.second)).sum() })(Pair(map, x))
            if x.type.isReal {
                let ofInput = try self("d x", x.shape)
                #expect(distance(slope.second, ofInput) < 1e-12)
            }
            #expect(Set(slope.first.named.map(\.name)).isSuperset(of: names.keys))
            for (name, leaf) in slope.first.named {
                guard let torch = names[name] else {
                    #expect(leaf.values.allSatisfy { $0 == 0 }, "\(name) has a derivative")
                    continue
                }
                let ofLeaf = try self("d " + torch, leaf.shape)
                #expect(distance(leaf, ofLeaf) < 1e-12, "the gradient of \(name)")
            }
        }
    }

    @Test(arguments: [("zero", 1), ("periodic", 1), ("valid", 1), ("zero", 2)])
    func convolutionsAgreeWithPyTorch(_ padding: String, _ stride: Int) throws {
        let torch = try Case("convolution \(padding) \(stride)")
        let layer = Convolution2D(
            weight: try torch("weight", [4, 3, 3, 3]), bias: try torch("bias", [4]),
            padding: try #require(Padding(rawValue: padding)), stride: stride)
        let x = try torch("x", [2, 3, 6, 7])
        try torch.check(layer, ["weight": "weight", "bias": "bias"], at: x) { $0($1) }
        #expect(distance(layer.ensemble(x), layer(x)) < 1e-14)
    }

    @Test func causalConvolutionsAgreeWithPyTorch() throws {
        let torch = try Case("causal")
        var layer = CausalConvolution(3, 4, width: 3, dilation: 2, key: Key(1))
        (layer.weight, layer.bias) = (try torch("weight", [4, 3, 3]), try torch("bias", [4]))
        let x = try torch("x", [2, 3, 9])
        try torch.check(layer, ["weight": "weight", "bias": "bias"], at: x) { $0($1) }
    }

    @Test func imagesOfOtherSizesAgreeWithPyTorch() throws {
        let shape = [2, 3, 6, 8]
        for kind in Pooling.Kind.allCases {
            let torch = try Case(kind.rawValue)
            try torch.check(Pooling(kind), [:], at: torch("x", shape)) { $0($1) }
        }
        for kind in UpSampling.Kind.allCases {
            let torch = try Case(kind.rawValue)
            try torch.check(UpSampling(kind), [:], at: torch("x", shape)) { $0($1) }
        }
    }

    @Test func aUNetAgreesWithPyTorch() throws {
        let torch = try Case("u-net")
        let random = UNet(2, 1, channels: 3, depth: 2, key: Key(1))
        let names = Dictionary(uniqueKeysWithValues: random.named.map { ($0.name, $0.name) })
        let network = random.replacingLeaves(try random.named.map { try torch($0.name, $0.leaf.shape) })
        try torch.check(network, names, at: torch("x", [2, 2, 4, 8])) { $0($1) }
    }

    @Test func normalizationsAgreeWithPyTorch() throws {
        let names = ["gain": "gain", "offset": "offset"]
        for mode in ["training", "prediction"] {
            let torch = try Case("batch " + mode)
            var layer = BatchNormalization(3)
            (layer.gain, layer.offset) = (try torch("gain", [3]), try torch("offset", [3]))
            (layer.mean, layer.variance) = (try torch("mean", [3]), try torch("variance", [3]))
            let x = try torch("x", [4, 3, 2, 5])
            guard mode == "training" else {
                try torch.check(layer, names, at: x) { $0($1) }
                continue
            }
            try torch.check(layer, names, at: x) { $0.training($1, key: Key(1)).output }
            let next = layer.adopting(layer.training(x, key: Key(1)).next)
            let (mean, variance) = (try torch("nextMean", [3]), try torch("nextVariance", [3]))
            #expect(distance(next.mean, mean) < 1e-14 && distance(next.variance, variance) < 1e-14)
        }
        let torch = try Case("group")
        var layer = GroupNormalization(4, groups: 2)
        (layer.gain, layer.offset) = (try torch("gain", [4]), try torch("offset", [4]))
        try torch.check(layer, names, at: torch("x", [2, 4, 3, 5])) { $0($1) }
    }

    private let dense = [
        "cell.input.weight": "inputWeight", "cell.input.bias": "inputBias", "cell.memory.weight": "memoryWeight",
        "cell.memory.bias": "memoryBias",
    ]

    private func layers(_ torch: Case, blocks: Int) throws -> (input: Dense, memory: Dense) {
        (
            Dense(
                weight: try torch("inputWeight", [3, 4 * blocks]), bias: try torch("inputBias", [4 * blocks])),
            Dense(
                weight: try torch("memoryWeight", [4, 4 * blocks]), bias: try torch("memoryBias", [4 * blocks]))
        )
    }

    @Test func recurrentNetworksAgreeWithPyTorch() throws {
        let (elman, gated, longShort) = (try Case("elman"), try Case("gated"), try Case("longShort"))
        var first = ElmanCell(3, units: 4, key: Key(1))
        (first.input, first.memory) = try layers(elman, blocks: 1)
        try elman.check(Recurrent(first), dense, at: elman("x", [2, 5, 3])) { $0($1) }
        var second = GatedRecurrentCell(3, units: 4, key: Key(1))
        (second.input, second.memory) = try layers(gated, blocks: 3)
        try gated.check(Recurrent(second), dense, at: gated("x", [2, 5, 3])) { $0($1) }
        var third = LongShortTermCell(3, units: 4, key: Key(1))
        (third.input, third.memory) = try layers(longShort, blocks: 4)
        let x = try longShort("x", [2, 5, 3])
        try longShort.check(Recurrent(third), dense, at: x) { $0($1) }
        #expect(distance(Recurrent(third).last(x), Recurrent(third)(x).element(4, axis: 1)) < 1e-15)
    }

    @Test func transformersAgreeWithPyTorch() throws {
        let torch = try Case("transformer")
        var block = TransformerBlock(6, heads: 2, hidden: 8, activation: .gelu, isCausal: true, key: Key(1))
        func layer(_ name: String, _ inputs: Int = 6, _ outputs: Int = 6) throws -> Dense {
            Dense(weight: try torch(name + "Weight", [inputs, outputs]), bias: try torch(name + "Bias", [outputs]))
        }
        (block.attention.query, block.attention.key) = (try layer("query"), try layer("key"))
        (block.attention.value, block.attention.output) = (try layer("value"), try layer("output"))
        block.network.layers = [try layer("first", 6, 8), try layer("second", 8, 6)]
        (block.firstNormalization.gain, block.firstNormalization.offset) = (
            try torch("firstNormWeight", [6]), try torch("firstNormBias", [6])
        )
        (block.secondNormalization.gain, block.secondNormalization.offset) = (
            try torch("secondNormWeight", [6]), try torch("secondNormBias", [6])
        )
        var names = [
            "firstNormalization.gain": "firstNormWeight", "firstNormalization.offset": "firstNormBias",
            "secondNormalization.gain": "secondNormWeight", "secondNormalization.offset": "secondNormBias",
            "network.layers.0.weight": "firstWeight", "network.layers.0.bias": "firstBias",
            "network.layers.1.weight": "secondWeight", "network.layers.1.bias": "secondBias",
        ]
        for part in ["query", "key", "value", "output"] {
            names["attention.\(part).weight"] = part + "Weight"
            names["attention.\(part).bias"] = part + "Bias"
        }
        let x = try torch("x", [2, 5, 6])
        try torch.check(block, names, at: x) { $0($1) }
        // What comes later changes nothing.
        let other = Tensor.concatenated([x.slice(axis: 1, to: 3), Key(1).normal([2, 2, 6])], axis: 1)
        #expect(distance(block(other).slice(axis: 1, to: 3), block(x).slice(axis: 1, to: 3)) < 1e-15)
    }

    @Test func spectralConvolutionsAgreeWithPyTorch() throws {
        let names = ["real": "real", "imaginary": "imaginary"]
        let line = try Case("spectral")
        var layer = SpectralConvolution(2, 3, modes: 4, key: Key(1))
        (layer.real, layer.imaginary) = (try line("real", [4, 2, 3]), try line("imaginary", [4, 2, 3]))
        try line.check(layer, names, at: line("x", [2, 2, 10])) { $0($1) }
        let plane = try Case("spectral plane")
        var wide = SpectralConvolution2D(2, 3, modes: 2, key: Key(1))
        (wide.real, wide.imaginary) = (try plane("real", [4, 2, 2, 3]), try plane("imaginary", [4, 2, 2, 3]))
        try plane.check(wide, names, at: plane("x", [2, 2, 6, 9])) { $0($1) }
    }

    @Test func embeddingsAgreeWithPyTorch() throws {
        let torch = try Case("embedding")
        var layer = Embedding(5, channels: 3, key: Key(1))
        layer.table = try torch("table", [5, 3])
        let words = try torch("words", [2, 3]).cast(to: .int64)
        try torch.check(layer, ["table": "table"], at: words) { $0($1) }
    }

    @Test func dropoutKeepsTheMeanAndLeavesPredictionsAlone() {
        let (x, layer) = (Tensor.ones([200, 200]), Dropout(0.3))
        let dropped = layer.training(x, key: Key(1)).output
        #expect(abs(dropped.mean().scalar - 1) < 0.02)
        #expect(abs(dropped.values.count { $0 == 0 } - 12_000) < 400)
        #expect(Set(dropped.values.map { ($0 * 1e6).rounded() }).count == 2)
        #expect(layer(x).values == x.values)
    }

    @Test func theyAreLawfulMaps() {
        let image = Key(1).normal([2, 6, 6])
        #expect(checkMap(Convolution2D(2, 3, size: 3, padding: .periodic, key: Key(2)), at: image) == [])
        #expect(checkMap(UpSampling(.bilinear), at: image) == [])
        #expect(checkMap(Pooling(.mean), at: image) == [])
        #expect(checkMap(SpectralConvolution2D(2, 2, modes: 2, key: Key(3)), at: image) == [])
        let line = Key(4).normal([2, 8])
        #expect(checkMap(SpectralConvolution(2, 2, modes: 3, key: Key(5)), at: line) == [])
        #expect(checkMap(CausalConvolution(2, 3, width: 3, dilation: 2, key: Key(6)), at: line) == [])
        let state = Pair(Key(7).normal([3]), Pair(Key(8).normal([4]), Key(9).normal([4])))
        #expect(checkMap(LongShortTermCell(3, units: 4, key: Key(10)), at: state) == [])
        #expect(checkMap(ElmanCell(3, units: 4, key: Key(11)), at: Pair(state.first, state.second.first)) == [])
    }
}
