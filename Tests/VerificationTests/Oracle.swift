import Foundation
import Testing

/// What `Tests/Oracles/verification.py` printed.
struct Oracle: Decodable {
    var members: [[Double]]
    var truth: [Double]
    var mask: [Bool]
    var rmse, bias, meanAbsoluteError, correlation, uncentered: Double
    var crpsPlain, crpsFair, spread, ratio, logScore: Double
    var coverage50, coverage70, coverage90: Double
    var quantile10, quantile63: [Double]
    var gaussian: [[Double]]
    var vectors, target: [Double]
    var energyPlain, energyFair: Double
    var counts: [Int]
    var chiSquare, flatness: Double
    var exceedance, student, studentQuantiles: [[Double]]

    static func load() throws -> Oracle {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Oracles/verification.json")
        return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
    }
}

/// Whether two numbers agree to a relative tolerance.
func isClose(_ one: Double?, _ other: Double, _ tolerance: Double = 1e-12) -> Bool {
    guard let one else { return false }
    return abs(one - other) <= tolerance * max(1, abs(other))
}

/// Normal random numbers that are the same everywhere (Box and Muller).
struct NormalNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bits = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return (Double((bits ^ (bits >> 32)) >> 11) + 0.5) * 0x1p-53
    }

    mutating func next() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

    mutating func next(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }
}
