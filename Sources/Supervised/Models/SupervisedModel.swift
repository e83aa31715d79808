import Assimilation
import Learning
import Studies
import Tensors

/// A model of supervised learning: its stored properties are its parameters.
///
/// One model is one file of `Models`, and one line in ``SupervisedModels``.
public protocol SupervisedModel: Parameterized {
    associatedtype Fitted: Predictor
    static var tasks: Set<SupervisedTask> { get }
    /// Whether it sees pictures as such; the others see their points side by side.
    static var needsPictures: Bool { get }
    /// Orders settings of one model by complexity, the simplest first: the one standard error rule goes by it.
    var complexity: Double { get }
    /// Parameters that do not fit together, or not to samples of this layout: the fault, and the expectation.
    func fault(_ layout: SampleLayout) -> (problem: String, expected: String)?
    /// Targets that the model is not of: the fault, and the expectation.
    func fault(_ targets: Targets) -> (problem: String, expected: String)?
    /// A fitted model of the structure that follows from a layout; its numbers do not matter.
    func template(_ layout: SampleLayout) -> Fitted
    func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<Fitted>
}

extension SupervisedModel {
    public static var needsPictures: Bool { false }
    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? { nil }
    public func fault(_ targets: Targets) -> (problem: String, expected: String)? { nil }
}

extension SampleLayout {
    /// The fault of an array of so many numbers, or nil where it can be held.
    func fault(of what: String, numbers: Double) -> (problem: String, expected: String)? {
        numbers <= Self.mostNumbers
            ? nil : ("\(what): \(NumberText.short(numbers)) numbers", "at most \(NumberText.short(Self.mostNumbers))")
    }

    /// Two gigabytes.
    static let mostNumbers = 2.5e8
}

/// A fitted model: from inputs `[samples, ...]` to numbers `[samples]`, or to probabilities `[samples, classes]`.
public protocol Predictor: Tree {
    func callAsFunction(_ x: Tensor) -> Tensor
    /// Predictions of any number of samples, in parts.
    func predictions(_ x: Tensor) -> Tensor
    /// The standard deviation of a new value at each sample, where the model tells it, `[samples]`.
    func deviation(_ x: Tensor) -> Tensor?
    /// Coefficients of the features, `[features, outputs]`, of standardised inputs; nil of models that have none.
    var coefficients: Tensor? { get }
}

extension Predictor {
    public func predictions(_ x: Tensor) -> Tensor { self(x) }
    public func deviation(_ x: Tensor) -> Tensor? { nil }
    public var coefficients: Tensor? { nil }
}

/// What a fit may use besides its samples; none but the key changes the result.
public struct FitSetting: Sendable {
    public var key: Key
    /// Samples whose loss is recorded after every epoch; nothing is chosen by it.
    public var watched: Samples?
    /// Called with the share that is done.
    public var progress: @Sendable (Double) -> Void

    public init(
        key: Key = Key(1), watched: Samples? = nil, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        (self.key, self.watched, self.progress) = (key, watched, progress)
    }
}

/// A fitted model and its fit.
public struct FittedModel<Fitted: Predictor>: Sendable {
    public var predictor: Fitted
    /// The mean loss of each epoch; empty where the fit is no training.
    public var losses: [Double] = []
    /// The loss of the watched samples after each epoch.
    public var watchedLosses: [Double] = []
    public var outcome = Outcome.completed

    public init(_ predictor: Fitted, losses: [Double] = [], watchedLosses: [Double] = [], outcome: Outcome = .completed)
    {
        (self.predictor, self.losses, self.watchedLosses, self.outcome) = (predictor, losses, watchedLosses, outcome)
    }
}

/// The models that a configuration can name, in the order of tables and help.
public enum SupervisedModels {
    public static let all: [any SupervisedModel.Type] = [
        ConstantModel.self,
        RidgeModel.self,
        LassoModel.self,
        ElasticNetModel.self,
        PolynomialModel.self,
        LogisticModel.self,
        PoissonModel.self,
        GammaModel.self,
        NearestNeighbors.self,
        KernelRidgeModel.self,
        RandomFeaturesModel.self,
        GaussianProcessModel.self,
        DenseModel.self,
        ConvolutionalModel.self,
        ResidualModel.self,
        RecurrentModel.self,
        TemporalConvolutionModel.self,
        TransformerModel.self,
    ]

    public static func of(_ task: SupervisedTask) -> [any SupervisedModel.Type] {
        all.filter { $0.tasks.contains(task) }
    }
}
