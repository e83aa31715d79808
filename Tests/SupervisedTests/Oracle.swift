import Foundation
import Tensors

@testable import Supervised

/// The numbers of `Tests/Oracles/supervised.json`, which `supervised.py` beside it makes by scikit-learn.
struct Oracle: Decodable {
    struct Linear: Decodable {
        let x, y, new, counts, sizes, penalties, net, ridge, poisson, gamma: [Double]
        let lasso: [[Double]]
    }
    struct Process: Decodable {
        let mean, deviation: [Double]
        let likelihood: Double
    }
    struct Kernels: Decodable {
        let length, penalty, noise, signal, best: Double
        let ridge, neighbors: [Double]
        let processes: [String: Process]
    }
    struct Digits: Decodable {
        let penalty, gradient: Double
        let coefficients, intercepts, pair: [Double]
    }
    struct Scores: Decodable {
        let classes: [Int]
        let probabilities, second, truth, forecast: [Double]
        let three, two, numbers: [String: Double]
        let quantile: Double
    }
    let linear: Linear
    let kernels: Kernels
    let digits: Digits
    let scores: Scores

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    static func load() throws -> Oracle {
        let file = folder.appending(path: "../Oracles/supervised.json")
        return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
    }

    /// The table that the linear and kernel methods are fitted to, as it is.
    func samples(_ targets: [Double]) -> Samples { Samples(Tensor(linear.x, shape: [80, 6]), .numbers(targets)) }
    var new: Tensor { Tensor(linear.new, shape: [20, 6]) }
}

/// The digits of 8 × 8 points in [0, 1], and their names.
func digits() throws -> (points: [Double], names: [Int]) {
    let file = Oracle.folder.appending(path: "../../Examples/Data/digits.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    let rows = lines.map { $0.split(separator: ",").map { Double($0) ?? .nan } }
    return (rows.flatMap { $0[..<64].map { $0 / 16 } }, rows.map { Int($0[64]) })
}

/// The largest difference, relative for numbers above one.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0 : .infinity
}
