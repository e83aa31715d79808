import Foundation
import Studies
import Supervised

/// The results of a regression or a classification.
struct SupervisedResults: Encodable, Sendable {
    var name: String
    var title: String
    var summary: String
    var version: String
    var engine = Engine.compiled
    var seed: Int
    var task: SupervisedTask
    var target: String?
    /// The columns of models, behind the preprocessing, or the shape of pictures.
    var features: [String]
    var classes: [String]
    var samples: SampleCounts
    var folds: String
    /// The score that choices go by.
    var score: SupervisedScore
    /// The model of the best cross-validation.
    var chosen: String
    var models: [SupervisedModelRecord]
    /// Differences of the choices' score on the test, the chosen model less each other one.
    var comparisons: [SupervisedComparison]
    /// The score of the chosen model by amount of data.
    var learningCurve: [LearningCurvePoint]
    /// The most wrong test samples of the chosen model.
    var mostWrong: [WrongSample]
    var warnings: [String]
    var credits: [String]

    /// The test samples in their order: row of the file, from 1, and truth.
    var testRows: [Int]
    var testTruth: [Double]
    /// The pictures of the most wrong samples.
    var pictures: [[[Double]]]

    struct SampleCounts: Encodable, Sendable { let training, test: Int }

    private enum CodingKeys: String, CodingKey {
        case name, title, summary, version, engine, seed, task, target, features, classes, samples, folds, score, chosen
        case models, comparisons, learningCurve, mostWrong, warnings, credits
    }

    /// The software that made the results, as files name it.
    var source: String { engine.source(version) }
}

/// A model: its choice, and its scores on the test.
struct SupervisedModelRecord: Codable, Sendable {
    struct Candidate: Codable, Sendable {
        let parameters: [String: Double]
        let text: String
        let score: Double?
        let standardError: Double?
        let trainingScore: Double?
        let foldScores: [Double?]
        /// The share of the training samples that it was tried on last.
        let share: Double
    }
    struct Score: Codable, Sendable {
        let name: SupervisedScore
        let value, low, high: Double?
    }
    struct Coefficient: Codable, Sendable {
        let feature: String
        let output: String?
        let value: Double
    }
    struct Intervals: Codable, Sendable {
        let coverage: Double
        /// Nil where there are too few errors for a statement.
        let halfWidth: Double?
        /// The share of test samples inside.
        let covered: Double?
    }

    var name: String
    var model: String
    var parameters: String
    var candidates: [Candidate]
    /// The place of the chosen candidate.
    var choice: Int
    /// Whether the fit to all training samples stayed finite and converged.
    var outcome: String
    var test: [Score]
    var training: [Score]
    var losses: [Double?]
    var testLosses: [Double?]
    var coefficients: [Coefficient]
    var confusion: [[Int]]?
    var reliability: [ReliabilityBin]?
    var intervals: Intervals?
    /// The mean continuous ranked probability score of the predictions with the errors of cross-validation about them.
    var crps: Double?
    /// Numbers, or the probabilities of the classes row by row.
    var predictions: [Double]

    private enum CodingKeys: String, CodingKey {
        case name, model, parameters, candidates, choice, outcome, test, training, losses, testLosses, coefficients
        case confusion, reliability, intervals, crps, predictions
    }
}

struct SupervisedComparison: Codable, Sendable {
    let first, second: String
    let difference, low, high, probability: Double?
}

struct LearningCurvePoint: Codable, Sendable {
    let samples: Int
    let score, standardError, trainingScore: Double?
}

struct WrongSample: Codable, Sendable {
    /// Of the file, from 1.
    let row: Int
    let truth, found: String
    /// The probability of the found class, or the error.
    let measure: Double
}

extension SupervisedResults: ReportedResults {
    func json() -> Data {
        // Predictions belong into NetCDF.
        var copy = self
        for index in copy.models.indices { copy.models[index].predictions = [] }
        return OrderedJSON.encoded(copy)
    }

