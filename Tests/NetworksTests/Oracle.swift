import Foundation
import Tensors

/// The numbers of `Tests/Oracles/networks.json`, which `networks.py` beside it makes.
struct Oracle: Decodable {
    struct Convolution: Decodable { let x, weight, bias, y: [Double] }
    struct Losses: Decodable {
        let mean, target, weights, variance, logits, probabilities: [Double]
        let classes: [Int]
        let square, weightedSquare, gaussian, rankedProbability, crossEntropy, softCrossEntropy: Double
    }
    let activations: [String: [Double]]
    let convolution: Convolution
    let losses: Losses
    /// Arrays of layers by the layer's name and theirs.
    let layers: [String: [String: [Double]]]
    let optimizers: [String: [[Double]]]

    static func load() throws -> Oracle {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/networks.json")
        return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
    }
}

/// The largest difference, relative for numbers above one.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0 : .infinity
}

func distance(_ a: Tensor, _ b: Tensor) -> Double { a.shape == b.shape ? distance(a.values, b.values) : .infinity }
