import Learning
import Tensors

/// Ridge regression on random cosines of near variables.
public struct RandomFeaturesSurrogate: Surrogate {
    public static let name = "random-features"
    public static let summary = "ridge regression on random cosines of near variables"
    public static let reference =
        "Gottwald & Reich, Supervised learning from noisy observations, Physica D 423 (2021)"
    public static let tensorName = "features"
    public static let parameters: [Parameter<Self>] = [
        .length(\.length), .reach(\.reach),
        .integer("features", \.features, 2...100_000, "Number of random features."),
    ]

    public var length = 2000, reach = 2, features = 300

    public init() {}

    public func fewestNumbers(_ variables: Int) -> Int { features }
    public func arrays(_ variables: Int) -> [ArraySizes] {
        .regression("features", features, samples: ["length": length, "variables": variables, "features": features])
    }

    public func start(_ task: SurrogateTask, _ description: ModelDescription) -> Corrected<KnownPart, RandomFeatures> {
        let correction = RandomFeatures(
            features, view: task.view(reach: reach), length: task.hasCoordinates ? 6 : 3,
            like: task.sample(description), key: task.key.split(3)[0])
        return Corrected(KnownPart(physics: task.physics?.map), by: correction)
    }

    public func learned<Keeper: TrainingKeeper>(
        from start: Corrected<KnownPart, RandomFeatures>, _ task: SurrogateTask, _ draw: TwinDraw,
        _ description: inout ModelDescription, _ keeper: Keeper
    ) -> LearnedSurrogate<Corrected<KnownPart, RandomFeatures>> {
        .direct { start.correction.correction(of: start.base, along: task.learned(draw)) }
    }
}
