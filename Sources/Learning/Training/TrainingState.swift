import Networks
import Tensors

/// All that training needs to go on: saved and restored, it goes on to the same bits.
public struct TrainingState<Parameters: Tree>: Tree {
    public var parameters: Parameters
    public var optimizer: OptimizerState
    public var key: Key
    /// The number of epochs behind, an integer scalar.
    public var epoch: Tensor
    /// The parameters of the best score so far.
    public var best: Parameters
    /// The epoch after which they were so, an integer scalar; 0 are the parameters at the start.
    public var bestEpoch: Tensor
    /// The mean loss of each epoch, `[epochs]`, NaN where it is still to come and where a gradient was not finite.
    public var losses: Tensor
    /// The score before the first epoch and after each, `[epochs + 1]`, NaN where it is still to come. Without
    /// validation the score of an epoch is its mean loss, and the first is infinite.
    public var scores: Tensor
    /// 1 when something was not finite in the last epoch, else 0.
    public var isSpoilt: Tensor

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&parameters, "parameters")
        visitor.visit(&optimizer, "optimizer")
        visitor.visit(&key, "key")
        visitor.visit(&epoch, "epoch")
        visitor.visit(&best, "best")
        visitor.visit(&bestEpoch, "bestEpoch")
        visitor.visit(&losses, "losses")
        visitor.visit(&scores, "scores")
        visitor.visit(&isSpoilt, "isSpoilt")
    }

    public var epochs: Int { epoch.integer }
    /// The losses and scores so far, and how it went.
    public var history: TrainingHistory {
        let scored = scores.values.prefix(epochs + 1)
        return TrainingHistory(
            training: Array(losses.values.prefix(epochs)), validation: scored[0] == .infinity ? [] : Array(scored),
            kept: bestEpoch.integer)
    }
    /// Whether every loss and gradient was finite.
    public var outcome: Outcome { isSpoilt.scalar == 0 ? .completed : .diverged(step: epochs) }
    public var trained: Trained<Parameters> { Trained(model: best, history: history) }
}

extension Tensor {
    /// The one element of an integer tensor.
    var integer: Int { Int(cast(to: .float64).scalar) }

    /// The same vector with another number at `index`.
    func replacing(_ index: Int, with value: Double) -> Tensor {
        var numbers = values
        numbers[index] = value
        return Tensor(numbers)
    }
}
