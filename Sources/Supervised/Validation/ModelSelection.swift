import Foundation
import Learning
import Tensors

/// How candidates are tried.
public enum Search: String, Sendable, Codable, CaseIterable {
    /// All on all folds.
    case grid
    /// So many, drawn without replacement, on all folds.
    case random
    /// All on a part of the training samples, the better third on three times as many, and so on to all samples.
    case halving
}

/// Which candidate is taken when all are scored.
public enum ChoiceRule: String, Sendable, Codable, CaseIterable {
    /// The one of the best mean.
    case best
    /// The simplest whose mean is within one standard error of the best's.
    ///
    /// Reference: Breiman, Friedman, Olshen & Stone 1984, section 3.4.3.
    case oneStandardError = "one-standard-error"
}

/// One fit and judgement of a cross-validation.
public struct Trial: Sendable, Hashable, Codable {
    public let candidate: Int
    public let fold: Int
    /// The share of the fold's training samples that is fitted to, in percent rounded up to a tenth.
    public let permille: Int
}

/// The scores of a trial on held-out and training samples; nil where the fit failed or the score is not defined.
public struct TrialScore: Sendable, Codable, Equatable {
    public let held: Double?
    public let training: Double?

    public init(held: Double?, training: Double?) { (self.held, self.training) = (held, training) }
}

/// A candidate with its cross-validation.
public struct ScoredCandidate: Sendable, Codable, Equatable {
    public let candidate: Int
    public let validation: CrossValidation
    /// Of the training samples that it was last tried on; less than 1000 where halving has dropped it.
    public let permille: Int

    public init(candidate: Int, validation: CrossValidation, permille: Int) {
        (self.candidate, self.validation, self.permille) = (candidate, validation, permille)
    }
}

/// The result of a search.
public struct ModelSelection: Sendable, Codable, Equatable {
    public let candidates: [ScoredCandidate]
    /// The candidate of the best mean.
    public let best: Int
    public let chosen: Int

    /// The choice among candidates that were tried on all samples; nil where none has a score.
    public init?(
        _ candidates: [ScoredCandidate], rule: ChoiceRule, score: SupervisedScore, complexity: (Int) -> Double
    ) {
        let sign = score.isLowerBetter ? 1.0 : -1.0
        let finalists = candidates.filter { $0.permille == 1000 && $0.validation.mean != nil }
        func cost(_ one: ScoredCandidate) -> Double { sign * (one.validation.mean ?? .infinity) }
        guard let first = finalists.min(by: { (cost($0), $0.candidate) < (cost($1), $1.candidate) }) else { return nil }
        self.candidates = candidates
        best = first.candidate
        switch rule {
        case .best: chosen = best
        case .oneStandardError:
            let limit = cost(first) + (first.validation.standardError ?? 0)
            let near = finalists.filter { cost($0) <= limit }
            chosen =
                near.min {
                    (complexity($0.candidate), cost($0), $0.candidate)
                        < (complexity($1.candidate), cost($1), $1.candidate)
                }?.candidate ?? best
        }
    }
}

/// A search among settings of a model.
public struct ModelSearch: Sendable {
    public var search: Search
    public var rule: ChoiceRule
    /// How many candidates a random search draws.
    public var draws: Int
    public var seed: Int

    public init(_ search: Search = .grid, rule: ChoiceRule = .best, draws: Int = 20, seed: Int = 1) {
        precondition(draws > 0, "ModelSearch: \(draws) draws")
        (self.search, self.rule, self.draws, self.seed) = (search, rule, draws, seed)
    }

