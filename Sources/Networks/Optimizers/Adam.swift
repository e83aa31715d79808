import Tensors

/// Adaptive moments: each element steps by the ratio of the running mean of its gradient to its running size.
///
/// `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `θ ← θ − η (m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε) + λ θ)`.
///
/// With a weight decay `λ` it is AdamW, the decay decoupled from the gradient. References: Kingma & Ba 2015, algorithm
/// 1; Loshchilov & Hutter 2019, algorithm 2.
public struct Adam: Optimizer {
    /// The learning rate `η`.
    public var rate: Schedule
    /// `β₁`, `β₂`, `ε` and `λ`, scalars.
    public var meanDecay: Tensor
    public var squareDecay: Tensor
    public var epsilon: Tensor
    public var weightDecay: Tensor
    public let decaysWeights: Bool
    public var memory: Int { 2 }

    public init(
        rate: Schedule = 1e-3, meanDecay: Double = 0.9, squareDecay: Double = 0.999, epsilon: Double = 1e-8,
        weightDecay: Double = 0
    ) {
        precondition(
            0..<1 ~= meanDecay && 0..<1 ~= squareDecay && epsilon > 0 && weightDecay >= 0,
            "Adam: decays \(meanDecay) and \(squareDecay), epsilon \(epsilon), weight decay \(weightDecay)")
        self.rate = rate
        self.meanDecay = Tensor(meanDecay)
        self.squareDecay = Tensor(squareDecay)
        self.epsilon = Tensor(epsilon)
        self.weightDecay = Tensor(weightDecay)
        decaysWeights = weightDecay > 0
    }

    public func update(
        _ parameters: [Tensor], gradients: [Tensor], memory: [[Tensor]], step: Tensor
    ) -> (parameters: [Tensor], memory: [[Tensor]]) {
        // The corrections for the bias are scalars: √(v / c) + ε = (√v + ε √c) / √c.
        let rate = rate(step)
        let root = (1 - squareDecay.power(step)).sqrt()
        let scalars = [
            meanDecay, 1 - meanDecay, squareDecay, 1 - squareDecay, rate * root / (1 - meanDecay.power(step)),
            epsilon * root, 1 - rate * weightDecay,
        ]
        let changes = parameters.indices.map { i in
            moved(parameters[i], gradients[i], memory[i], scalars.map { $0.cast(to: parameters[i].type) })
        }
        return (changes.map(\.0), changes.map(\.1))
    }

    private func moved(
        _ parameter: Tensor, _ gradient: Tensor, _ memory: [Tensor], _ scalars: [Tensor]
    ) -> (Tensor, [Tensor]) {
        let mean = scalars[0] * memory[0] + scalars[1] * gradient
        let square = scalars[2] * memory[1] + scalars[3] * gradient.squared()
        // The smallest of numbers keeps the derivative of the root finite where the gradient has always been zero.
        let change = scalars[4] * mean / ((square + 1e-37).sqrt() + scalars[5])
        return ((decaysWeights ? scalars[6] * parameter : parameter) - change, [mean, square])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&rate, "rate")
        visitor.visit(&meanDecay, "meanDecay")
        visitor.visit(&squareDecay, "squareDecay")
        visitor.visit(&epsilon, "epsilon")
        visitor.visit(&weightDecay, "weightDecay")
    }
}
