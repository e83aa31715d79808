import Learning
import Tensors

/// A Gaussian process on near variables.
public struct GaussianProcessSurrogate: Surrogate {
    public static let name = "gaussian-process"
    public static let summary = "a Gaussian process on near variables"
    public static let reference =
        "Rasmussen & Williams, Gaussian processes for machine learning (2006), section 8.3"
    public static let tensorName = "process"
    public static let parameters: [Parameter<Self>] = [
        .length(\.length), .reach(\.reach),
        .integer("points", \.points, 2...100_000, "Most points of the Gaussian process."),
    ]

    public var length = 2000, reach = 2, points = 300

    public init() {}

    public func fewestNumbers(_ variables: Int) -> Int {
        let points = min(points, max(1, length - SurrogateTask.held(length) - 1))
        return points * points
    }
    public func arrays(_ variables: Int) -> [ArraySizes] {
        let points = min(points, length * variables)
        return .regression("points", points, samples: ["length": length, "variables": variables, "points": points])
    }

    public func start(_ task: SurrogateTask, _ description: ModelDescription) -> Corrected<KnownPart, GaussianProcess> {
        let (count, view) = (description.variables, task.view(reach: reach))
        var process = GaussianProcess(maximumPoints: points, view: view, like: task.sample(description))
        let learned = length - SurrogateTask.held(length) - 1
        let points = min(points, learned * view.places(count))
        let outputs = task.hasCoordinates ? 1 : count
        (process.points, process.weights) = (
            Tensor.zeros([points, process.points.shape[1]]), Tensor.zeros([points, outputs])
        )
        process.factor = Tensor.identity(points)
        return Corrected(KnownPart(physics: task.physics?.map), by: process)
    }

    public func learned<Keeper: TrainingKeeper>(
        from start: Corrected<KnownPart, GaussianProcess>, _ task: SurrogateTask, _ draw: TwinDraw,
        _ description: inout ModelDescription, _ keeper: Keeper
    ) -> LearnedSurrogate<Corrected<KnownPart, GaussianProcess>> {
        .direct { start.correction.correction(of: start.base, along: task.learned(draw)) }
    }
}
