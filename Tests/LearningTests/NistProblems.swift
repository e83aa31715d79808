import Foundation
import Tensors

/// NIST's Statistical Reference Datasets: the numbers of `Tests/Oracles/nist.json`, which `nist.py` beside it makes.
struct NistProblem: Decodable, Sendable, CustomStringConvertible {
    let name, difficulty: String
    let starts: [[Double]]
    let certified, deviations: [Double]
    let residualSumOfSquares, residualDeviation: Double
    let determination: Double?
    let rows: [[Double]]

    var description: String { name }
    var response: Tensor { Tensor(rows.map { $0[0] }) }
    func predictor(_ i: Int = 1) -> Tensor { Tensor(rows.map { $0[i] }) }

    static func load() throws -> [NistProblem] {
        struct File: Decodable { let sets: [NistProblem] }
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/nist.json")
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).sets
    }

    /// Response minus model, as a function of the parameters; nil for the linear set.
    var residuals: ((Tensor) -> Tensor)? {
        guard let model = nistModels[name] else { return nil }
        let (y, x) = (name == "Nelson" ? response.log() : response, predictor())
        if name == "Nelson" {
            let x2 = predictor(2)
            return { b in y - (b[0] - b[1] * x * (-b[2] * x2).exp()) }
        }
        return { b in y - model(b, x) }
    }
}

private func polynomial(_ coefficients: [Tensor], _ x: Tensor) -> Tensor {
    coefficients.dropLast().reversed().reduce(coefficients[coefficients.count - 1]) { $0 * x + $1 }
}

private func wave(_ x: Tensor, _ period: Tensor, _ cosine: Tensor, _ sine: Tensor) -> Tensor {
    let angle = 2 * Double.pi * x / period
    return cosine * angle.cos() + sine * angle.sin()
}

private func bell(_ x: Tensor, _ height: Tensor, _ center: Tensor, _ width: Tensor) -> Tensor {
    height * (-((x - center) / width).squared()).exp()
}

private let nistModels: [String: @Sendable (Tensor, Tensor) -> Tensor] = [
    "Bennett5": { b, x in b[0] * (b[1] + x).power(-b[2].reciprocal()) },
    "Chwirut2": { b, x in (-b[0] * x).exp() / (b[1] + b[2] * x) },
    "DanWood": { b, x in b[0] * x.power(b[1]) },
    "ENSO": { b, x in
        b[0] + wave(x, Tensor(12), b[1], b[2]) + wave(x, b[3], b[4], b[5]) + wave(x, b[6], b[7], b[8])
    },
    "Gauss1": { b, x in b[0] * (-b[1] * x).exp() + bell(x, b[2], b[3], b[4]) + bell(x, b[5], b[6], b[7]) },
    "Hahn1": { b, x in
        polynomial([b[0], b[1], b[2], b[3]], x) / polynomial([Tensor(1), b[4], b[5], b[6]], x)
    },
    "Kirby2": { b, x in polynomial([b[0], b[1], b[2]], x) / polynomial([Tensor(1), b[3], b[4]], x) },
    "Lanczos3": { b, x in
        b[0] * (-b[1] * x).exp() + b[2] * (-b[3] * x).exp() + b[4] * (-b[5] * x).exp()
    },
    "MGH17": { b, x in b[0] + b[1] * (-b[3] * x).exp() + b[2] * (-b[4] * x).exp() },
    "Misra1a": { b, x in b[0] * (1 - (-b[1] * x).exp()) },
    "Nelson": { _, x in x },  // two predictors: see `residuals`
    "Rat43": { b, x in b[0] / (1 + (b[1] - b[2] * x).exp()).power(b[3].reciprocal()) },
    "Thurber": { b, x in
        polynomial([b[0], b[1], b[2], b[3]], x) / polynomial([Tensor(1), b[4], b[5], b[6]], x)
    },
]