    /// Searches among candidates of some complexities on some folds.
    ///
    /// - Parameter run: the scores of trials, in their order; they do not depend on each other.
    public func select<Failure: Error>(
        among complexities: [Double], folds: Int, score: SupervisedScore,
        _ run: ([Trial]) throws(Failure) -> [TrialScore]
    ) throws(Failure) -> ModelSelection? {
        func scored(_ candidates: [Int], _ permille: Int) throws(Failure) -> [ScoredCandidate] {
            let trials = candidates.flatMap { candidate in
                (0..<folds).map { Trial(candidate: candidate, fold: $0, permille: permille) }
            }
            let found = try run(trials)
            return candidates.enumerated().map { place, candidate in
                let own = found[(place * folds)..<((place + 1) * folds)]
                return ScoredCandidate(
                    candidate: candidate,
                    validation: CrossValidation(scores: own.map(\.held), trainingScores: own.map(\.training)),
                    permille: permille)
            }
        }
        let count = complexities.count
        var all: [ScoredCandidate] = []
        switch search {
        case .grid: all = try scored(Array(0..<count), 1000)
        case .random:
            let order = Key(seed).permutation(count).integers
            all = try scored(order.prefix(draws).sorted(), 1000)
        case .halving:
            var rest = Array(0..<count)
            var rounds = 0
            while Int(pow(3, Double(rounds))) < count { rounds += 1 }
            for round in stride(from: rounds, through: 0, by: -1) {
                let permille = Int((1000 / pow(3, Double(round))).rounded(.up))
                let found = try scored(rest, permille)
                let sign = score.isLowerBetter ? 1.0 : -1.0
                func cost(_ one: ScoredCandidate) -> Double { sign * (one.validation.mean ?? .infinity) }
                let sorted = found.sorted { (cost($0), $0.candidate) < (cost($1), $1.candidate) }
                if round == 0 {
                    all += found
                } else {
                    let kept = max(1, (rest.count + 2) / 3)
                    all += sorted.dropFirst(kept)
                    rest = sorted.prefix(kept).map(\.candidate).sorted()
                }
            }
            all.sort { $0.candidate < $1.candidate }
        }
        return ModelSelection(all, rule: rule, score: score) { complexities[$0] }
    }
}

extension Fold {
    /// The fold with a share of its training samples: the first of a random order, or the last in time.
    public func withTraining(permille: Int, inTime: Bool, key: Key) -> Fold {
        guard permille < 1000 else { return self }
        let count = max(2, training.count * permille / 1000)
        guard count < training.count else { return self }
        let kept =
            inTime
            ? Array(training.suffix(count))
            : key.permutation(training.count).integers.prefix(count).map { training[$0] }.sorted()
        return Fold(training: kept, held: held)
    }
}

/// Chooses among settings of a model by cross-validation.
///
/// - Returns: nil where no candidate could be fitted.
public func select(
    _ candidates: [any SupervisedModel], _ data: SupervisedData, _ folds: [Fold], score: SupervisedScore,
    by search: ModelSearch = ModelSearch(), preprocessing: Preprocessing = Preprocessing(), inTime: Bool = false,
    seed: Int = 1, threads: Int = 1
) -> ModelSelection? {
    search.select(
        among: candidates.map { $0.complexity }, folds: folds.count, score: score
    ) { trials in
        concurrentMap(trials.count, threads: threads) { index in
            let trial = trials[index]
            let key = Key(seed).folding(trial.fold)
            let fold = folds[trial.fold].withTraining(permille: trial.permille, inTime: inTime, key: key.folding(-1))
            let found = judge(candidates[trial.candidate], data, fold, score, preprocessing, key: key)
            return TrialScore(held: found.held, training: found.training)
        }
    }
}

/// Nested cross-validation: on each outer fold a setting is chosen by inner folds of its training samples alone, fitted
/// to all of them and scored on what the outer fold holds out. The scores are those of the whole procedure.
public func nested(
    _ candidates: [any SupervisedModel], _ data: SupervisedData, outer: [Fold], inner: Folds, score: SupervisedScore,
    by search: ModelSearch = ModelSearch(), preprocessing: Preprocessing = Preprocessing(), seed: Int = 1,
    threads: Int = 1
) -> (validation: CrossValidation, chosen: [Int?]) {
    let found = concurrentMap(outer.count, threads: threads) { index -> (TrialScore, Int?) in
        let (fold, part) = (outer[index], data.taking(outer[index].training))
        let folds = inner.all(part.targets, groups: part.groups)
        let selection = select(
            candidates, part, folds, score: score, by: search, preprocessing: preprocessing,
            inTime: inner.kind == .expanding || inner.kind == .blocked, seed: seed + index)
        guard let chosen = selection?.chosen else { return (TrialScore(held: nil, training: nil), nil) }
        let key = Key(seed).folding(index)
        let scores = judge(candidates[chosen], data, fold, score, preprocessing, key: key)
        return (TrialScore(held: scores.held, training: scores.training), chosen)
    }
    return (
        CrossValidation(scores: found.map(\.0.held), trainingScores: found.map(\.0.training)), found.map(\.1)
    )
}
