import Assimilation
import Foundation
import Tensors
import Verification

/// One filter on one seed.
struct TwinRunRecord: Codable, Sendable, Equatable {
    var seed: Int
    /// Whether the numbers stayed finite, and if not, since when not.
    var outcome: Outcome
    /// The mean over the scored times of the error of the analyses; nil where the filter diverged.
    var error: Double?
    var spread: Double?
    /// The continuous ranked probability score.
    var rankedScore: Double?
    /// Error and spread at every time.
    var errors: [Double?]
    var spreads: [Double?]
    /// Truth and analysis, time by time and variable by variable, of the seed that is shown.
    var truth: [Double]?
    var analysis: [Double?]?

    init(
        _ series: FilterSeries, _ draw: TwinDraw, spinup: Int, seed: Int, keepsStates: Bool
    ) {
        self.seed = seed
        let values = series.errors.values
        let outcome = values.firstIndex { !$0.isFinite }.map { Outcome.diverged(step: $0) } ?? .completed
        self.outcome = outcome
        func mean(_ tensor: Tensor) -> Double? {
            let scored = tensor.values.dropFirst(spinup)
            return outcome == .completed ? (scored.reduce(0, +) / Double(scored.count)).finite : nil
        }
        (error, spread, rankedScore) = (mean(series.errors), mean(series.spreads), mean(series.rankedScores))
        errors = values.map(\.finite)
        spreads = series.spreads.values.map(\.finite)
        if keepsStates {
            truth = draw.twin.truth.values
            analysis = series.means.values.map(\.finite)
        }
    }
}

/// A method of a twin experiment: what it was tuned to, and its scores.
struct TwinMethodRecord: Codable, Sendable, Equatable {
    struct Tried: Codable, Sendable, Equatable {
        var parameters: String
        var seed: Int
        var error: Double?
    }

    var name: String
    var kind: TwinMethodKind
    var description: String
    /// What forecasts, if not the model of the truth.
    var model: String?
    /// As they were chosen.
    var parameters: String
    /// The mean over the test seeds of the error of analyses, with its 95 % interval.
    var error: Double?
    var low: Double?
    var high: Double?
    var spread: Double?
    var rankedScore: Double?
    /// What was published for this method in this setting, and whether ours is within its tolerance.
    var published: Double?
    var agrees: Bool?
    /// Test seeds on which it diverged.
    var failed: Int
    var tried: [Tried]
    /// How it was trained, if it learns.
    var training: TrainingRecord?
    var runs: [TwinRunRecord]

    init(
        _ method: TwinMethod, chosen: Int, setting: TwinSetting, tried: [(candidate: Int, run: TwinRunRecord)],
        tested: [TwinRunRecord], training: TrainingRecord?
    ) {
        (name, kind, description, model) = (method.name, method.kind, method.kind.text, method.model)
        parameters = method.candidates[chosen].text(method.kind)
        let errors = tested.compactMap(\.error)
        let interval = errors.isEmpty ? nil : MeanInterval(errors)
        (error, low, high) = (interval?.mean, interval?.low.finite, interval?.high.finite)
        func mean(_ values: [Double?]) -> Double? {
            let known = values.compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        spread = mean(tested.map(\.spread))
        rankedScore = mean(tested.map(\.rankedScore))
        failed = tested.count - errors.count
        self.tried = tried.map {
            Tried(parameters: method.candidates[$0.candidate].text(method.kind), seed: $0.run.seed, error: $0.run.error)
        }
        runs = tested
        self.training = training
        // What was published is with the model of the truth.
        if method.model == nil, let score = setting.published.first(where: { $0.method == method.kind.rawValue }) {
            published = score.error
            agrees = error.map { abs($0 - score.error) <= score.tolerance }
        }
    }
}

/// What a twin experiment found.
struct TwinResults: Codable, Sendable, Equatable {
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

    init(_ header: ExperimentHeader, _ setting: TwinSetting, methods: [TwinMethodRecord]) {
        (name, title, summary) = (header.name, header.title, header.summary)
        (version, seed) = (ApusVersion.text, header.seed)
        (self.setting, reference) = ("\(setting.name): \(setting.title)", setting.reference)
        (variables, observed) = (setting.model.variables, setting.observed.count)
        (interval, cycles, spinup) = (setting.model.interval, setting.cycles, setting.spinup)
        self.methods = methods
        let usual = RobustnessKey.allCases.compactMap { key in key.usual(setting).map { (key.rawValue, $0) } }
        usualConditions = Dictionary(uniqueKeysWithValues: usual)
    }
}

extension TwinResults: ExperimentResults {
    func json() -> Data { OrderedJSON.encoded(self) }

    var terminalTables: [TextTable] {
        guard models.count > 1 else { return [scoreTable] }
        return [scoreTable, modelTable(max(models[0].exponents.first.flatMap { $0 } ?? 0, 1e-3))]
    }

    /// The methods in the order of the configuration.
    var scoreTable: TextTable {
        var table = TextTable(
            title: setting,
            columns: [
                .init("Method"), .init("Parameters"), .init("RMSE [95 %]", best: .lowest), .init("Spread"),
                .init("CRPS", best: .lowest), .init("Published"), .init("Diverged"),
            ])
        for method in methods {
            table.add([
                .text(method.name), .text(method.parameters),
                .interval(method.error, low: method.low, high: method.high, decimals: 3),
                .number(method.spread, decimals: 3), .number(method.rankedScore, decimals: 3),
                .number(method.published, decimals: 3),
                .number(Double(method.failed), decimals: 0),
            ])
        }
        return table
    }

    var verdict: [String] {
        let known = methods.filter { $0.error != nil }
        guard let best = known.min(by: { ($0.error ?? 0) < ($1.error ?? 0) }) else {
            return ["Every method diverged on every seed."]
        }
        var sentences = [
            "\(best.name) has the smallest analysis error, \(NumberText.fixed(best.error, decimals: 3)), over \(best.runs.count) test seeds of \(cycles) cycles."
        ]
        for method in methods where method.failed > 0 {
            sentences.append("\(method.name) diverged on \(method.failed) of \(method.runs.count) seeds.")
        }
        let compared = methods.filter { $0.agrees != nil }
        if !compared.isEmpty {
            let agreeing = compared.count { $0.agrees == true }
            sentences.append("\(agreeing) of \(compared.count) published scores are met within their tolerance.")
        }
        return sentences
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
            attributes: ["long_name": "continuous ranked probability score", "units": "1"])
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
