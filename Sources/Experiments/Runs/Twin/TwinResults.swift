import Assimilation
import Foundation
import Studies
import Tensors
import Verification

/// One filter on one seed.
struct TwinRunRecord: Codable, Sendable, Equatable {
    var seed: Int
    /// Whether the numbers of the truth stayed finite; where they did not, no method can be judged.
    var truthOutcome: Outcome
    /// Whether the numbers of the filter stayed finite, and if not, since when not.
    var outcome: Outcome
    /// Whether the filter lost the truth though its numbers are finite; see `LostTruth`.
    var isLost = false
    /// The mean over the scored times of the error of the analyses; nil where the filter diverged.
    var error: Double?
    /// The mean spread; nil for a method without any.
    var spread: Double?
    /// The fair continuous ranked probability score, which of a method without spread is the mean absolute error.
    var rankedScore: Double?
    /// Error and spread at every time.
    var errors: [Double?]
    var spreads: [Double?]
    /// Windows whose iterations did not reach the tolerance; nil of methods that do not iterate to one.
    var unconverged: Int?
    /// Truth and analysis, time by time and variable by variable, of the seed that is shown.
    var truth: [Double]?
    var analysis: [Double?]?

    init(
        _ series: FilterSeries, truth: Tensor, spinUp: Int, seed: Int, keepsStates: Bool, tolerance: Double = 0
    ) {
        self.seed = seed
        let values = series.errors.values
        let outcome = Self.outcome(values, each: 1)
        self.outcome = outcome
        truthOutcome = Self.outcome(truth.values, each: truth.shape.dropFirst().reduce(1, *))
        func mean(_ tensor: Tensor) -> Double? {
            let scored = tensor.values.dropFirst(spinUp)
            return outcome == .completed ? (scored.reduce(0, +) / Double(scored.count)).finite : nil
        }
        (error, spread, rankedScore) = (mean(series.errors), mean(series.spreads), mean(series.rankedScores))
        errors = values.map(\.finite)
        spreads = series.spreads.values.map(\.finite)
        if !hasSpread {
            spread = nil
            spreads = spreads.map { _ in nil }
        }
        if tolerance > 0 { unconverged = series.lastChanges.values.count { !($0 <= tolerance) } }
        if keepsStates {
            self.truth = truth.values
            analysis = series.means.values.map(\.finite)
        }
    }

    var truthHasDiverged: Bool { truthOutcome != .completed }
    var hasDiverged: Bool { outcome != .completed && !truthHasDiverged }

    /// Whether the method knows a spread at all: that of a single estimate is zero at all times.
    var hasSpread: Bool { spreads.contains { ($0 ?? 0) != 0 } }

    private static func outcome(_ values: [Double], each count: Int) -> Outcome {
        values.firstIndex { !$0.isFinite }.map { Outcome.diverged(step: $0 / count) } ?? .completed
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
    var kind: String
    var description: String
    /// What forecasts, if not the model of the truth.
    var model: String?
    /// As they were chosen.
    var parameters: String
    /// The mean over the test seeds of the error of analyses, with its 95 % interval: Student's on the logarithmic
    /// scale, so that no end is negative; nil with fewer than three seeds.
    var error: Double?
    var low: Double?
    var high: Double?
    /// The median over all test seeds, those on which it diverged being the worst; nil where it is one of these.
    var median: Double?
    var spread: Double?
    var rankedScore: Double?
    /// What was published for this method in this setting, and whether ours is within its tolerance.
    var published: Double?
    var agrees: Bool?
    /// Test seeds on which its numbers diverged, that of the truth being finite.
    var failed: Int
    /// Test seeds on which it lost the truth with finite numbers.
    var lost: Int
    /// Windows of the test seeds, and those whose iterations did not reach the tolerance; nil of methods without one.
    var windows: Int?
    var unconverged: Int?
    var tried: [Tried]
    /// How it was trained, if it learns.
    var training: TrainingRecord?
    var runs: [TwinRunRecord]

    init(
        _ method: ComparedMethod, chosen: Int, setting: TwinSetting, tried: [(candidate: Int, run: TwinRunRecord)],
        tested: [TwinRunRecord], climate: [TwinRunRecord], training: TrainingRecord?
    ) {
        let tested = tested.map { run in
            var run = run
            let climate = climate.first { $0.seed == run.seed }
            // The climate is what the others are measured by.
            run.isLost =
                !method.isClimatology && LostTruth.isLost(run, climate: climate, spinup: setting.spinUp)
            return run
        }
        (name, kind, description, model) = (method.name, method.type.name, method.type.summary, method.model)
        parameters = method.candidates[chosen].parameterText
        let errors = tested.compactMap(\.error)
        let interval = errors.isEmpty ? nil : PositiveMeanInterval(errors)
        (error, low, high) = (interval?.mean, interval?.low?.finite, interval?.high?.finite)
        let judged = tested.filter { $0.truthOutcome == .completed }
        median = Self.median(judged.map { $0.error ?? .infinity }).finite
        func mean(_ values: [Double?]) -> Double? {
            let known = values.compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        spread = mean(tested.map(\.spread))
        rankedScore = mean(tested.map(\.rankedScore))
        failed = judged.count { $0.error == nil }
        lost = judged.count(where: \.isLost)
        let counts = judged.compactMap(\.unconverged)
        if !counts.isEmpty {
            windows = counts.count * (setting.cycles - Int(method.candidates[chosen].value("lag") ?? 0))
            unconverged = counts.reduce(0, +)
        }
        self.tried = tried.map {
            Tried(parameters: method.candidates[$0.candidate].parameterText, seed: $0.run.seed, error: $0.run.error)
        }
        runs = tested
        self.training = training
        // What was published is with the model of the truth and certain parameters.
        if method.model == nil, let score = setting.expectation(of: method.candidates[chosen]) {
            published = score.error
            agrees = failed == 0 ? error.map { abs($0 - score.error) <= score.tolerance } : false
        }
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle])
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

    init(_ header: ExperimentHeader, _ setting: TwinSetting, methods: [TwinMethodRecord]) {
        (name, title, summary) = (header.name, header.title, header.summary)
        (version, seed) = (ApusVersion.text, header.seed)
        (self.setting, reference) = ("\(setting.name): \(setting.title)", setting.reference)
        (variables, observed) = (setting.model.variables, setting.observed.count)
        (interval, cycles, spinup) = (setting.model.interval, setting.cycles, setting.spinUp)
        self.methods = methods
        comparisons = methods.compared()
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
            title: setting + (hasClearBest ? "; marked: lower than all others beyond noise" : ""),
            columns: [
                .init("Method"), .init("Parameters"), .init("Median RMSE"), .init("Mean [95 %]"), .init("Spread"),
                .init("CRPS"), .init("Published"), .init("Lost"), .init("Diverged"),
            ])
        let clear = hasClearBest ? best.map { title(of: $0.name) } : nil
        for method in methods where isShown(method.name) {
            let same = methods.filter { title(of: $0.name) == title(of: method.name) }
            let parameters = same.map(\.parameters).filter { !$0.isEmpty }
            let judged = method.runs.count { $0.truthOutcome == .completed }
            table.add(
                [
                    .text(title(of: method.name)), .text(parameters.joined(separator: "; ")),
                    .quantity(method.median), .quantity(method.error, low: method.low, high: method.high),
                    .quantity(method.spread), .quantity(method.rankedScore), .quantity(method.published),
                    .text(judged == 0 ? "–" : "\(method.lost) of \(judged)"),
                    .text(judged == 0 ? "–" : "\(method.failed) of \(judged)"),
                ], best: clear == title(of: method.name) ? [3] : [])
        }
        return table
    }

