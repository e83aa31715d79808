import Foundation

/// How good predictions are.
public enum SupervisedScore: String, Sendable, Codable, CaseIterable {
    /// The share of samples whose most probable class is right.
    case accuracy
    /// The mean over the classes of the share that is recognised.
    case balancedAccuracy = "balanced-accuracy"
    /// The mean over the classes of the harmonic mean of precision and recall.
    case f1
    /// The mean of −log of the probability of the class that came true, probabilities of at least 10⁻¹⁵.
    case logLoss = "log-loss"
    /// The mean over samples of the squared distance of probabilities from the truth, summed over the classes; of two
    /// classes, over the second alone.
    case brier
    /// The area under the curve of true against false positives, the mean of each class against the others.
    case rocArea = "roc-area"
    /// The average precision, the mean of each class against the others.
    case precisionArea = "precision-area"
    /// The mean distance of confidence from accuracy in 15 bins of confidence, weighted by their sizes.
    case calibrationError = "calibration-error"
    case mse, rmse, mae
    /// One less the error's mean square over the variance of the truth.
    case r2

    public var task: SupervisedTask {
        switch self {
        case .accuracy, .balancedAccuracy, .f1, .logLoss, .brier, .rocArea, .precisionArea, .calibrationError:
            .classification
        case .mse, .rmse, .mae, .r2: .regression
        }
    }

    public static func all(_ task: SupervisedTask) -> [SupervisedScore] { allCases.filter { $0.task == task } }
    /// The score that choices go by unless another is asked for.
    public static func usual(_ task: SupervisedTask) -> SupervisedScore { task == .regression ? .mse : .logLoss }

    public var isLowerBetter: Bool {
        switch self {
        case .accuracy, .balancedAccuracy, .f1, .rocArea, .precisionArea, .r2: false
        case .logLoss, .brier, .calibrationError, .mse, .rmse, .mae: true
        }
    }

    public var title: String {
        switch self {
        case .accuracy: "Accuracy"
        case .balancedAccuracy: "Balanced accuracy"
        case .f1: "F1"
        case .logLoss: "Log loss"
        case .brier: "Brier score"
        case .rocArea: "ROC area"
        case .precisionArea: "Average precision"
        case .calibrationError: "Calibration error"
        case .mse: "Mean squared error"
        case .rmse: "RMSE"
        case .mae: "Mean absolute error"
        case .r2: "R²"
        }
    }

    /// The score; nil where it is not defined, as R² of a constant truth.
    public func value(_ predictions: Predictions, _ targets: Targets) -> Double? {
        precondition(
            predictions.count == targets.count, "\(predictions.count) predictions of \(targets.count) targets")
        guard targets.count > 0 else { return nil }
        let value: Double? =
            switch (predictions, targets) {
            case (.numbers(let found), .numbers(let truth)): ofNumbers(found, truth)
            case (.probabilities(let found, let classes), .classes(let truth, _)):
                ofClasses(ClassScores(found, classes, truth))
            case (.numbers, .classes), (.probabilities, .numbers): nil
            }
        return value?.isFinite == true ? value : nil
    }

    /// What each sample contributes to the score where it is a mean over the samples; nil for other scores.
    public func contributions(_ predictions: Predictions, _ targets: Targets) -> [Double]? {
        switch (self, predictions, targets) {
        case (.mse, .numbers(let found), .numbers(let truth)): zip(found, truth).map { ($0 - $1) * ($0 - $1) }
        case (.mae, .numbers(let found), .numbers(let truth)): zip(found, truth).map { abs($0 - $1) }
        case (.accuracy, .probabilities(let found, let classes), .classes(let truth, _)):
            ClassScores(found, classes, truth).hits
        case (.logLoss, .probabilities(let found, let classes), .classes(let truth, _)):
            ClassScores(found, classes, truth).logLosses
        case (.brier, .probabilities(let found, let classes), .classes(let truth, _)):
            ClassScores(found, classes, truth).squares
        default: nil
        }
    }

    private func ofNumbers(_ found: [Double], _ truth: [Double]) -> Double? {
        let count = Double(truth.count)
        let square = zip(found, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        switch self {
        case .mse: return square / count
        case .rmse: return (square / count).squareRoot()
        case .mae: return zip(found, truth).reduce(0) { $0 + abs($1.0 - $1.1) } / count
        case .r2:
            let mean = truth.reduce(0, +) / count
            let spread = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return spread > 0 ? 1 - square / spread : nil
        case .accuracy, .balancedAccuracy, .f1, .logLoss, .brier, .rocArea, .precisionArea, .calibrationError:
            return nil
        }
    }

    private func ofClasses(_ scores: ClassScores) -> Double? {
        switch self {
        case .accuracy: scores.hits.mean
        case .balancedAccuracy: scores.balancedAccuracy
        case .f1: scores.f1
        case .logLoss: scores.logLosses.mean
        case .brier: scores.squares.mean
        case .rocArea: scores.overClasses { Ranking($0, $1).rocArea }
        case .precisionArea: scores.overClasses { Ranking($0, $1).averagePrecision }
        case .calibrationError: scores.calibrationError
        case .mse, .rmse, .mae, .r2: nil
        }
    }
}

extension [Double] {
    /// The mean; NaN of none.
    var mean: Double { reduce(0, +) / Double(count) }
}
