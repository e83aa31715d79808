import Tensors

/// The loss of a training: losses one after another, an epoch of them at a time.
///
/// The leaves of an objective are its data, which a compiled program takes as arguments: another data set of the same
/// shape needs no other code. A loss may depend on what the one before has left behind, its *carry* (the belief of a
/// filter that is trained segment by segment); no derivative goes through a carry,
/// which is what truncates back-propagation.
public protocol Objective<Parameters>: Tree {
    /// The parameters that are learned.
    associatedtype Parameters: Tree
    /// The state that a step hands to the next.
    associatedtype Carry: Tree = Nothing
    /// The data that distinguish the steps of an epoch: indices of samples, observations of a segment.
    associatedtype Step: Tree = Nothing

    /// The number of steps of an epoch.
    var stepsPerEpoch: Int { get }

    /// The carry before the first step of an epoch, and the steps, stacked along the first axis of every leaf.
    func epoch(_ key: Key) -> (carry: Carry, steps: Step)

    /// The loss of one step, a scalar, and the next carry.
    func loss(_ parameters: Parameters, _ carry: Carry, _ step: Step, key: Key) -> (value: Tensor, carry: Carry)

    /// The score that decides which parameters are kept and when to stop, smaller is better; nil:
    /// the mean loss of the epoch.
    func validation(_ parameters: Parameters) -> Tensor?
}

extension Objective {
    public func validation(_ parameters: Parameters) -> Tensor? { nil }
}

extension Objective where Step == Nothing, Carry == Nothing {
    public func epoch(_ key: Key) -> (carry: Nothing, steps: Nothing) { (Nothing(), Nothing()) }
}

/// A loss of all data at once: each epoch is one step of gradient descent.
public struct WholeLoss<Parameters: Tree, Data: Tree>: Objective {
    public var data: Data
    private let body: @Sendable (Parameters, Data, Key) -> Tensor

    /// - Parameter loss: of parameters on the data; the key is another one in every step.
    public init(_ data: Data, loss: @escaping @Sendable (Parameters, Data, Key) -> Tensor) {
        self.data = data
        body = loss
    }

    public var stepsPerEpoch: Int { 1 }
    public func loss(
        _ parameters: Parameters, _ carry: Nothing, _ step: Nothing, key: Key
    ) -> (value: Tensor, carry: Nothing) { (body(parameters, data, key), Nothing()) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&data, "data") }
}

/// The loss of random batches of samples, which stand along the first axis of the data; an epoch sees every sample
/// once, but for those that do not fill a batch.
public struct BatchLoss<Parameters: Tree, Samples: Tree>: Objective {
    public var samples: Samples
    /// The validation loss, of data that are never trained on.
    public var held: Samples?
    public let batchSize: Int
    private let body: @Sendable (Parameters, Samples) -> Tensor

    /// - Parameter loss: the mean loss of some samples.
    public init(
        _ samples: Samples, validation held: Samples? = nil, batchSize: Int,
        loss: @escaping @Sendable (Parameters, Samples) -> Tensor
    ) {
        let counts = samples.leaves.map { $0.shape.first ?? 0 }
        precondition(
            counts.allSatisfy { $0 == counts[0] && $0 >= batchSize } && batchSize > 0,
            "BatchLoss: batches of \(batchSize) of \(counts) samples")
        (self.samples, self.held, self.batchSize) = (samples, held, batchSize)
        body = loss
    }

    public var count: Int { samples.leaves[0].shape[0] }
    public var stepsPerEpoch: Int { count / batchSize }

    public func epoch(_ key: Key) -> (carry: Nothing, steps: Tensor) {
        let order = key.permutation(count)[0..<(stepsPerEpoch * batchSize)]
        return (Nothing(), order.reshaped([stepsPerEpoch, batchSize]))
    }
    public func loss(
        _ parameters: Parameters, _ carry: Nothing, _ step: Tensor, key: Key
    ) -> (value: Tensor, carry: Nothing) {
        (body(parameters, samples.mappingLeaves { $0.taking(step) }), Nothing())
    }
    public func validation(_ parameters: Parameters) -> Tensor? { held.map { body(parameters, $0) } }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&samples, "samples")
        visitor.visit(&held, "held")
    }
}
