import Networks
import Tensors
import Testing

@testable import Checks
@testable import Kernels

/// Training steps of networks that chance has put together, large enough to be cut into tiles of the batch or to work
/// in lanes: values and gradients are those of the interpreter, the same on one thread and on two.
@Suite struct RandomNetworksTests {
    @Test func trainingStepsAreThoseOfTheInterpreter() {
        var forms = (tiles: 0, lanes: 0, all: 0)
        for seed in 0..<60 {
            let network = RandomNetwork(seed: seed)
            let step = { (all: Pair<RandomNetwork, Tensor>) in
                let (value, slope) = valueAndGradient(of: { (network: RandomNetwork) in
                    network(all.second).squared().mean()
                })(all.first)
                return Pair(slope, [value, all.first(all.second).sum(axes: [1])])
            }
            let input = Pair(network, network.input)
            let compiled = compile(like: input, step)
            if let code = compiled.code {
                forms.all += 1
                if code.contains("apus_tile") { forms.tiles += 1 }
                if code.contains("laneProduct_") { forms.lanes += 1 }
            }
            let (found, expected) = (compiled(input), step(input))
            for (number, (a, b)) in zip(found.leaves, expected.leaves).enumerated() {
                let scale = max(1, b.values.map { abs($0) }.max() ?? 0)
                let difference = zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
                #expect(
                    a.signature == b.signature && difference < network.tolerance * scale,
                    "seed \(seed), result \(number) by \(difference), of \(network.layers) from \(network.input.signature)"
                )
            }
            let alone = ThreadPool.withThreads(1) { compiled(input) }
            let together = ThreadPool.withThreads(2) { compiled(input) }
            #expect(zip(alone.leaves, together.leaves).allSatisfy { $0.values == $1.values }, "seed \(seed) by threads")
        }
        if forms.all > 0 { #expect(forms.tiles > 30 && forms.lanes > 20, "\(forms)") }
    }
}

/// Layers on `[batch, channels, places]`.
private struct RandomNetwork: Map {
    enum Layer: CaseIterable {
        case channels, places, heads, matricesOfPlaces, convolution, stride, activation, rectifier, neighbors,
            normalization
        case attention, bias, beside, sums, every
    }

    var weights: [Tensor] = []
    let layers: [Layer]
    let input: Tensor
    let tolerance: Double

    init(seed: Int) {
        var chance = RandomSource(seed)
        let type = chance.choose([ElementType.float64, .float64, .float32])
        tolerance = type == .float64 ? 1e-11 : 1e-4
        let key = Key(seed)
        input = key.folding(0).normal([
            chance.choose([16, 24, 48, 64, 80]), 2 * (4 + chance.next(5)), 2 * (4 + chance.next(7)),
        ]).cast(to: type)
        var shape = Array(input.shape.dropFirst())
        var layers: [Layer] = []
        while layers.count < 3 + seed % 6 {
            let layer = chance.choose(Layer.allCases)
            if layer == .stride && shape[1] < 8 || layer == .beside && shape[0] > 16 { continue }
            layers.append(layer)
            let outputs = 2 * (4 + chance.next(5))
            let weight = Self.weight(layer, &shape, outputs)
            if let inputs = weight.last {
                let normal = key.folding(1 + layers.count).normal(weight)
                weights.append((normal / Double(inputs).squareRoot()).cast(to: type))
            }
        }
        self.layers = layers
    }

    /// The shape of a layer's weights, and what it makes of the shape of states.
    private static func weight(_ layer: Layer, _ shape: inout [Int], _ outputs: Int) -> [Int] {
        let (channels, places) = (shape[0], shape[1])
        switch layer {
        case .channels:
            shape[0] = outputs
            return [outputs, channels]
        case .places:
            shape[1] = outputs
            return [places, outputs]
        case .heads:
            shape[0] = outputs
            return [2, outputs / 2, channels / 2]
        case .matricesOfPlaces:
            shape[0] = outputs
            return [places, outputs, channels]
        case .convolution:
            shape[0] = outputs
            return [outputs, channels * 3]
        case .stride:
            shape = [outputs, (places - 3) / 2 + 1]
            shape[1] -= shape[1] % 2
            return [outputs, channels * 3]
        case .beside:
            shape[0] *= 2
            return []
        case .bias: return [channels, 1]
        case .every: return [channels, places]
        case .activation, .rectifier, .neighbors, .normalization, .attention, .sums: return []
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var left = weights[...]
        return layers.reduce(x) { x, layer in
            let batch = x.shape[0]
            let (channels, places) = (x.shape[1], x.shape[2])
            switch layer {
            case .channels: return left.removeFirst().matrixProduct(x)
            case .places: return x.matrixProduct(left.removeFirst())
            case .heads:
                let heads = left.removeFirst().matrixProduct(x.reshaped([batch, 2, channels / 2, places]))
                return heads.reshaped([batch, heads.shape[1] * heads.shape[2], places])
            case .matricesOfPlaces:
                let columns = x.transposed(to: [0, 2, 1]).expanded(axis: -1)
                let rows = left.removeFirst().matrixProduct(columns)
                return rows.reshaped([batch, places, rows.shape[2]]).transposed(to: [0, 2, 1])
            case .convolution:
                return left.removeFirst().matrixProduct(
                    x.periodicNeighbors(3).reshaped([batch, channels * 3, places]))
            case .stride:
                let windows = x.unfold(axis: -1, size: 3, stride: 2).transposed(to: [0, 1, 3, 2])
                let count = windows.shape[3] - windows.shape[3] % 2
                return left.removeFirst().matrixProduct(
                    windows.slice(axis: -1, from: 0, to: count).reshaped([batch, channels * 3, count]))
            case .activation: return x.tanh()
            case .rectifier: return x.maximum(0)
            case .neighbors: return x * x.rolled(by: 1) - x.rolled(by: -1, axis: 1)
            case .normalization:
                let centered = x - x.mean(axes: [1]).expanded(axis: 1)
                return centered / (centered.squared().mean(axes: [1]) + 1).sqrt().expanded(axis: 1)
            case .attention:
                let scores = x.transposed.matrixProduct(x) / Double(channels)
                let shares = (scores - scores.logSumExp(axis: -1).expanded(axis: -1)).exp()
                return x.matrixProduct(shares.transposed)
            case .bias, .every: return x + left.removeFirst()
            case .beside: return Tensor.concatenated([x, 0.5 * x.rolled(by: 2)], axis: 1)
            case .sums: return x.cumulativeSum(axis: -1) / Double(places)
            }
        }
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&weights, "weights") }
}
