import Tensors

/// A rule that changes parameters along their gradient.
///
/// The rule is a value whose leaves are its rates; what it remembers is another, `OptimizerState`. Both are trees and
/// `update` is a function, so that training can be a `scan`, and can itself be differentiated. One rule serves
/// parameters of any type; leaves that are not real (random keys, masks) stay as they are.
public protocol Optimizer: Tree {
    /// How many tensors it remembers for each parameter.
    var memory: Int { get }

    /// The changed parameters and memory of all real leaves; `step` counts from 1.
    func update(
        _ parameters: [Tensor], gradients: [Tensor], memory: [[Tensor]], step: Tensor
    ) -> (parameters: [Tensor], memory: [[Tensor]])
}

/// The state of an optimizer between steps.
public struct OptimizerState: Tree {
    /// The number of steps taken, a `float64` scalar.
    public var step: Tensor
    /// For each real leaf of the parameters, in the order of their walk,
    /// as many tensors of its shape as the rule needs.
    public var memory: [[Tensor]]

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&step, "step")
        visitor.visit(&memory, "memory")
    }
}

extension Optimizer {
    /// The state before the first step: zeros.
    public func start(_ parameters: some Tree) -> OptimizerState {
        let real = parameters.leaves.filter(\.type.isReal)
        return OptimizerState(
            step: 0 as Tensor,
            memory: real.map { leaf in (0..<memory).map { _ in Tensor.zeros(leaf.shape, type: leaf.type) } })
    }

    /// The parameters and the state after one step.
    public func update<P: Tree>(
        _ parameters: P, gradient: P, state: OptimizerState
    ) -> (parameters: P, state: OptimizerState) {
        var leaves = parameters.leaves
        let gradients = gradient.leaves
        let real = leaves.indices.filter { leaves[$0].type.isReal }
        precondition(
            leaves.map(\.shape) == gradients.map(\.shape) && real.count == state.memory.count,
            "parameters of shapes \(leaves.map(\.shape)), a gradient of shapes \(gradients.map(\.shape)) "
                + "and a state of \(state.memory.count) tensors")
        let step = state.step + 1
        let changed = update(
            real.map { leaves[$0] }, gradients: real.map { gradients[$0] }, memory: state.memory, step: step)
        for (leaf, value) in zip(real, changed.parameters) { leaves[leaf] = value }
        return (parameters.replacingLeaves(leaves), OptimizerState(step: step, memory: changed.memory))
    }

    /// Takes one step in place.
    public func update<P: Tree>(_ parameters: inout P, gradient: P, state: inout OptimizerState) {
        (parameters, state) = update(parameters, gradient: gradient, state: state)
    }
}
