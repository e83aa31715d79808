import Assimilation
import Foundation
import Tensors
import Verification

/// One filter on one seed.
public struct TwinRunRecord: Codable, Sendable, Equatable {
    public var seed: Int
    /// Whether the numbers of the truth stayed finite; where they did not, no method can be judged.
    public var truthOutcome: Outcome
    /// Whether the numbers of the filter stayed finite, and if not, since when not.
    public var outcome: Outcome
    /// Whether the filter lost the truth though its numbers are finite; see `LostTruth`.
    public var isLost = false
    /// The mean over the scored times of the error of the analyses; nil where the filter diverged.
    public var error: Double?
    /// The mean spread; nil for a method without any.
    public var spread: Double?
    /// The fair continuous ranked probability score, which of a method without spread is the mean absolute error.
    public var rankedScore: Double?
    /// Error and spread at every time.
    public var errors: [Double?]
    public var spreads: [Double?]
    /// Windows whose iterations did not reach the tolerance; nil of methods that do not iterate to one.
    public var unconverged: Int?
    /// Truth and analysis, time by time and variable by variable, of the seed that is shown.
    public var truth: [Double]?
    public var analysis: [Double?]?

    public init(
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

    public var truthHasDiverged: Bool { truthOutcome != .completed }
    public var hasDiverged: Bool { outcome != .completed && !truthHasDiverged }

    /// Whether the method knows a spread at all: that of a single estimate is zero at all times.
    public var hasSpread: Bool { spreads.contains { ($0 ?? 0) != 0 } }

    private static func outcome(_ values: [Double], each count: Int) -> Outcome {
        values.firstIndex { !$0.isFinite }.map { Outcome.diverged(step: $0 / count) } ?? .completed
    }
}

/// A method of a twin experiment: its tuned parameters and its scores.
public struct TwinMethodRecord: Codable, Sendable, Equatable {
    public struct Tried: Codable, Sendable, Equatable {
        public var parameters: String
        public var seed: Int
        public var error: Double?
    }

    public var name: String
    public var kind: String
    public var description: String
    /// The forecast model, if it is not that of the truth.
    public var model: String?
    /// As they were chosen.
    public var parameters: String
    /// The mean over the test seeds of the error of analyses, with its 95 % interval: Student's on the logarithmic
    /// scale, so that no end is negative; nil with fewer than three seeds.
    public var error: Double?
    public var low: Double?
    public var high: Double?
    /// The median over all test seeds, those on which it diverged being the worst; nil where it is one of these.
    public var median: Double?
    public var spread: Double?
    public var rankedScore: Double?
    /// The published error of this method in this setting, and whether our median is within its tolerance and the
    /// truth was lost on one seed in five at most.
    public var published: Double?
    public var agrees: Bool?
    /// Test seeds on which its numbers diverged, that of the truth being finite.
    public var failed: Int
    /// Test seeds on which it lost the truth with finite numbers.
    public var lost: Int
    /// Windows of the test seeds, and those whose iterations did not reach the tolerance; nil of methods without one.
    public var windows: Int?
    public var unconverged: Int?
    public var tried: [Tried]
    /// How it was trained, if it learns.
    public var training: TrainingRecord?
    public var runs: [TwinRunRecord]

    public init(
        _ method: ComparedMethod, chosen: Int, setting: TwinSetting, tried: [(candidate: Int, run: TwinRunRecord)],
        tested: [TwinRunRecord], climate: [TwinRunRecord], training: TrainingRecord?
    ) {
        let tested = tested.map { run in
            var run = run
            let climate = climate.first { $0.seed == run.seed }
            // The climate is the reference of the others.
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
        // Published scores are with the model of the truth and certain parameters.
        if method.model == nil, let score = setting.expectation(of: method.candidates[chosen]) {
            published = score.error
            agrees = failed == 0 && 5 * lost <= runs.count && (median.map { score.holds($0) } ?? false)
        }
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle])
    }
}
