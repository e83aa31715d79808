import Assimilation
import Learning
import Studies

/// The table of machine learning in data assimilation, row by row.
///
/// - Parameter isQuick: shorter experiments, for a look; their numbers are rougher,
///   and so are the limits that they are held to.
func learningReproductions(isQuick: Bool) -> [any Reproduction] {
    [
        GainRow(isQuick: isQuick), LocalizationRow(isQuick: isQuick), PartlyObservedRow(isQuick: isQuick),
        DictionaryRow(isQuick: isQuick), HybridRow(isQuick: isQuick), SurrogateRow(isQuick: isQuick),
        ResidualRow(isQuick: isQuick), EnsembleRow(isQuick: isQuick), TransportRow(isQuick: isQuick),
        MemoryRow(isQuick: isQuick), ScoreFilterRow(isQuick: isQuick),
    ]
}

extension LearningProgress {
    var fraction: Double { of > 0 ? Double(step) / Double(of) : 0 }
}

extension Outcome {
    /// The number, unless the mathematics failed.
    fileprivate func keeping(_ value: Double?) -> Double? { self == .completed ? value : nil }
}

/// One of several parts of a measurement, as a share of the whole.
private func part(
    _ index: Int, of count: Int, _ advance: @escaping @Sendable (Double) -> Void
) -> @Sendable (LearningProgress) -> Void {
    { advance((Double(index) + $0.fraction) / Double(count)) }
}