    var verdict: [String] {
        var sentences: [String] = []
        let runs = methods.first?.runs ?? []
        let broken = runs.filter { $0.truthOutcome != .completed }
        if let first = broken.first, case .diverged(let step) = first.truthOutcome {
            let all = broken.count == runs.count
            sentences.append(
                "The truth itself diverges on \(all ? "every seed" : "\(broken.count) of \(runs.count) seeds"), from "
                    + "cycle \(step + 1) of seed \(first.seed) on: \(all ? "no method" : "there no method") can be "
                    + "judged; the model needs a smaller step or other parameters.")
            if all { return sentences }
        }
        guard let best, let error = best.error else { return sentences + ["Every method diverged on every seed."] }
        sentences.append(leadingSentence(best, error))
        sentences += methods.duplicates.map { "\($0.joined(separator: " and ")) are the same to all digits." }
        for method in methods where method.failed > 0 {
            sentences.append(
                "\(method.name) diverged on \(method.failed) of \(method.runs.count - broken.count) seeds.")
        }
        for method in methods where method.lost > 0 {
            sentences.append(
                "\(method.name) lost the truth on \(method.lost) of \(method.runs.count - broken.count) seeds: its "
                    + "error reached that of the climate, or far more than its spread.")
        }
        for method in methods {
            guard let count = method.unconverged, let windows = method.windows else { continue }
            sentences.append(
                count == 0
                    ? "All \(windows) windows of \(method.name) converged."
                    : "\(count) of \(windows) windows of \(method.name) did not converge (\(method.parameters)).")
        }
        let compared = methods.filter { $0.agrees != nil }
        if !compared.isEmpty {
            let agreeing = compared.count { $0.agrees == true }
            sentences.append("\(agreeing) of \(compared.count) published scores are met within their tolerance.")
        }
        return sentences
    }

    private func leadingSentence(_ best: TwinMethodRecord, _ error: Double) -> String {
        let near = withinNoise.filter { isShown($0.name) }
        let format = NumberFormat(([best] + near).map(\.error))
        let start =
            "\(title(of: best.name)) has the smallest mean analysis error, \(format.text(error)), over "
            + "\(best.runs.count) test seeds of \(cycles) cycles"
        let pairs = comparisons.count
        guard comparisons.contains(where: { $0.low != nil }) else {
            return pairs == 0
                ? "\(start)."
                : "\(start); whether it is better than another method cannot be told from fewer than "
                    + "\(PairedDifference.leastPairs) seeds."
        }
        let how = "by paired differences over the seeds, with Holm's correction for \(pairs) comparisons"
        if near.isEmpty { return "\(start), significantly lower than that of every other method \(how)." }
        let names = near.map { "\(title(of: $0.name)) (\(format.text($0.error)))" }
        return "\(start), within noise of \(names.joined(separator: ", ")) \(how)."
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
