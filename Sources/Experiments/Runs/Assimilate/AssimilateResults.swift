import Assimilation
import Foundation
import Studies
import Tensors

/// The results of an assimilation.
struct AssimilateResults: Sendable {
    var name: String
    var title: String
    var summary: String
    var version = ApusVersion.text
    var engine = Engine.compiled
    var seed: Int
    /// The unit of time of the model; empty where times are numbers.
    var timeUnit: String
    var times: [Double]
    /// The times as dates, or as numbers.
    var timeTexts: [String]
    /// How many of the times are not forecasts.
    var observedCount: Int
    /// The values of the state.
    var states: [String]
    var stateBounds: [ClosedRange<Double>]
    var channels: [ChannelRecord]
    var parameters: [ParameterRecord]
    var methods: [InferenceRecord]
    /// States and innovations in time, by method.
    var series: [InferenceSeries]
    /// The weights of learned corrections, by the name of each; they are in files alone.
    var weights: [String: [String]] = [:]
    /// Of methods that learn.
    var trainings: [TrainingSummary] = []
    /// By values that were withheld; nil where none were.
    var judgement: WithheldJudgement?
    var credits: [String]
    var warnings: [String]

    /// The training of a method on truths of the model.
    struct TrainingSummary: Codable, Sendable, Equatable {
        var method: String
        var parameters: Int
        var steps: Int
        var outcome: Outcome
        var firstLoss: Double?
        var lastLoss: Double?
        var found: String?
        var learnedNothing: Bool

        init(_ method: String, _ record: TrainingRecord) {
            let losses = record.losses.compactMap { $0 }
            (self.method, parameters, steps) = (method, record.parameters, record.steps)
            (outcome, found, firstLoss, lastLoss) = (record.outcome, record.found, losses.first, losses.last)
            learnedNothing = record.learnedNothing ?? false
        }

        enum CodingKeys: String, CodingKey {
            case method, parameters, steps, outcome
            case firstLoss = "first_loss"
            case lastLoss = "last_loss"
            case found
            case learnedNothing = "learned_nothing"
        }
    }

    /// An observed quantity.
    struct ChannelRecord: Codable, Sendable, Equatable {
        var name: String
        var formula: String
        var units: String
        var transform: String
        /// Counts of values by their flag.
        var counts: [String: Int]
        /// [time], before the transform.
        var values: [Double?]
        /// [time], under the transform.
        var compared: [Double?]
        var flags: [Int]
    }

    /// An unknown number as a method estimates it: once in its own unit, and once as its logarithm or logit where it
    /// has bounds.
    struct ParameterRecord: Codable, Sendable, Equatable {
        var method: String
        var name: String
        var mean: Double?
        var sd: Double?
        var q05: Double?
        var q50: Double?
        var q95: Double?
        /// identity, log or logit.
        var scale: String
        var priorMean: Double?
        var priorSd: Double?
        /// Whether the observations have told of it.
        var determined: Bool

        enum CodingKeys: String, CodingKey {
            case method, name, mean, sd, q05, q50, q95, scale
            case priorMean = "prior_mean"
            case priorSd = "prior_sd"
            case determined
        }
    }

    struct InferenceRecord: Codable, Sendable, Equatable {
        var name: String
        var summary: String
        var parameters: String
        var outcome: Outcome
        var logLikelihood: Double?
        var notes: [String]
        /// Of each channel.
        var innovations: [InnovationRecord]

        enum CodingKeys: String, CodingKey {
            case name, summary, parameters, outcome
            case logLikelihood = "log_likelihood"
            case notes, innovations
        }
    }

    /// Statistics of normalised innovations, which a consistent filter has independent, with mean 0 and variance 1.
    struct InnovationRecord: Codable, Sendable, Equatable {
        var channel: String
        var count: Int
        var rejected: Int
        var mean: Double?
        /// The mean square: χ² over its degrees of freedom.
        var meanSquare: Double?
        /// The correlation with the innovation before.
        var lagOne: Double?
        /// Desroziers' estimate of the standard deviation of the errors over the given one.
        var errorRatio: Double?

        enum CodingKeys: String, CodingKey {
            case channel, count, rejected, mean
            case meanSquare = "mean_square"
            case lagOne = "lag_one"
            case errorRatio = "error_ratio"
        }
    }
}