private struct GainRow: Reproduction {
    let isQuick: Bool
    let row = 1
    let title = "3D-Var gain, Bach et al. 2024, section 9.2.1"
    var claims: [Claim] {
        let share = isQuick ? 0.15 : 0.05
        return [
            Claim(what: "analysis MSE, training", published: 0.281, criterion: .near(0.281, within: share * 0.281)),
            Claim(what: "analysis MSE, test", published: 0.307, criterion: .near(0.307, within: share * 0.307)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = LearnedGain()
        if isQuick { (experiment.steps, experiment.iterations) = (300, 40) }
        let methods: [LearnedGain.Method] = isQuick ? [.gradientDescent] : LearnedGain.Method.allCases
        let found = experiment(seed: seed, methods: methods) { advance($0.fraction) }
        let descent = found.score(.gradientDescent)
        let others = found.scores.map {
            "\($0.method.rawValue): training \(short($0.training)), test \(short($0.test))"
        }
        return Measured(
            values: [
                descent.flatMap { $0.outcome.keeping($0.training) }, descent.flatMap { $0.outcome.keeping($0.test) },
            ], notes: others)
    }
}

private struct LocalizationRow: Reproduction {
    let isQuick: Bool
    let row = 2
    let title = "inflation and localisation, Bach et al. 2024, section 9.2.3"
    var claims: [Claim] {
        [
            Claim(what: "analysis RMSE after learning", published: 0.341, criterion: .atMost(0.35)),
            Claim(what: "learned radius", published: 8, criterion: .near(8, within: 2)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = LearnedLocalization()
        if isQuick { (experiment.trainingTimes, experiment.testTimes, experiment.epochs) = (500, 1000, 20) }
        let methods: [LearnedLocalization.Method] =
            isQuick ? [.baseline, .radius] : LearnedLocalization.Method.allCases
        let found = methods.enumerated().map { index, method in
            experiment(seed: seed, method: method, progress: part(index, of: methods.count, advance))
        }
        let learned = found.first { $0.method == .radius }
        return Measured(
            values: [
                learned.flatMap { $0.outcome.keeping($0.error) }, learned.flatMap { $0.outcome.keeping($0.radius) },
            ],
            notes: found.map {
                "\($0.method.rawValue): RMSE \(short($0.error)), inflation \(short($0.inflation))"
                    + ($0.radius.map { ", radius \(short($0))" } ?? "") + ($0.outcome == .completed ? "" : ", diverged")
            })
    }
}

private struct PartlyObservedRow: Reproduction {
    let isQuick: Bool
    let row = 3
    let title = "parameters of Lorenz-63 from x alone, Bach et al. 2024, sections 8.2 and 8.3"
    var claims: [Claim] {
        let shares = isQuick ? (0.05, 0.05) : (0.01, 0.015)
        return [
            Claim(what: "σ by a differentiated filter", published: 10.001, criterion: .near(10, within: 10 * shares.0)),
            Claim(what: "ρ by a differentiated filter", published: 27.799, criterion: .near(28, within: 28 * shares.1)),
            Claim(what: "σ by Monte-Carlo EM", published: 9.907, criterion: .near(10, within: 10 * shares.0)),
            Claim(what: "ρ by Monte-Carlo EM", published: 28.047, criterion: .near(28, within: 28 * shares.1)),
            Claim(what: "noise of observations", published: 1, criterion: .near(1, within: 0.15)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = PartlyObservedParameters()
        if isQuick { (experiment.observations, experiment.maximizations) = (2000, 200) }
        let methods = PartlyObservedParameters.Method.allCases
        let found = methods.enumerated().map { index, method in
            experiment(seed: seed, method: method, progress: part(index, of: methods.count, advance))
        }
        let bound = experiment.smallestDeviations(seed: seed)
        let (filter, maximization) = (found.first { $0.method == .ensemble }, found.last)
        let values = [filter, maximization].flatMap { result in
            [
                result.flatMap { $0.outcome.keeping($0.estimate.sigma) },
                result.flatMap { $0.outcome.keeping($0.estimate.rho) },
            ]
        }
        return Measured(
            values: values + [filter.flatMap { $0.outcome.keeping($0.estimate.observationDeviation) }],
            notes: found.map {
                "\($0.method.rawValue): σ \(short($0.estimate.sigma)), ρ \(short($0.estimate.rho)), model noise "
                    + "\(short($0.estimate.modelDeviation)), observation noise "
                    + "\(short($0.estimate.observationDeviation))"
            } + ["no estimate without bias is nearer than \(short(bound.sigma)) to σ and \(short(bound.rho)) to ρ"])
    }
}

private struct DictionaryRow: Reproduction {
    let isQuick: Bool
    let row = 4
    let title = "dictionary of 18 terms through an ensemble filter, Chen et al. 2022"
    var claims: [Claim] {
        [
            Claim(
                what: "largest error of (8, −1, −1, +1)", published: nil, criterion: .atMost(isQuick ? 0.3 : 0.1)),
            Claim(what: "largest other coefficient", published: nil, criterion: .atMost(isQuick ? 0.1 : 0.05)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = LearnedDictionary()
        if isQuick { (experiment.epochs, experiment.sparseEpochs) = (25, 15) }
        let found = experiment(seed: seed) { advance($0.fraction) }
        return Measured(
            values: [found.outcome.keeping(found.largestError), found.outcome.keeping(found.largestOther)],
            notes: [
                found.terms.filter { $0.truth != 0 }.map { "\($0.name): \(short($0.learned))" }
                    .joined(separator: ", ")
            ])
    }
}

private struct HybridRow: Reproduction {
    let isQuick: Bool
    let row = 5
    let title = "correction of a physical model, Bocquet & Brajard 2022"
    var claims: [Claim] {
        [
            Claim(what: "analysis RMSE", published: 0.199, criterion: .atMost(isQuick ? 0.21 : 0.2)),
            Claim(
                what: "error of hybrid over physical forecast at 2 units", published: 2.1 / 2.5,
                criterion: .atMost(isQuick ? 0.95 : 0.85)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = HybridCorrection()
        if isQuick { (experiment.trainingTimes, experiment.testTimes, experiment.learner.epochs) = (2000, 600, 6) }
        let found = experiment(seed: seed) { advance($0.fraction) }
        return Measured(
            values: [found.outcome.keeping(found.analysisError), found.outcome.keeping(found.ratio)],
            notes: [
                "analyses with the hybrid model \(short(found.hybridAnalysisError)), forecasts "
                    + "\(short(found.hybridForecast.last ?? .nan)) against "
                    + "\(short(found.physicalForecast.last ?? .nan)), \(found.parameters) parameters"
            ])
    }
}

private struct SurrogateRow: Reproduction {
    let isQuick: Bool
    let row = 6
    let title = "surrogate from noisy partial observations, Brajard et al. 2020"
    var claims: [Claim] {
        [
            Claim(what: "analysis RMSE with the surrogate", published: 0.8, criterion: .atMost(0.8)),
            Claim(what: "analysis RMSE with the true model", published: 0.34, criterion: .near(0.34, within: 0.05)),
            Claim(what: "skill of its forecasts, in Lyapunov times", published: 2, criterion: .atLeast(2)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = SurrogateFromObservations()
        if isQuick { (experiment.times, experiment.testTimes, experiment.rounds) = (2000, 600, 3) }
        let found = experiment(seed: seed) { advance($0.fraction) }
        return Measured(
            values: [
                found.outcome.keeping(found.surrogateError), found.outcome.keeping(found.trueModelError),
                found.outcome.keeping(found.skillfulLyapunovTimes),
            ],
            notes: ["before learning \(short(found.startingError)), \(found.parameters) parameters"])
    }
}

private struct ResidualRow: Reproduction {
    let isQuick: Bool
    let row = 7
    let title = "analysis by a residual network, Bocquet et al. 2024"
    var length: Double { 6 }
    var claims: [Claim] {
        [
            Claim(
                what: "analysis RMSE of the network", published: 0.195, criterion: .atMost(isQuick ? 0.3 : 0.21)),
            Claim(what: "analysis RMSE of the ETKF, 24 members", published: 0.18, criterion: .near(0.18, within: 0.02)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = ResidualNetworkAnalysis()
        if isQuick { (experiment.depth, experiment.training.steps, experiment.testTimes) = (4, 1200, 1000) }
        let found = experiment(seed: seed) { advance($0.fraction) }
        return Measured(
            values: [found.outcome.keeping(found.networkError), found.outcome.keeping(found.ensembleError)],
            notes: ["\(found.parameters) parameters, \(found.samples) analyses differentiated"])
    }
}

private struct EnsembleRow: Reproduction {
    let isQuick: Bool
    let row = 8
    let title = "ensemble analysis by a set transformer, Bach et al. 2025"
    /// Numbers of members, and the scores of a tuned LETKF with them.
    private static let published = [(5, 2.635), (10, 2.02), (15, 1.745), (20, 1.577)]
    var claims: [Claim] {
        let share = isQuick ? 1.15 : 1
        return Self.published.flatMap { members, letkf in
            [
                Claim(
                    what: "RMSE with \(members) members, of which a tuned LETKF has", published: letkf,
                    criterion: .atMost(share * letkf)),
                Claim(
                    what: "RMSE with \(members) members less that of a tuned stochastic EnKF", published: nil,
                    criterion: isQuick ? .atMost(0.3) : .significantlyBelow(0)),
            ]
        }
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = EnsembleLearning()
        if isQuick { (experiment.epochs, experiment.testTimes) = (2, 1000) }
        let state = experiment.train(seed: seed) { advance(0.9 * $0.fraction) }
        let found = Self.published.map { members, _ in
            experiment.test(state.parameters, seed: seed, members: members)
        }
        let values = found.flatMap { scores -> [Double?] in
            let errors = scores.map { $0.outcome.keeping($0.error) }
            // A rival that is lost is as good as knowing nothing but the climate.
            let rival = min(errors[2] ?? experiment.climate.deviation, experiment.climate.deviation)
            return [errors[0], difference(errors[0], rival)]
        }
        return Measured(
            values: values,
            notes: found.map { scores in
                "\(scores[0].members) members: "
                    + scores.map { "\($0.method.rawValue) \(short($0.error))" }.joined(separator: ", ")
            } + ["\(experiment.samples) analyses differentiated"])
    }
}

private struct TransportRow: Reproduction {
    let isQuick: Bool
    let row = 9
    let title = "transport map where posteriors have two modes"
    var claims: [Claim] {
        BimodalSystem.allCases.map {
            Claim(
                what: "\($0.rawValue): energy distance of the map over the ensemble Kalman filter's", published: nil,
                criterion: .atMost(0.5))
        }
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = LearnedTransport()
        if isQuick {
            (experiment.trajectories, experiment.rounds, experiment.referenceParticles) = (50, 3, 20_000)
            experiment.testTimes = 80
        }
        let systems = BimodalSystem.allCases
        let found = systems.enumerated().map { index, system in
            experiment(seed: seed, system: system, progress: part(index, of: systems.count, advance))
        }
        return Measured(
            values: found.map { $0.outcome.keeping($0.ratio) },
            notes: found.map { result in
                "\(result.system.rawValue): "
                    + result.scores.map { "\($0.method.rawValue) \(short($0.distance))" }.joined(separator: ", ")
            })
    }
}

private struct MemoryRow: Reproduction {
    let isQuick: Bool
    let row = 10
    let title = "models with memory where variables are never observed"
    var claims: [Claim] {
        MemoryAgainstMarkov.System.allCases.map {
            Claim(
                what: "\($0.rawValue): error with memory less that without", published: nil,
                criterion: .significantlyBelow(0))
        }
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = MemoryAgainstMarkov()
        if isQuick { (experiment.trainingTimes, experiment.testTimes, experiment.epochs) = (2000, 800, 30) }
        let systems = MemoryAgainstMarkov.System.allCases
        let memories: [MemoryAgainstMarkov.Memory] =
            isQuick ? [.none, .delays] : MemoryAgainstMarkov.Memory.allCases
        let found = systems.enumerated().map { index, system in
            experiment(
                seed: seed, system: system, memories: memories, progress: part(index, of: systems.count, advance))
        }
        return Measured(
            values: found.map { results in
                // The one that held-back times prefer.
                results.filter { $0.memory != .none }.min { $0.validation < $1.validation }
                    .flatMap { $0.outcome.keeping($0.difference) }
            },
            notes: found.flatMap { $0 }.map {
                "\($0.system.rawValue), memory \($0.memory.rawValue): errors "
                    + $0.errors.map { short($0) }.joined(separator: " ")
            })
    }
}

private struct ScoreFilterRow: Reproduction {
    let isQuick: Bool
    let row = 11
    let title = "ensemble score filter against LETKF, Bao et al. 2024"
    var claims: [Claim] {
        let tolerance = isQuick ? 0.1 : 0.02
        return [
            Claim(what: "RMSE of the score filter", published: 0.193, criterion: .near(0.193, within: tolerance)),
            Claim(what: "RMSE of the reference's LETKF", published: 0.138, criterion: .near(0.138, within: tolerance)),
            Claim(
                what: "RMSE of a tuned LETKF less the score filter's", published: nil, criterion: .significantlyBelow(0)
            ),
            Claim(
                what: "doubling map: energy distance of the score filter less the ETKF's", published: nil,
                criterion: .significantlyBelow(0)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var experiment = ScoreFiltering()
        if isQuick { (experiment.variables, experiment.analyses) = (40, 120) }
        func error(_ method: ScoreFiltering.Method) -> Double? {
            let score = experiment(seeds: [seed], world: .model, method: method)[0]
            return score.outcome.keeping(score.error)
        }
        let score = error(.tunedScore)
        advance(0.9)
        let (reference, tuned) = (error(.reference), error(.tunedLETKF))
        var bimodal = LearnedTransport()
        bimodal.testTimes = isQuick ? 60 : 200
        let distances = bimodal.scores(seed: seed, system: .doublingMap, untrained: [.scoreFilter, .etkf])
            .map(\.distance)
        return Measured(
            values: [score, reference, difference(tuned, score), difference(distances[0].finite, distances[1].finite)],
            notes: [
                "tuned LETKF \(short(tuned ?? .nan)); doubling map: score filter \(short(distances[0])), "
                    + "ETKF \(short(distances[1]))"
            ])
    }
}

private func difference(_ a: Double?, _ b: Double?) -> Double? {
    guard let a, let b else { return nil }
    return a - b
}

/// Three digits or so.
private func short(_ value: Double) -> String {
    NumberFormat([value]).text(value)
}
