import Assimilation
import Learning
import Tensors

/// A forecast model that is learned: its stored properties are its parameters.
///
/// One surrogate is one file of `Surrogates`, and one line in ``Surrogates``.
public protocol Surrogate: Parameterized {
    associatedtype Model: ForecastMap
    /// The properties that a problem must have.
    static var requirements: [Requirement] { get }
    /// The name of its tensors in a model file.
    static var tensorName: String { get }
    /// Whether estimates of unequal worth can teach it, and so observations by assimilation and learning in turn.
    static var learnsFromObservations: Bool { get }
    /// Whether it can be the correction of a physical model.
    static var corrects: Bool { get }
    /// Times of the truth, or of its observations, to learn from; a tenth is held back.
    var length: Int { get }
    /// Parameters that do not fit together, or not to a model of so many variables: the fault, and the expectation.
    func fault(_ traits: ProblemTraits) -> (problem: String, expected: String)?
    /// A bound from below of the numbers in a model of so many variables.
    func fewestNumbers(_ variables: Int) -> Int
    /// The large arrays that training holds at once, besides the series.
    func arrays(_ variables: Int) -> [ArraySizes]

    /// A model of the structure that is learned, which forecasts the physics alone.
    func start(_ task: SurrogateTask, _ description: ModelDescription) -> Model

    /// Learns the model.
    ///
    /// - Parameter description: takes in the model error where the training estimates it.
    func learned<Keeper: TrainingKeeper>(
        from start: Model, _ task: SurrogateTask, _ draw: TwinDraw, _ description: inout ModelDescription,
        _ keeper: Keeper
    ) throws(Keeper.Failure) -> LearnedSurrogate<Model>
}

extension Surrogate {
    public static var requirements: [Requirement] { [] }
    public static var learnsFromObservations: Bool { false }
    public static var corrects: Bool { true }
    public func fault(_ traits: ProblemTraits) -> (problem: String, expected: String)? { nil }
}

/// The sizes of an array, by name, and the copies of it that are held at once.
public struct ArraySizes: Sendable {
    public let sizes: [(name: String, count: Int)]
    public let copies: Int
    /// Of one number.
    public let bytes: Int

    init(_ sizes: KeyValuePairs<String, Int>, copies: Int = 1, bytes: Int = 8) {
        (self.sizes, self.copies, self.bytes) = (sizes.map { ($0.key, $0.value) }, copies, bytes)
    }

}

extension [ArraySizes] {
    /// The arrays of a regression on so many columns: copies of the samples, and the products of the columns.
    static func regression(_ name: String, _ count: Int, samples: KeyValuePairs<String, Int>) -> [ArraySizes] {
        [ArraySizes(samples, copies: 3), ArraySizes([name: count, name: count], copies: 4)]
    }
}

/// A learned model and its training.
public struct LearnedSurrogate<Model: Tree>: Sendable {
    public var model: Model
    public var losses: [Double] = []
    public var stepsPerEpoch = 0
    public var outcome = Outcome.completed
    public var seconds: Double
    /// The learned parameters in words, where there are few.
    public var found: String?

    /// A model that is found at once, in closed form or nearly so.
    static func direct(_ make: () -> Model) -> LearnedSurrogate {
        let clock = ContinuousClock.now
        let model = make()
        return LearnedSurrogate(model: model, seconds: (ContinuousClock.now - clock) / .seconds(1))
    }
}

/// The setting, the source and the seed that a surrogate is learned from.
public struct SurrogateTask: Sendable {
    public let setting: TwinSetting
    /// The physical model that is corrected; nil: nothing is known.
    public let physics: SteppedModel?
    public let source: SurrogateSource
    public let seed: Int

    var key: Key { Key(1_000_000 + seed).folding(11) }
    var hasCoordinates: Bool { setting.model.coordinates != nil }

    /// A truth that no method of a twin experiment is trained on.
    func draw(_ length: Int) -> TwinDraw { setting.draw(.training, seed: 500_000 + seed, cycles: length) }

    /// Neighbours so far away, or the whole state where there are no coordinates.
    func view(reach: Int) -> PlaceView {
        hasCoordinates ? .near(reach: min(reach, (setting.model.variables - 1) / 2)) : .wholeState
    }

    /// Random states of the size of the climate, `[64, n]`.
    func sample(_ description: ModelDescription) -> Tensor {
        Tensor(description.center)
            + Tensor(description.scale) * key.split(3)[2].normal([64, description.variables])
    }

    /// How many of the times are held back: the model is scored on them and not fitted to them.
    static func held(_ count: Int) -> Int { count / 10 }

    /// The times of a truth that models are fitted to.
    func learned(_ draw: TwinDraw) -> Tensor {
        let count = draw.twin.truth.shape[0]
        return draw.twin.truth[0..<(count - Self.held(count))]
    }
}

extension Parameter where Subject: Surrogate {
    static func reach(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("reach", path, 1...1000, unit: "variables to each side", "Neighbours that the model sees.")
    }
}
