import Learning
import Tensors

/// An echo state network, which has a memory: only its readout is learned.
public struct ReservoirSurrogate: Surrogate {
    public static let name = "reservoir"
    public static let summary =
        "an echo state network, which remembers: random and recurrent, on near variables; only its readout is learned"
    public static let reference =
        "Pathak, Hunt, Girvan, Lu & Ott, Phys. Rev. Lett. 120 (2018)"
    public static let tensorName = "reservoir"
    public static let parameters: [Parameter<Self>] = [
        .length(\.length), .reach(\.reach), .integer("units", \.units, 2...100_000, "Units of the reservoir."),
    ]
    public static let corrects = false

    public var length = 2000, reach = 2, units = 100

    public init() {}

    public func fewestNumbers(_ variables: Int) -> Int { units * units }
    public func arrays(_ variables: Int) -> [ArraySizes] {
        // With fewer times than units each place has a system of its own.
        let places = units > length ? variables : 1
        return [
            ArraySizes(["length": length, "variables": variables, "units": units], copies: 3),
            ArraySizes(["units": units, "units": units], copies: 4 * places),
        ]
    }

    public func start(_ task: SurrogateTask, _ description: ModelDescription) -> Reservoir {
        Reservoir(
            units: units, view: task.view(reach: reach), like: task.sample(description), key: task.key.split(3)[0])
    }

    public func learned<Keeper: TrainingKeeper>(
        from start: Reservoir, _ task: SurrogateTask, _ draw: TwinDraw, _ description: inout ModelDescription,
        _ keeper: Keeper
    ) -> LearnedSurrogate<Reservoir> {
        let states = task.learned(draw)
        return .direct { start.fitted(to: states, warmUp: min(100, states.shape[0] / 4)) }
    }
}
