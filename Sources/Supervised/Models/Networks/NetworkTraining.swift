import Assimilation
import Kernels
import Learning
import Networks
import Tensors

/// The rule that follows the gradients, by its word.
public enum OptimizerName: String, Sendable, Codable, CaseIterable {
    case adam, sgd, muon
}

/// How networks are trained: steps of random batches, the rate rising over a twentieth of them and falling to zero as a
/// cosine.
public struct TrainingOptions: Sendable, Codable, Equatable {
    public var epochs = 20
    public var rate = 2e-3
    public var batch = 128
    /// Of squared weights, decoupled from the gradient (Adam).
    public var decay = 0.0
    /// The share of hidden units that a step leaves out.
    public var dropout = 0.0
    public var optimizer = OptimizerName.adam
    /// Of pictures alone.
    public var augmentation = Augmentation()

    public init() {}
    public init(
        epochs: Int, rate: Double = 2e-3, batch: Int = 128, decay: Double = 0, dropout: Double = 0,
        optimizer: OptimizerName = .adam, augmentation: Augmentation = Augmentation()
    ) {
        (self.epochs, self.rate, self.batch, self.decay) = (epochs, rate, batch, decay)
        (self.dropout, self.optimizer, self.augmentation) = (dropout, optimizer, augmentation)
    }
}

/// Trains networks `[batch, ...] → [batch, outputs]` in single precision.
///
/// A step is one compiled program, so that its batch is cut into tiles that stay in the cache; batches are taken from
/// the samples by another. The same key gives the same bits.
struct NetworkTraining: Sendable {
    let options: TrainingOptions

    func fitted<N: TrainedMap<Tensor, Tensor>>(
        _ network: N, to samples: Samples, _ setting: FitSetting
    ) -> FittedModel<NetworkPredictor<N>> {
        let size = min(options.batch, samples.count)
        let steps = max(1, samples.count / size) * options.epochs
        let rate = Schedule(options.rate, warmup: max(1, steps / 20), decay: .cosine(steps: steps, final: 0))
        switch options.optimizer {
        case .adam: return fitted(network, Adam(rate: rate, weightDecay: options.decay), samples, size, setting)
        case .sgd:
            let rule = GradientDescent(rate: rate, momentum: 0.9, nesterov: true)
            return fitted(network, rule, samples, size, setting)
        case .muon: return fitted(network, Muon(rate: rate), samples, size, setting)
        }
    }

    private func fitted<N: TrainedMap<Tensor, Tensor>, Rule: Optimizer>(
        _ network: N, _ rule: Rule, _ samples: Samples, _ size: Int, _ setting: FitSetting
    ) -> FittedModel<NetworkPredictor<N>> {
        var predictor = NetworkPredictor(network, samples.layout)
        predictor.setScale(samples.targets)
        let data = Pair(samples.inputs.cast(to: .float32), predictor.encoded(samples.targets))
        let augmentation = options.augmentation
        let first = BatchArguments(data: data, places: .range(size), key: Key(0))
        let take = compile(like: first) { $0.batch(augmentation) }
        let task = samples.layout.task
        var learner = Learner(network: network, state: rule.start(network))
        let step = compile(like: StepArguments(learner: learner, batch: take(first), key: Key(0))) {
            $0.step(rule, task)
        }
        let order = setting.key.split(2)
        let stepsPerEpoch = samples.count / size
        var fit = FittedModel(predictor)
        for epoch in 0..<options.epochs {
            let places = order[0].folding(epoch).permutation(samples.count)
            let keys = order[1].folding(epoch)
            var sum = 0.0
            for number in 0..<stepsPerEpoch {
                let key = keys.folding(number)
                let own = places[(number * size)..<((number + 1) * size)]
                let batch = take(BatchArguments(data: data, places: own, key: key.folding(-1)))
                let next = step(StepArguments(learner: learner, batch: batch, key: key))
                learner = next.first
                sum += next.second.scalar
            }
            let loss = sum / Double(stepsPerEpoch)
            fit.losses.append(loss)
            guard loss.isFinite else {
                fit.outcome = .diverged(step: epoch + 1)
                break
            }
            predictor.network = learner.network
            if let watched = setting.watched {
                fit.watchedLosses.append(predictor.loss(watched))
            }
            setting.progress(Double(epoch + 1) / Double(options.epochs))
        }
        fit.predictor = predictor
        return fit
    }
}

