import Tensors

/// Stochastic gradient descent with momentum: `v ← μ v + g`, `θ ← θ − η v`; Nesterov's form steps along `g + μ v`.
///
/// Reference: Sutskever et al. 2013 (ICML), in the form in which PyTorch has it.
public struct GradientDescent: Optimizer {
    /// The learning rate `η`.
    public var rate: Schedule
    /// The momentum `μ`, in [0, 1).
    public var momentum: Tensor
    public let isNesterov: Bool
    public let memory: Int

    public init(rate: Schedule, momentum: Double = 0, nesterov: Bool = false) {
        precondition(
            0..<1 ~= momentum && !(nesterov && momentum == 0),
            "GradientDescent: a momentum of \(momentum)\(nesterov ? " in Nesterov's form" : "")")
        self.rate = rate
        self.momentum = Tensor(momentum)
        isNesterov = nesterov
        memory = momentum == 0 ? 0 : 1
    }

    public func update(
        _ parameters: [Tensor], gradients: [Tensor], memory: [[Tensor]], step: Tensor
    ) -> (parameters: [Tensor], memory: [[Tensor]]) {
        let rate = rate(step)
        let rates = parameters.map { rate.cast(to: $0.type) }
        let velocities = zip(gradients, memory).map { gradient, memory in
            memory.first.map { momentum.cast(to: gradient.type) * $0 + gradient } ?? gradient
        }
        let directions = zip(gradients, velocities).map { gradient, velocity in
            isNesterov ? gradient + momentum.cast(to: gradient.type) * velocity : velocity
        }
        let changed = parameters.indices.map { parameters[$0] - rates[$0] * directions[$0] }
        return (changed, self.memory == 0 ? memory : velocities.map { [$0] })
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&rate, "rate")
        visitor.visit(&momentum, "momentum")
    }
}
