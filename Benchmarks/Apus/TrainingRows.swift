import Dynamics
import Kernels
import Networks
import Tensors

/// What a training step changes.
private struct Learner<Network: Map>: Tree {
    var network: Network
    var state: OptimizerState

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&network, "network")
        visitor.visit(&state, "state")
    }
}

private let batches = 16

/// Gradient and Adam's update as one compiled program; a run is one pass over the batches, a call each.
private func training<Network: Map>(
    _ network: Network, inputs: Tensor, targets: Tensor, loss: @escaping (Network, Tensor, Tensor) -> Tensor
) -> Prepared {
    let optimizer = Adam(rate: 1e-3)
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

private func convolution(_ seed: UInt64, _ outputs: Int, _ inputs: Int) -> PeriodicConvolution {
    PeriodicConvolution(
        weight: weights(seed, [outputs, inputs, 5], 5 * inputs, 5 * outputs),
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

/// An analysis of Lorenz-96 from forecast and innovation, through four cycles: what is made small in training it.
private struct CycledNetwork: Map {
    var features = [convolution(11, 32, 3), convolution(12, 32, 32), convolution(13, 32, 32), convolution(14, 32, 32)]
    var linear = convolution(15, 32, 1)
    var last = convolution(16, 1, 32)

    /// The change of forecasts `[batch, 40]`.
    func callAsFunction(_ input: Pair<Tensor, Tensor>) -> Tensor {
        let d = input.second.expanded(axis: -2)
        let x = Tensor.concatenated(
            [(input.first.expanded(axis: -2) - 2.4) / 3.6, d, Tensor.ones(d.shape, type: .float32)], axis: -2)
        var signal = features[0](x).silu()
        for layer in features[1..<3] { signal = signal + layer(signal).silu() }
        return last(features[3](signal) * linear(d)).element(0, axis: -2)
    }

    func loss(_ states: Tensor, _ errors: Tensor) -> Tensor {
        let model = RungeKutta4(Lorenz96(), step: 0.05)
        var x = 8 * states.element(0, axis: 1)
        var f = x + states.element(1, axis: 1)
        var total: Tensor?
        for cycle in 0..<4 {
            let a = f + 0.1 * self(Pair(f, x + errors.element(cycle, axis: 1) - f))
            let part = (a - x).squared().mean()
            total = total.map { $0 + part } ?? part
            (x, f) = (model(x), model(a))
        }
        return (total ?? 0) / 4
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&features, "features")
        visitor.visit(&linear, "linear")
        visitor.visit(&last, "last")
    }
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
    "training/cycles": {
        let states = uniform(21, [batches, 64, 2, 40]).cast(to: .float32)
        let errors = uniform(22, [batches, 64, 4, 40]).cast(to: .float32)
        return training(CycledNetwork(), inputs: states, targets: errors) { $0.loss($1, $2) }
    },
    "training/images": {
        training(ImageNetwork(), inputs: images(), targets: classes()) {
            Loss.crossEntropy(logits: $0($1), classes: $2)
        }
    },
]
