import Tensors

/// Momentum made orthogonal: all directions of a matrix of weights are stepped along alike;
/// other leaves go by Adam.
///
/// `M ← β M + (1 − β) G`, `O = orthogonal(β M + (1 − β) G)`, `W ← W − η s √max(m, n) O`, of each parameter of two axes
/// or more as a matrix `[m, n]`, the first axis its rows. `orthogonal` is five steps `X ← a X + b X Xᵀ X + c (X Xᵀ)² X`
/// of Newton–Schulz's kind from `X / ‖X‖`, which take singular values to between 0.7 and 1.2. With a share `s` of 0.2
/// steps are about as large as Adam's.
///
/// Cost of a matrix with `m ≤ n`: `30 m² n` operations. References: Jordan et al., *Muon: an optimizer for hidden
/// layers in neural networks* (2024); the share: Liu et al., *Muon is scalable for LLM training* (2025),
/// arXiv 2502.16982.
public struct Muon: Optimizer {
    /// For leaves that are no matrices; its rate is the rate of all.
    public var adam: Adam
    /// The momentum `β`, in [0, 1).
    public var momentum: Tensor
    /// `s`, the root of the mean square of a step over the rate.
    public var share: Tensor
    public var memory: Int { 2 }

    public init(rate: Schedule, momentum: Double = 0.95, share: Double = 0.2) {
        precondition(0..<1 ~= momentum && share > 0, "Muon: a momentum of \(momentum), a share of \(share)")
        adam = Adam(rate: rate)
        self.momentum = Tensor(momentum)
        self.share = Tensor(share)
    }

    public func update(
        _ parameters: [Tensor], gradients: [Tensor], memory: [[Tensor]], step: Tensor
    ) -> (parameters: [Tensor], memory: [[Tensor]]) {
        let others = parameters.indices.filter { parameters[$0].rank < 2 }
        let moved = adam.update(
            others.map { parameters[$0] }, gradients: others.map { gradients[$0] }, memory: others.map { memory[$0] },
            step: step)
        let size = share * adam.rate(step)
        var (changed, remembered) = (parameters, memory)
        for (place, i) in others.enumerated() {
            (changed[i], remembered[i]) = (moved.parameters[place], moved.memory[place])
        }
        for i in parameters.indices where parameters[i].rank >= 2 && parameters[i].count > 0 {
            let (old, type, shape) = (momentum.cast(to: parameters[i].type), parameters[i].type, parameters[i].shape)
            remembered[i][0] = old * memory[i][0] + (1 - old) * gradients[i]
            let direction = (old * remembered[i][0] + (1 - old) * gradients[i]).reshaped([shape[0], -1])
            let scale = (size * Tensor(Double(direction.shape.max()!).squareRoot())).cast(to: type)
            changed[i] = parameters[i] - scale * orthogonal(direction).reshaped(shape)
        }
        return (changed, remembered)
    }

    /// A matrix with nearly the same singular vectors, whose singular values are all about 1; 0 of 0.
    private func orthogonal(_ matrix: Tensor) -> Tensor {
        let isTall = matrix.shape[0] > matrix.shape[1]
        var x = isTall ? matrix.transposed : matrix
        x = x / (x.squared().sum() + 1e-37).sqrt()
        for _ in 0..<5 {
            let square = x.matrixProduct(x.transposed)
            x = 3.4445 * x + (2.0315 * square.matrixProduct(square) - 4.775 * square).matrixProduct(x)
        }
        return isTall ? x.transposed : x
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&adam, "adam")
        visitor.visit(&momentum, "momentum")
        visitor.visit(&share, "share")
    }
}
