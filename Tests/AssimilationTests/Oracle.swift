import Foundation
import Tensors

@testable import Assimilation

/// Reference output of other programs, read from `Data/`.
enum Oracle {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data")

    /// Columns by name; an empty cell is NaN.
    static func columns(_ url: URL) throws -> [String: [Double]] {
        let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
        let rows = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        var result: [String: [Double]] = [:]
        for (i, name) in rows[0].enumerated() {
            result[name.trimmingCharacters(in: ["\""])] = rows.dropFirst().map { Double($0[i]) ?? .nan }
        }
        return result
    }
    static func columns(_ name: String) throws -> [String: [Double]] { try columns(folder.appending(path: name)) }

    struct System: Decodable {
        let operatorMatrix, observationError, transition, modelError: [[Double]]
        let startMean: [Double]
        let startCovariance: [[Double]]
        let loglik: Double

        private enum CodingKeys: String, CodingKey {
            case operatorMatrix = "Z"
            case observationError = "H"
            case transition = "T"
            case modelError = "Q"
            case startMean = "a1"
            case startCovariance = "P1"
            case loglik
        }
    }

    static func system(_ name: String) throws -> System {
        struct Partial: Decodable { let systems: [String: System] }
        let data = try Data(contentsOf: folder.appending(path: "kalman_oracles.json"))
        let all = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        return try JSONDecoder().decode(System.self, from: JSONSerialization.data(withJSONObject: all[name] ?? [:]))
    }
}

extension Oracle.System {
    var start: Gaussian { Gaussian(mean: Tensor(startMean), covariance: Tensor(rows: startCovariance)) }
    var forecast: LinearForecast {
        LinearForecast(
            LinearModel(Tensor(rows: transition)), modelError: ModelError(covariance: Tensor(rows: modelError)))
    }
    func observations(_ series: [[Double]]) -> Observations<LinearOperator> {
        Observations(
            series, errorCovariance: Tensor(rows: observationError),
            operator: LinearOperator(Tensor(rows: operatorMatrix)))
    }
}

/// The largest difference, relative where numbers are large.
func difference(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "\(a.count) numbers against \(b.count)")
    return zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
}

// A covariance is symmetric, and derivatives are those of symmetric changes: a random direction is made so.

extension Tensor {
    var symmetric: Tensor { 0.5 * (self + transposed) }
}

extension Observation {
    var symmetric: Observation {
        var result = self
        result.errorCovariance = errorCovariance.symmetric
        return result
    }
}
