import Assimilation
import Foundation
import Studies
import Tensors
import Verification

/// The results of a twin experiment.
struct TwinResults: ScoredMethods, Codable, Sendable, Equatable {
    var name: String
    var title: String
    var summary: String
    var version: String
    var engine = Engine.compiled
    var seed: Int
    var setting: String
    var reference: String
    var variables: Int
    var observed: Int
    /// The time between observations, in the model's unit.
    var interval: Double
    var cycles: Int
    var spinup: Int
    var methods: [TwinMethodRecord]
    /// Differences of the errors of all pairs of methods over the seeds.
    var comparisons: [TwinComparisonRecord]
    /// Of learned analyses that are one matrix or nearly so, and of a Kalman filter.
    var gains: [GainRecord] = []
    /// Forecast models by themselves, that of the truth first; empty where there is no other.
    var models: [TwinModelRecord] = []
    /// How models learned from observations depend on these.
    var sensitivity: [SensitivityRecord] = []
    /// Scores away from the conditions of tuning and training; empty where none were asked for.
    var robustness: [RobustnessRecord] = []
    /// The value of each key of robustness under which everything was tuned and trained.
    var usualConditions: [String: Double]

    /// The software that made the results, as files name it.
    var source: String { engine.source(version) }
}

extension TwinResults: ExperimentResults {
    func json() -> Data { OrderedJSON.encoded(self) }

    var terminalTables: [TextTable] {
        guard models.count > 1 else { return [scoreTable] }
        return [scoreTable, modelTable(max(models[0].exponents.first.flatMap { $0 } ?? 0, 1e-3))]
    }

    func netCDF() throws(InputError) -> NetCDFFile {
        var file = NetCDFFile(attributes: [
            "title": .text(title), "summary": .text(summary), "source": .text(source),
            "comment": .text("Made with seed \(seed); setting \(setting)"), "references": .text(reference),
        ])
        file.addCoordinate("method", .texts(methods.map(\.name)), attributes: ["long_name": "method"])
        let seeds = methods.first?.runs.map(\.seed) ?? []
        file.addCoordinate("seed", .integers(seeds.map { Int32($0) }), attributes: ["long_name": "seed of the truth"])
        file.addCoordinate(
            "time", .numbers((0..<cycles).map { Double($0) * interval }),
            attributes: ["long_name": "model time", "units": "1", "axis": "T"])
        let runs = methods.flatMap(\.runs)
        for (name, title, values) in [
            ("error", "root-mean-square error of the analysis", runs.flatMap(\.errors)),
            ("spread", "root-mean-square standard deviation of the analysis", runs.flatMap(\.spreads)),
        ] {
            file.addVariable(
                name, on: ["method", "seed", "time"], .numbers(values.map { $0 ?? .nan }),
                attributes: ["long_name": .text(title), "units": "1"])
        }
        file.addVariable(
            "ranked_score", on: ["method", "seed"], .numbers(runs.map { $0.rankedScore ?? .nan }),
            attributes: ["long_name": "fair continuous ranked probability score", "units": "1"])
        for (name, title, isSo) in [
            ("lost", "1 where the filter lost the truth with finite numbers", \TwinRunRecord.isLost),
            ("diverged", "1 where the numbers of the filter diverged", \.hasDiverged),
            ("truth_diverged", "1 where the numbers of the truth diverged", \.truthHasDiverged),
        ] {
            file.addVariable(
                name, on: ["method", "seed"], .integers(runs.map { $0[keyPath: isSo] ? 1 : 0 }),
                attributes: ["long_name": .text(title), "units": "1"])
        }
        guard let truth = runs.compactMap(\.truth).first else { return file }
        file.addDimension("variable", length: variables)
        file.addVariable(
            "truth", on: ["time", "variable"], .numbers(truth),
            attributes: ["long_name": "truth of the first seed", "units": "1"])
        let analyses = methods.flatMap { method in
            method.runs.compactMap(\.analysis).first ?? [Double?](repeating: nil, count: truth.count)
        }
        file.addVariable(
            "analysis", on: ["method", "time", "variable"], .numbers(analyses.map { $0 ?? .nan }),
            attributes: ["long_name": "mean of the analyses of the first seed", "units": "1"])
        return file
    }
}
