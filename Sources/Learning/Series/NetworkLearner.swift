import Networks
import Tensors

/// The shape and training of a network that forecasts, or that corrects a linear forecast.
public struct NetworkOptions: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Widths of the hidden layers.
    public let hidden: [Int]
    /// The number of past values among the network's inputs.
    public let memory: Int
    /// Penalty of squared weights.
    public let ridge: Double
    public let learningRate: Double
    public let batchSize: Int
    public let maximumEpochs: Int
    public let patience: Int

    public init(
        hidden: [Int], memory: Int, ridge: Double, learningRate: Double = 2e-3, batchSize: Int = 64,
        maximumEpochs: Int = 300, patience: Int = 25
    ) {
        self.hidden = hidden
        self.memory = memory
        self.ridge = ridge
        self.learningRate = learningRate
        self.batchSize = batchSize
        self.maximumEpochs = maximumEpochs
        self.patience = patience
    }

    public var description: String {
        "hidden \(hidden.map(String.init).joined(separator: "-")), memory \(memory), ridge \(ridge.short)"
    }
}

/// Learns a network with memory and the season as input, alone or as the correction of a linear model.
///
/// Times are cut into blocks. Network `k` is trained without the blocks `k` and `k + 1`: on the second it is stopped
/// early, on the first it is scored. The forecast is the mean of all networks.
public struct NetworkLearner: Sendable {
    public let setting: NetworkOptions
    /// The linear model that is corrected; nil for a network alone, which forecasts the change from the last value.
    public let base: SeasonalRegressionOptions?
    public let folds: Int
    public let key: Key

    public init(_ setting: NetworkOptions, correcting base: SeasonalRegressionOptions? = nil, folds: Int, key: Key) {
        self.setting = setting
        self.base = base
        self.folds = folds
        self.key = key
    }

    public struct Fold: Sendable {
        public let network: DenseNetwork
        /// The number of past values among its inputs.
        public let memory: Int
        public let history: TrainingHistory
        /// Gaussian log-score of one-step forecasts on the block that the network has not seen.
        public let logScore: Double
        public let heldOut: [Int]
        /// `Σ e eᵀ` of those forecasts, `[d, d]`.
        public let squares: Tensor
        /// The root mean square of the network's values over that of its targets, on that block; 0 for a network
        /// without an effect.
        public let effect: Double
    }

    /// Trains all networks.
    public func learn(_ anomalies: SeasonalSeries, threads: Int) -> [Fold] {
        concurrentMap(folds, threads: threads) { fold($0, anomalies) }
    }

    /// Trains one network of the cross-validation on standardised anomalies without gaps.
    public func fold(_ index: Int, _ anomalies: SeasonalSeries) -> Fold {
        let memory = max(setting.memory, base?.memory ?? 1)
        let times = Array(memory..<anomalies.count)
        let blocks = TimeBlocks(times, count: folds).folds
        let held = blocks[index].heldOut
        let stopping = blocks[(index + 1) % folds].heldOut
        let training = times.filter { !held.contains($0) && !stopping.contains($0) }
        let layout = MemoryLayout(variables: anomalies.variables, memory: memory, season: anomalies.season)
        let linear =
            base.map {
                SeasonalRegression(SeasonalMoments(anomalies, layout: layout, targets: training + stopping), $0).model
            } ?? MemoryModel.persistence(layout)
        let samples = NetworkSamples(anomalies, layout: layout, memory: setting.memory, linear: linear, targets: times)
        func places(_ chosen: [Int]) -> [Int] { chosen.map { $0 - memory } }
        let objective = FoldObjective(
            samples, training: places(training), stopping: places(stopping), folds: folds, setting)
        let trained = train(objective, key: key.folding(index))
        let errors = samples.errors(trained.model)
        let heldErrors = errors.taking(Tensor(integers: places(held)))
        return Fold(
            network: trained.model, memory: setting.memory, history: trained.history,
            logScore: logScore(heldErrors, residuals: errors.taking(Tensor(integers: places(training)))),
            heldOut: held, squares: heldErrors.transposed.matrixProduct(heldErrors),
            effect: effect(of: trained.model, samples.mappingLeaves { $0.taking(Tensor(integers: places(held))) }))
    }

    private func effect(of network: DenseNetwork, _ samples: NetworkSamples) -> Double {
        let (values, targets) = (network(samples.inputs).squared().sum(), samples.targets.squared().sum())
        return values.scalar == 0 ? 0 : (values / targets).sqrt().scalar
    }

    private func train(_ objective: FoldObjective, key: Key) -> Trained<DenseNetwork> {
        let samples = objective.samples
        let network = DenseNetwork(
            widths: [samples.inputs.shape[1]] + setting.hidden + [samples.targets.shape[1]], activation: .tanh,
            key: key.folding(-1), startingAtZero: true)
        let training = Training(
            objective, Adam(rate: Schedule(setting.learningRate)), epochs: setting.maximumEpochs,
            patience: setting.patience, like: network)
        return training(network, key: key).trained
    }

