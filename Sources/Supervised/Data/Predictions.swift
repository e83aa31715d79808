import Tensors

/// The predictions of a model, one a sample.
public enum Predictions: Sendable, Equatable {
    case numbers([Double])
    /// The probability of every class, row by row.
    case probabilities([Double], classes: Int)

    public var count: Int {
        switch self {
        case .numbers(let values): values.count
        case .probabilities(let values, let classes): values.count / classes
        }
    }

    public func taking(_ rows: [Int]) -> Predictions {
        switch self {
        case .numbers(let values): .numbers(rows.map { values[$0] })
        case .probabilities(let values, let classes):
            .probabilities(rows.flatMap { values[($0 * classes)..<(($0 + 1) * classes)] }, classes: classes)
        }
    }

    /// Of a tensor `[samples]` of numbers, or `[samples, classes]` of probabilities.
    init(_ tensor: Tensor, _ task: SupervisedTask) {
        switch task {
        case .regression: self = .numbers(tensor.cast(to: .float64).values)
        case .classification:
            self = .probabilities(tensor.cast(to: .float64).values, classes: tensor.shape[1])
        }
    }

    /// Of a fitted model for samples.
    public init(of predictor: some Predictor, _ samples: Samples) {
        self.init(predictor.predictions(samples.inputs), samples.targets.task)
    }

    /// Whether all numbers are finite.
    public var isFinite: Bool {
        switch self {
        case .numbers(let values), .probabilities(let values, _): values.allSatisfy(\.isFinite)
        }
    }

    /// The most probable class of each sample, the first of equal ones; nil of numbers.
    public var classes: [Int]? {
        guard case .probabilities(let values, let classes) = self else { return nil }
        return (0..<count).map { row in
            (0..<classes).max { (values[row * classes + $0], $1) < (values[row * classes + $1], $0) } ?? 0
        }
    }
}
