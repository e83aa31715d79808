import Learning
import Studies
import Tensors

/// What cross-validation found of one model: its scores on what each fold held out.
public struct CrossValidation: Sendable, Codable, Equatable {
    /// The score of each fold; nil where it is not defined or the fit failed.
    public let scores: [Double?]
    /// The score of each fold on the samples that it was fitted to.
    public let trainingScores: [Double?]

    public init(scores: [Double?], trainingScores: [Double?]) {
        (self.scores, self.trainingScores) = (scores, trainingScores)
    }

    /// The mean over the folds; nil where one of them has no score.
    public var mean: Double? { Self.mean(scores) }
    public var trainingMean: Double? { Self.mean(trainingScores) }

    /// The standard deviation of the folds' scores over the root of their number; nil with fewer than two.
    public var standardError: Double? {
        guard let mean, scores.count > 1 else { return nil }
        let square = scores.compactMap(\.self).reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (square / Double(scores.count - 1) / Double(scores.count)).squareRoot()
    }

    private static func mean(_ scores: [Double?]) -> Double? {
        let known = scores.compactMap(\.self)
        return known.count == scores.count && !known.isEmpty ? known.reduce(0, +) / Double(known.count) : nil
    }
}

/// The results of a body on every fold, in their order, on up to `threads` threads: what every cross-validation is.
///
/// The body fits to `fold.training` and judges on `fold.held`; no sample is in both.
public func crossValidate<Result: Sendable, Failure: Error>(
    _ folds: [Fold], threads: Int = 1, _ body: @escaping @Sendable (Fold) throws(Failure) -> Result
) throws(Failure) -> [Result] {
    try concurrentMap(folds.count, threads: threads) { (index) throws(Failure) in try body(folds[index]) }
}

/// Fits a model to the training samples of every fold, preprocessing included, and scores it on what is held out.
///
/// - Parameters:
///   - folds: of `data`, as ``Folds/all(_:groups:)`` makes them.
///   - seed: of the random numbers of each fit, with the fold's number.
public func crossValidate(
    _ model: any SupervisedModel, _ data: SupervisedData, _ folds: [Fold], score: SupervisedScore,
    preprocessing: Preprocessing = Preprocessing(), seed: Int = 1, threads: Int = 1
) -> CrossValidation {
    let judged = concurrentMap(folds.count, threads: threads) { index in
        judge(model, data, folds[index], score, preprocessing, key: Key(seed).folding(index))
    }
    return CrossValidation(scores: judged.map(\.held), trainingScores: judged.map(\.training))
}

/// The scores of one fold.
public func judge(
    _ model: any SupervisedModel, _ data: SupervisedData, _ fold: Fold, _ score: SupervisedScore,
    _ preprocessing: Preprocessing, key: Key
) -> (held: Double?, training: Double?) {
    let fitted = FittedPipeline(
        model, data, rows: fold.training, preprocessing: preprocessing, setting: FitSetting(key: key))
    guard fitted.outcome == .completed else { return (nil, nil) }
    func scored(_ rows: [Int]) -> Double? {
        let part = data.taking(rows)
        let found = fitted.predictions(part.inputs)
        return found.isFinite ? score.value(found, part.targets) : nil
    }
    return (scored(fold.held), scored(fold.training))
}