    private func logScore(_ errors: Tensor, residuals: Tensor) -> Double {
        let freedom = Double(residuals.shape[0])
        let covariance = (residuals.transposed.matrixProduct(residuals) / Tensor(freedom)).shrunken(freedom: freedom)
        let squares = errors.transposed.matrixProduct(errors)
        let determinant = (covariance * Tensor(2 * Double.pi)).logDeterminant() * Tensor(Double(errors.shape[0]))
        return -0.5 * (determinant + covariance.symmetricSolve(squares).trace()).scalar
    }
}

extension [NetworkLearner.Fold] {
    /// The total score of the cross-validation.
    public var logScore: Double { map(\.logScore).reduce(0.0, +) }

    /// Covariance of the errors that the networks made where they were not trained, `[d, d]`.
    public var errorCovariance: Tensor {
        let count = map(\.heldOut.count).reduce(0, +)
        let covariance = map(\.squares).dropFirst().reduce(self[0].squares, +) / Tensor(Double(count))
        return covariance.shrunken(freedom: Double(count))
    }
}

/// Inputs and targets of the network: the targets are the next anomalies, less the forecast of the corrected model.
struct NetworkSamples: Tree {
    /// `[N, memory · d + seasons]`
    var inputs: Tensor
    /// `[N, d]`
    var targets: Tensor

    init(_ series: SeasonalSeries, layout: MemoryLayout, memory: Int, linear: MemoryModel, targets times: [Int]) {
        let states = Tensor(rows: times.map { layout.state(series.values, at: $0 - 1) })
        let seasons = layout.networkSeasons(of: times)
        inputs = Tensor.concatenated([states.slice(axis: 1, from: 0, to: memory * layout.variables), seasons], axis: 1)
        let truth = Tensor(rows: times.map { Array(series.values[$0]) })
        let used = states.slice(axis: 1, from: 0, to: linear.layout.count)
        let steps = Tensor(integers: times.map { $0 - 1 })
        targets = truth - vmap { (state: Tensor, step: Tensor) in linear.prediction(state, step: step) }(used, steps)
    }

    func errors(_ network: DenseNetwork) -> Tensor { network(inputs) - targets }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&inputs, "inputs")
        visitor.visit(&targets, "targets")
    }
}

/// The loss of a network on random batches of one fold: half the squared error of a sample,
/// and a penalty of its weights.
///
/// The samples of all times are there, and weights of 1 and 0 say which of them are learned from and which stop the
/// training. So all folds, and all penalties, have one shape and share one compiled program.
struct FoldObjective: Objective {
    var samples: NetworkSamples
    /// `[N]`, 1 for training samples.
    var training: Tensor
    /// `[N]`, 1 for the samples that score the network after every epoch.
    var stopping: Tensor
    var ridge: Tensor
    let stepsPerEpoch: Int
    let batchSize: Int

    init(_ samples: NetworkSamples, training: [Int], stopping: [Int], folds: Int, _ setting: NetworkOptions) {
        let count = samples.inputs.shape[0]
        func weights(_ places: [Int]) -> Tensor {
            var weights = [Double](repeating: 0, count: count)
            for place in places { weights[place] = 1 }
            return Tensor(weights)
        }
        self.samples = samples
        self.training = weights(training)
        self.stopping = weights(stopping)
        ridge = Tensor(setting.ridge)
        // As many batches as the largest fold fills, of equal size.
        let most = max(1, count - 2 * (count / folds))
        stepsPerEpoch = (most + setting.batchSize - 1) / setting.batchSize
        batchSize = min((most + stepsPerEpoch - 1) / stepsPerEpoch, count / stepsPerEpoch)
    }

    /// Batches of training samples in random order; the others come last and have no weight.
    func epoch(_ key: Key) -> (carry: Nothing, steps: Tensor) {
        let order = (key.uniform(training.shape) - 2 * training).argsort()[0..<(stepsPerEpoch * batchSize)]
        return (Nothing(), order.reshaped([stepsPerEpoch, batchSize]))
    }

    func loss(
        _ network: DenseNetwork, _ carry: Nothing, _ step: Tensor, key: Key
    ) -> (value: Tensor, carry: Nothing) {
        let batch = samples.mappingLeaves { $0.taking(step) }
        let weights = network.layers.map { $0.weight.squared().sum() }.reduce(Tensor.zeros(), +)
        return (mean(batch.errors(network), training.taking(step)) + 0.5 * ridge * weights, Nothing())
    }

    func validation(_ network: DenseNetwork) -> Tensor? { mean(samples.errors(network), stopping) }

    private func mean(_ errors: Tensor, _ weights: Tensor) -> Tensor {
        0.5 * (errors.squared().sum(axes: [1]) * weights).sum() / weights.sum().maximum(1)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&samples, "samples")
        visitor.visit(&training, "training")
        visitor.visit(&stopping, "stopping")
        visitor.visit(&ridge, "ridge")
    }
}