    func netCDF() throws(InputError) -> NetCDFFile {
        var file = NetCDFFile(attributes: [
            "title": .text(title), "summary": .text(summary), "source": .text(source),
            "comment": .text("Made with seed \(seed)"),
        ])
        file.addCoordinate("model", .texts(models.map(\.name)), attributes: ["long_name": "model"])
        file.addCoordinate(
            "row", .integers(testRows.map { Int32($0) }), attributes: ["long_name": "row of the file, from 1"])
        file.addVariable(
            "truth", on: ["row"], .numbers(testTruth),
            attributes: ["long_name": task == .regression ? "true value" : "position of the true class, from 0"])
        let values = models.flatMap { model in
            model.predictions.isEmpty
                ? [Double](repeating: .nan, count: testRows.count * max(1, classes.count)) : model.predictions
        }
        if task == .regression {
            file.addVariable(
                "prediction", on: ["model", "row"], .numbers(values), attributes: ["long_name": "predicted value"])
        } else {
            file.addCoordinate("class", .texts(classes), attributes: ["long_name": "class"])
            file.addVariable(
                "probability", on: ["model", "row", "class"], .numbers(values),
                attributes: ["long_name": "predicted probability", "units": "1"])
        }
        return file
    }

    var terminalTables: [TextTable] { [scoreTable] }

    /// The scores that tables show.
    var shownScores: [SupervisedScore] {
        task == .regression ? [.rmse, .mae, .r2] : [.accuracy, .logLoss, .brier, .rocArea]
    }

    var scoreTable: TextTable {
        var table = TextTable(
            title: "Scores on the test samples",
            columns: [.init("Model"), .init("Parameters"), .init("Cross-validation: \(score.title)")]
                + shownScores.map { .init($0.title) })
        for model in models {
            let candidate = model.candidates.indices.contains(model.choice) ? model.candidates[model.choice] : nil
            let cells = shownScores.map { name -> TextTable.Cell in
                let found = model.test.first { $0.name == name }
                return .quantity(found?.value, low: found?.low, high: found?.high)
            }
            table.add(
                [.text(model.name), .text(model.parameters), .quantity(candidate?.score)] + cells,
                isEmphasized: model.name == chosen)
        }
        return table
    }

    var verdict: [String] {
        var sentences = ["\(chosen) has the best cross-validation (\(score.title.lowercased()), \(folds))."]
        let worse = comparisons.filter { one in
            guard let low = one.low, let high = one.high else { return false }
            return score.isLowerBetter ? high < 0 : low > 0
        }
        let equal = comparisons.filter { one in
            guard let low = one.low, let high = one.high else { return false }
            return low <= 0 && high >= 0
        }
        if !worse.isEmpty {
            sentences.append(
                "On the test it is better than \(worse.map(\.second).joined(separator: ", ")), by the 95 % interval of the "
                    + "difference on the same samples.")
        }
        if !equal.isEmpty {
            sentences.append(
                "The test cannot tell it from \(equal.map(\.second).joined(separator: ", ")).")
        }
        for model in models {
            if let gap = overfit(model) { sentences.append(gap) }
            if model.outcome != "completed" { sentences.append("\(model.name): \(model.outcome).") }
        }
        return sentences + warnings.map { "Warning: \($0)." }
    }

    /// A sentence for a model that is far better on training than held-out samples, more than twice as far as its folds
    /// differ.
    private func overfit(_ model: SupervisedModelRecord) -> String? {
        guard model.candidates.indices.contains(model.choice) else { return nil }
        let candidate = model.candidates[model.choice]
        guard let held = candidate.score, let training = candidate.trainingScore, let error = candidate.standardError
        else { return nil }
        let gap = score.isLowerBetter ? held - training : training - held
        guard gap > max(4 * error, 0.5 * abs(held)), gap > 0 else { return nil }
        let format = NumberFormat([held, training])
        return
            "\(model.name) over-fits: \(score.title.lowercased()) \(format.text(training)) on what it was fitted to, "
            + "\(format.text(held)) on what was held out."
    }
}