/// States of a method in time, in the units of the states, [time × value].
struct InferenceSeries: Sendable {
    struct Moments: Sendable {
        var mean: [Double]
        var deviation: [Double]
        var low: [Double]
        var median: [Double]
        var high: [Double]
    }
    var background: Moments?
    var analysis: Moments?
    var smoothed: Moments?
    /// Of the values of the channels, under their transforms, [time × channel].
    var forecasts: [Double]?
    var forecastDeviations: [Double]?
    /// 1 where a value was used.
    var used: [Double]?
    /// Means and standard deviations of the unknown parameters in a filter's state, in their own units,
    /// [time × parameter].
    var parameters: (mean: [Double], deviation: [Double])?
    var parameterNames: [String] = []

    /// Smoothed states, or else analyses.
    var best: Moments? { smoothed ?? analysis }
}

extension AssimilateResults {
    init(
        _ header: ExperimentHeader, _ experiment: AssimilateExperiment, _ data: AssimilationData,
        _ found: [(method: NamedInference, inference: Inference, problem: SystemProblem)]
    ) {
        let system = experiment.read.system
        (name, title, summary, seed) = (header.name, header.title, header.summary, header.seed)
        (timeUnit, times) = (data.unit?.rawValue ?? "", data.observations.times)
        timeTexts = times.map(data.text)
        (observedCount, credits) = (data.observedCount, header.credits)
        states = system.valueNames
        stateBounds = system.stateCoordinates.bounds
        channels = data.channels.indices.map { place in
            let table = experiment.tables[data.channels[place].table]
            let flags = data.flags.map { $0[place] }
            let counted = ValueFlag.allCases.map { flag in
                // A time without a row is no value that is missing.
                (flag.word, flags.count { $0 == flag })
            }.filter { $0.0 != ValueFlag.missing.word }
            return ChannelRecord(
                name: data.channels[place].name, formula: table.formula, units: table.units,
                transform: table.transform.map { "\($0)" } ?? "", counts: Dictionary(uniqueKeysWithValues: counted),
                values: data.channels[place].raw.map(\.finite),
                compared: data.channels[place].raw.map { value in
                    table.transform.map { $0.contains(value) ? $0(value) : .nan }?.finite ?? value.finite
                }, flags: flags.map(\.rawValue))
        }
        parameters = found.flatMap { method, inference, _ in
            inference.unknowns.flatMap { ParameterRecord.all($0, method.name) }
        }
        series = found.map { InferenceSeries($0.inference, $0.problem) }
        methods = found.map { method, inference, problem in
            InferenceRecord(
                name: method.name, summary: method.summary, parameters: method.parameterText,
                outcome: inference.outcome, logLikelihood: inference.logLikelihood?.finite,
                notes: inference.notes + inference.undetermined(but: experiment.read.weights),
                innovations: inference.innovations(problem.observations, system, data))
        }
        weights = experiment.read.weights
        warnings = data.warnings
    }
}

extension AssimilateResults.ParameterRecord {
    /// The estimate in its own unit, then on the scale of its coordinate where that is another.
    static func all(_ estimate: UnknownEstimate, _ method: String) -> [Self] {
        let value = estimate.valueMoments
        let prior = estimate.priorMoments
        let z = 1.6448536269514722
        let ends = [estimate.value(-z), estimate.value(z)].sorted()
        let own = Self(
            method: method, name: estimate.name, mean: value.mean.finite, sd: value.deviation.finite,
            q05: ends[0].finite, q50: estimate.value(0).finite, q95: ends[1].finite,
            scale: BoundedCoordinates.Scale.identity.rawValue, priorMean: prior.mean.finite,
            priorSd: prior.deviation.finite, determined: !estimate.isUndetermined)
        guard estimate.scale != .identity else { return [own] }
        let (mean, deviation) = (estimate.mean, estimate.deviation)
        let other = Self(
            method: method, name: estimate.name, mean: mean.finite, sd: deviation.finite,
            q05: (mean - z * deviation).finite, q50: mean.finite, q95: (mean + z * deviation).finite,
            scale: estimate.scale.rawValue, priorMean: estimate.priorMean.finite,
            priorSd: estimate.priorDeviation.finite, determined: !estimate.isUndetermined)
        return [own, other]
    }
}

extension Inference {
    /// A sentence for each unknown of which the observations tell next to nothing, and one for each correction.
    fileprivate func undetermined(but weights: [String: [String]]) -> [String] {
        let all = Set(weights.values.flatMap(\.self))
        let known = Set(unknowns.map(\.name))
        return unknowns.filter { $0.isUndetermined && !all.contains($0.name) }.map {
            "The observations do not determine \($0.name): its interval is that of the prior."
        }
            + weights.sorted { $0.key < $1.key }.filter { known.isSuperset(of: $0.value) }.map { name, names in
                let count = unknowns.count { names.contains($0.name) && !$0.isUndetermined }
                return "\(name): \(names.count) weights, of which the observations determine "
                    + (count == 0 ? "none: it has learned nothing." : "\(count).")
            }
    }

