import Assimilation
import Kernels
import Learning
import Tensors

/// One forecast, corrected by a gain that a network computes from it; trained through cycles.
public struct ResidualNetworkMethod: TrainableMethod {
    public static let name = "residual-network"
    public static let summary = "one forecast, corrected by a gain that a network sees in it; trained through cycles"
    public static let reference =
        "Bocquet et al., Accurate deep learning-based filtering for chaotic dynamics, Chaos 34 (2024)"
    public static let parameters: [Parameter<Self>] = [
        .width(\.width), .depth(\.depth), .steps(\.steps), .rate(\.rate), .truncation(\.truncation), .batch(\.batch),
    ]
    public static let requirements: [Requirement] = [
        .twins, .coordinates, .variables(GainNetwork.fewestPlaces), .linearObservations,
    ]

    public var width = 32, depth = 4, steps = 3000, rate = 0.003, truncation = 4, batch = 64
    public var weights: ResidualAnalysis?

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: ResidualAnalysis, record: TrainingRecord) {
        let (setting, keys, climate) = (task.setting, task.key.split(4), task.climate)
        let start = ResidualAnalysis(
            GainNetwork(channels: 2, width: width, depth: depth, key: keys[0], type: .float32),
            center: climate.mean().scalar, scale: climate.variance().scalar.squareRoot())
        if let saved = try keeper.saved(like: start) { return (saved.model, saved.record) }
        var options = AnalysisTraining()
        (options.batch, options.cycles, options.steps, options.rate) = (batch, truncation, steps, rate)
        (options.observationError, options.places) = (setting.error, setting.observed)
        (options.observed, options.modelError) = (1 - setting.missing, setting.modelError)
        // A batch of more trajectories than there are states begins from some of them again.
        let order = Tensor.range(batch) % Tensor(integer: climate.shape[0])
        let rows = climate.taking(keys[1].permutation(climate.shape[0]).taking(order))
        let truth = rows.cast(to: .float32)
        let (world, forecast) = (setting.model.map, task.model)
        let trainer = AnalysisTrainer(
            options, like: start, truth: truth, forecast: { forecast($0).cast(to: $0.type) }, model: { world($0) })
        let (session, seconds) = try keeper.learn(
            trainer.start(start, from: truth, key: keys[2]), isFinished: trainer.isFinished,
            progress: {
                ($0.state.epochs, options.steps, $0.state.losses.values[max(0, $0.state.epochs - 1)])
            }, advance: { trainer.advance(&$0) })
        let state = session.state
        let record = record(state, of: start, in: setting.name, stepsPerEpoch: 1)
        // Each step sees other truths: none is better than the last, unless the network has diverged.
        let network = state.outcome == .completed ? state.parameters : state.best
        try keeper.save(network, record, seconds: seconds, tag: "error")
        return (network, record)
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        problem.run(
            Cycle(PointForecast(problem.model), requireWeights()),
            from: PointEstimate(problem.background.climatology.mean))
    }

    public func gain(on setting: TwinSetting, seed: Int) -> Tensor? { weights.map { setting.gain($0, seed: seed) } }
}

extension TwinSetting {
    /// The mean over states of the climate of the derivative of an analysis by observations that agree with the
    /// forecast, `[n, m]`.
    func gain(_ network: ResidualAnalysis, seed: Int) -> Tensor {
        let climate = draw(.tuning, seed: seed, cycles: 2).climate
        let states = climate.taking(Tensor(integers: (0..<20).map { 50 * $0 }))
        return compile(like: states) { states in
            vmap { (forecast: Tensor) in
                jacobian(of: { (values: Tensor) in
                    let seen = Observation(values: values, errorCovariance: errorCovariance, operator: operation)
                    return network(PointEstimate(forecast), seen).belief.mean
                })(operation(forecast))
            }(states).mean(axes: [0])
        }(states)
    }
}