private struct Learner<N: Tree>: Tree {
    var network: N
    var state: OptimizerState

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&network, "network")
        visitor.visit(&state, "state")
    }
}

private struct BatchArguments: Tree {
    var data: Pair<Tensor, Tensor>
    var places: Tensor
    var key: Key

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&data, "data")
        visitor.visit(&places, "places")
        visitor.visit(&key, "key")
    }

    func batch(_ augmentation: Augmentation) -> Pair<Tensor, Tensor> {
        Pair(augmentation(data.first.taking(places), key: key), data.second.taking(places))
    }
}

private struct StepArguments<N: TrainedMap<Tensor, Tensor>>: Tree {
    var learner: Learner<N>
    var batch: Pair<Tensor, Tensor>
    var key: Key

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&learner, "learner")
        visitor.visit(&batch, "batch")
        visitor.visit(&key, "key")
    }

    func step(_ rule: some Optimizer, _ task: SupervisedTask) -> Pair<Learner<N>, Tensor> {
        let (value, next, slope) = valueAndGradient(keeping: { (network: N) in
            let (outputs, next) = network.training(batch.first, key: key)
            return (value: trainingLoss(outputs, batch.second, task), rest: next)
        })(learner.network)
        let (moved, state) = rule.update(learner.network, gradient: slope, state: learner.state)
        return Pair(Learner(network: moved.adopting(next), state: state), value)
    }
}

func trainingLoss(_ outputs: Tensor, _ targets: Tensor, _ task: SupervisedTask) -> Tensor {
    switch task {
    case .regression: Loss.meanSquaredError(outputs, targets)
    case .classification: Loss.crossEntropy(logits: outputs, classes: targets)
    }
}

/// A trained network, and the scale of the numbers that it predicts.
public struct NetworkPredictor<N: TrainedMap<Tensor, Tensor>>: Predictor {
    public var network: N
    /// Mean and standard deviation of the targets, `[2]`.
    public var scale: Tensor
    let layout: SampleLayout

    init(_ network: N, _ layout: SampleLayout) {
        (self.network, self.layout, scale) = (network, layout, Tensor([0, 1]))
    }

    mutating func setScale(_ targets: Targets) {
        guard case .numbers = targets else { return }
        let values = targets.tensor
        let deviation = values.variance().sqrt().scalar
        scale = Tensor([values.mean().scalar, deviation > 0 ? deviation : 1])
    }

    /// What the network is trained to: scaled numbers `[samples, 1]`, or classes `[samples]`.
    func encoded(_ targets: Targets) -> Tensor {
        guard case .numbers = targets else { return targets.tensor }
        return ((targets.tensor - scale[0]) / scale[1]).expanded(axis: -1).cast(to: .float32)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let outputs = network(x.cast(to: .float32)).cast(to: .float64)
        switch layout.task {
        case .regression: return scale[0] + scale[1] * outputs.reshaped([x.shape[0]])
        case .classification: return outputs.softmax()
        }
    }

    public func predictions(_ x: Tensor) -> Tensor { compiledParts(x, scale) { $0($1) } }

    /// In compiled parts of one size, the last filled up with its first sample.
    private func compiledParts(_ x: Tensor, _ scale: Tensor, _ body: (Self, Tensor) -> Tensor) -> Tensor {
        let count = x.shape[0]
        let size = count > 256 ? 256 : (count + 15) / 16 * 16
        func filled(_ part: Tensor) -> Tensor {
            let missing = size - part.shape[0]
            return missing == 0
                ? part : Tensor.concatenated([part] + [Tensor](repeating: part[0..<1], count: missing))
        }
        let program = compile(like: Pair(self, filled(x[0..<min(size, count)]))) { body($0.first, $0.second) }
        let parts = stride(from: 0, to: count, by: size).map { start in
            let part = x[start..<min(count, start + size)]
            return program(Pair(self, filled(part)))[0..<part.shape[0]]
        }
        return Tensor.concatenated(parts)
    }

    /// The mean loss of samples, as in training.
    func loss(_ samples: Samples) -> Double {
        let found = predictions(samples.inputs)
        switch samples.targets {
        case .numbers:
            return ((found - samples.targets.tensor) / scale[1]).squared().mean().scalar
        case .classes:
            let chosen = found.gathered(samples.targets.tensor.expanded(axis: -1), axis: -1)
            return -chosen.maximum(1e-15).log().mean().scalar
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&network, "network")
        visitor.visit(&scale, "scale")
    }
}
