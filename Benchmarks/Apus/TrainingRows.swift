import Kernels
import Learning
import Networks
import Tensors

/// What a training step changes.
private struct Learner<Network: Tree>: Tree {
    var network: Network
    var state: OptimizerState

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&network, "network")
        visitor.visit(&state, "state")
    }
}

private let batches = 16

/// Gradient and the optimizer's update as one compiled program; a run is one pass over the batches, a call each.
private func training<Network: Tree>(
    _ network: Network, with optimizer: some Optimizer = Adam(rate: 1e-3), inputs: Tensor, targets: Tensor,
    loss: @escaping (Network, Tensor, Tensor) -> Tensor
) -> Prepared {
    let data = (0..<batches).map { Pair(inputs[$0], targets[$0]) }
    let start = Learner(network: network, state: optimizer.start(network))
    let step = compile(like: Pair(start, data[0])) { now in
        let (learner, batch) = (now.first, now.second)
        let (value, slope) = valueAndGradient(of: { loss($0, batch.first, batch.second) })(learner.network)
        let (network, state) = optimizer.update(learner.network, gradient: slope, state: learner.state)
        return Pair(Learner(network: network, state: state), value)
    }
    var learner = start
    return Prepared(
        run: { for batch in data { learner = step(Pair(learner, batch)).first } },
        result: {
            var learner = start
            return data.map { batch in
                let next = step(Pair(learner, batch))
                learner = next.first
                return next.second.scalar
            }
        })
}

/// Uniform weights with Glorot's bound, as in `networks.py`.
private func weights(_ seed: UInt64, _ shape: [Int], _ inputs: Int, _ outputs: Int) -> Tensor {
    ((6 / Double(inputs + outputs)).squareRoot() * uniform(seed, shape)).cast(to: .float32)
}

private func linear(_ seed: UInt64, _ inputs: Int, _ outputs: Int) -> Dense {
    Dense(
        weight: weights(seed, [inputs, outputs], inputs, outputs), bias: Tensor.zeros([outputs], type: .float32))
}

private func convolution(_ seed: UInt64, _ outputs: Int, _ inputs: Int, width: Int = 5) -> PeriodicConvolution {
    PeriodicConvolution(
        weight: weights(seed, [outputs, inputs, width], width * inputs, width * outputs),
        bias: Tensor.zeros([outputs], type: .float32))
}

/// The bilinear convolutional network for Lorenz-96 in the manner of Brajard et al. (2020), 8305 parameters.
private struct PeriodicNetwork: Map {
    var first = convolution(11, 24, 1)
    var second = convolution(12, 24, 1)
    var third = convolution(13, 24, 1)
    var mixing = convolution(14, 32, 48)
    var last = convolution(15, 1, 32)

    func callAsFunction(_ x: Tensor) -> Tensor {
        let x = x.expanded(axis: -2)
        let both = Tensor.concatenated([first(x), second(x) * third(x)], axis: -2)
        return last(mixing(both).maximum(0)).element(0, axis: -2)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&first, "first")
        visitor.visit(&second, "second")
        visitor.visit(&third, "third")
        visitor.visit(&mixing, "mixing")
        visitor.visit(&last, "last")
    }
}

/// A convolution with zeros around the image, a rectifier, and the maximum over 2 × 2 points.
private struct PooledConvolution: Map {
    var weight: Tensor
    var bias: Tensor

    init(_ seed: UInt64, _ outputs: Int, _ inputs: Int) {
        weight = weights(seed, [outputs, inputs, 3, 3], 9 * inputs, 9 * outputs)
        bias = Tensor.zeros([outputs], type: .float32)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let wide = x.convolution(weight, padding: .zero) + bias.reshaped([bias.count, 1, 1])
        return wide.maximum(0).maximumPooling([2, 2])
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}

/// Two of these and a dense layer, for ten classes of images of 28 × 28 points.
private struct ImageNetwork: Map {
    var first = PooledConvolution(11, 16, 1)
    var second = PooledConvolution(12, 32, 16)
    var last = linear(13, 7 * 7 * 32, 10)

    func callAsFunction(_ images: Tensor) -> Tensor {
        let x = second(first(images.expanded(axis: 1)))
        return last(x.reshaped([x.shape[0], 7 * 7 * 32]))
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&first, "first")
        visitor.visit(&second, "second")
        visitor.visit(&last, "last")
    }
}

/// The analysis of row 7 of `apus reproduce`, ten layers of 32 channels, with random weights.
private func analysisNetwork() -> ResidualAnalysis {
    var network = GainNetwork(channels: 2, width: 32, depth: 10, key: Key(0), type: .float32)
    for i in 0..<10 { network.features.layers[i] = convolution(11 + UInt64(i), 32, i == 0 ? 2 : 32) }
    network.linear = convolution(21, 32, 1, width: 9)
    network.last = convolution(22, 1, 32)
    return ResidualAnalysis(network, center: 2.4, scale: 3.6)
}

/// What is made small in training it: the error of an analysis, in expectation over the errors of the observations.
private func expectedError(_ analysis: ResidualAnalysis, _ forecast: Tensor, _ truth: Tensor) -> Tensor {
    let coverage = Tensor.ones(truth.shape, type: .float32)
    let gain = analysis.gain(forecast, coverage)
    let bias = forecast + gain.increment(truth - forecast) - truth
    return ((bias.squared() + gain.errorVariance(coverage)).mean(axes: [1]) + 1e-12).sqrt().mean()
}

private func images() -> Tensor { uniform(21, [batches, 128, 28, 28]).cast(to: .float32) }

private func classes() -> Tensor {
    let numbers = uniform(22, [batches, 128]).values.map { min(Int(5 * ($0 + 1)), 9) }
    return Tensor(integers: numbers).reshaped([batches, 128])
}

private func states(_ seed: UInt64) -> Tensor { uniform(seed, [batches, 256, 40]).cast(to: .float32) }

let trainingRows: [String: @Sendable () -> Prepared] = [
    "training/dense": {
        let network = DenseNetwork([linear(11, 40, 256), linear(12, 256, 256), linear(13, 256, 40)], activation: .relu)
        return training(network, inputs: states(21), targets: states(22)) { Loss.meanSquaredError($0($1), $2) }
    },
    "training/periodic": {
        training(PeriodicNetwork(), inputs: states(21), targets: states(22)) { Loss.meanSquaredError($0($1), $2) }
    },
    "training/analysis": {
        let truth = 8 * uniform(23, [batches, 32, 40]).cast(to: .float32)
        let forecast = truth + uniform(24, [batches, 32, 40]).cast(to: .float32)
        return training(
            analysisNetwork(), with: Muon(rate: 1e-3), inputs: forecast, targets: truth, loss: expectedError)
    },
    "training/images": {
        training(ImageNetwork(), inputs: images(), targets: classes()) {
            Loss.crossEntropy(logits: $0($1), classes: $2)
        }
    },
]
