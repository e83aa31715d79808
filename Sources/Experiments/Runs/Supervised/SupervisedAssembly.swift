import Foundation
import Studies
import Supervised
import Tensors

/// Results from records.
extension SupervisedRun {
    func start(
        _ training: SupervisedData, _ test: SupervisedData, testRows: [Int], warnings: [String],
        _ models: [SupervisedModelRecord], _ chosen: Int
    ) -> SupervisedResults {
        let fitted = configuration.preprocessing.fitted(to: training.inputs, rows: Array(0..<training.count))
        var features = fitted.names
        if case .pictures(let pictures) = training.inputs {
            features = ["pictures of " + pictures.shape.dropFirst().map(String.init).joined(separator: " × ")]
        }
        var all = warnings
        for column in fitted.leftOut {
            all.append("the column '\(column.name)' is \(column.reason) in training and left out")
        }
        if case .table(let table) = test.inputs {
            for column in fitted.unknownWords(table) {
                let words = column.words.prefix(5).joined(separator: ", ")
                all.append(
                    "\(column.words.count) categories of '\(column.column)' are in the test alone (\(words)): none of the "
                        + "known ones holds there")
            }
        }
        let truth: [Double]
        var classes: [String] = []
        switch test.targets {
        case .numbers(let numbers): truth = numbers
        case .classes(let places, let names): (truth, classes) = (places.map(Double.init), names)
        }
        return SupervisedResults(
            name: header.name, title: header.title, summary: header.summary, version: ApusVersion.text,
            seed: header.seed, task: configuration.task, target: configuration.data.target, features: features,
            classes: classes, samples: .init(training: training.count, test: test.count),
            folds: configuration.folds.text, score: configuration.score, chosen: models[chosen].name, models: models,
            comparisons: [], learningCurve: [], mostWrong: [], warnings: all, credits: header.credits,
            testRows: testRows, testTruth: truth, pictures: [])
    }

    /// The chosen model beside each other one on the same resamples.
    func comparisons(
        _ test: SupervisedData, _ models: [SupervisedModelRecord], _ chosen: Int
    ) -> [SupervisedComparison] {
        let bootstrap = ScoreBootstrap(samples: test.count, resamples: configuration.resamples, seed: header.seed)
        func predictions(_ model: SupervisedModelRecord) -> Predictions? {
            if model.predictions.isEmpty { return nil }
            return configuration.task == .regression
                ? .numbers(model.predictions) : .probabilities(model.predictions, classes: test.targets.outputs)
        }
        guard let first = predictions(models[chosen]) else { return [] }
        return models.indices.filter { $0 != chosen }.compactMap { other in
            guard let second = predictions(models[other]) else { return nil }
            let found = bootstrap.difference(configuration.score, first, second, test.targets)
            return SupervisedComparison(
                first: models[chosen].name, second: models[other].name, difference: found.difference.value,
                low: found.difference.low, high: found.difference.high, probability: found.probability)
        }
    }

    static let mostWrongCount = 12

    /// Wrong samples of the highest probability, or of the largest error, and their pictures.
    func mostWrong(
        _ test: SupervisedData, rows: [Int], _ model: SupervisedModelRecord
    ) -> ([WrongSample], [[[Double]]]) {
        var wrong: [(sample: WrongSample, place: Int)] = []
        switch test.targets {
        case .numbers(let truth):
            wrong = zip(model.predictions, truth).enumerated().map { place, pair in
                let (found, truth) = (NumberText.short(pair.0), NumberText.short(pair.1))
                return (WrongSample(row: rows[place], truth: truth, found: found, measure: pair.0 - pair.1), place)
            }
        case .classes(let truth, let names):
            guard !model.predictions.isEmpty else { return ([], []) }
            let found = Predictions.probabilities(model.predictions, classes: names.count).classes ?? []
            for (place, pair) in zip(found, truth).enumerated() where pair.0 != pair.1 {
                let probability = model.predictions[place * names.count + pair.0]
                wrong.append(
                    (
                        WrongSample(
                            row: rows[place], truth: names[pair.1], found: names[pair.0], measure: probability), place
                    ))
            }
        }
        wrong.sort { (abs($0.sample.measure), $1.place) > (abs($1.sample.measure), $0.place) }
        let shown = wrong.prefix(Self.mostWrongCount)
        guard case .pictures(let pictures) = test.inputs else { return (shown.map(\.sample), []) }
        let (height, width) = (pictures.shape[2], pictures.shape[3])
        let drawn = shown.map { one -> [[Double]] in
            let points = pictures[one.place][0].values
            return (0..<height).map { Array(points[($0 * width)..<(($0 + 1) * width)]) }
        }
        return (shown.map(\.sample), drawn)
    }
}

extension Folds {
    /// As `5 stratified folds` or `10 folds blocked in time, 3 repeats`.
    var text: String {
        let kind =
            switch self.kind {
            case .random: "\(count) random folds"
            case .stratified: "\(count) stratified folds"
            case .grouped: "\(count) folds of whole groups"
            case .blocked: "\(count) blocks in time"
            case .expanding: "\(count) blocks after all before"
            }
        return kind + (repeats > 1 ? ", \(repeats) times" : "") + (gap > 0 ? ", gaps of \(gap)" : "")
    }
}