    /// Statistics of the normalised innovations of each channel.
    fileprivate func innovations(
        _ observations: SystemObservations, _ system: DynamicalSystem, _ data: AssimilationData
    ) -> [AssimilateResults.InnovationRecord] {
        guard let filtered, filtered.forecasts.values.contains(where: \.isFinite) else { return [] }
        let m = observations.channels.count
        let (values, mask) = (observations.values.values, observations.mask.values)
        let (forecasts, deviations) = (filtered.forecasts.values, filtered.forecastDeviations.values)
        let used = filtered.used.values
        return observations.channels.indices.map { channel in
            let places = stride(from: channel, to: values.count, by: m).filter { mask[$0] > 0 }
            let own = places.filter { used[$0] > 0 && forecasts[$0].isFinite && deviations[$0] > 0 }
            let scores = own.map { (values[$0] - forecasts[$0]) / deviations[$0] }
            let count = Double(scores.count)
            let mean = scores.reduce(0, +) / count
            let square = scores.reduce(0) { $0 + $1 * $1 } / count
            let pairs = zip(scores, scores.dropFirst()).map { ($0 - mean) * ($1 - mean) }
            let variance = square - mean * mean
            return AssimilateResults.InnovationRecord(
                channel: data.channels[channel].name, count: scores.count,
                rejected: places.count { used[$0] == 0 }, mean: mean.finite, meanSquare: square.finite,
                lagOne: scores.count > 2 ? (pairs.reduce(0, +) / count / variance).finite : nil, errorRatio: nil)
        }
    }
}

extension InferenceSeries {
    init(_ inference: Inference, _ problem: SystemProblem) {
        let coordinates = problem.system.stateCoordinates
        let n = problem.system.count
        func moments(_ means: Tensor, _ deviations: Tensor) -> Moments? {
            let own = means.slice(axis: 1, from: 0, to: n)
            guard own.values.contains(where: \.isFinite) else { return nil }
            return Moments(own, deviations.slice(axis: 1, from: 0, to: n), coordinates)
        }
        if let filtered = inference.filtered {
            background = moments(filtered.backgroundMeans, filtered.backgroundDeviations)
            analysis = moments(filtered.means, filtered.deviations)
            if filtered.forecasts.values.contains(where: \.isFinite) {
                forecasts = filtered.forecasts.values
                forecastDeviations = filtered.forecastDeviations.values
            }
            used = filtered.used.values
            let unknowns = problem.parameters
            if filtered.means.shape[1] == n + unknowns.count, unknowns.count > 0 {
                let behind = { (x: Tensor) in x.slice(axis: 1, from: n, to: n + unknowns.count) }
                let found = Moments(behind(filtered.means), behind(filtered.deviations), unknowns.coordinates)
                parameters = (found.mean, found.deviation)
                parameterNames = unknowns.entries.map(\.name)
            }
        }
        if let smooth = inference.smoothed { smoothed = moments(smooth.means, smooth.deviations) }
    }
}

extension InferenceSeries.Moments {
    /// Of means and standard deviations `[T, n]` in coordinates.
    init(_ means: Tensor, _ deviations: Tensor, _ coordinates: BoundedCoordinates) {
        let z = 1.6448536269514722
        func values(_ u: Tensor) -> [Double] {
            coordinates.areAllIdentity ? u.values : vmap { (row: Tensor) in coordinates.constrained(row) }(u).values
        }
        let (a, b) = (values(means - z * deviations), values(means + z * deviations))
        low = zip(a, b).map { min($0, $1) }
        high = zip(a, b).map { max($0, $1) }
        median = values(means)
        guard !coordinates.areAllIdentity else {
            (mean, deviation) = (means.values, deviations.values)
            return
        }
        let n = coordinates.bounds.count
        let (m, d) = (means.values, deviations.values)
        let pairs = m.indices.map { UnknownEstimate.moments(coordinates.bounds[$0 % n], m[$0], d[$0]) }
        (mean, deviation) = (pairs.map(\.mean), pairs.map(\.deviation))
    }
}

/// The standard normal distribution.
enum NormalProbability {
    static func below(_ x: Double) -> Double { 0.5 * (1 + erf(x / 2.0.squareRoot())) }
}
