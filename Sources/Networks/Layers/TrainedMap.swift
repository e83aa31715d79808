import Tensors

/// A map that is another one while it is trained: it draws random numbers, or takes statistics of its batch.
///
/// A training step differentiates `training`, moves the parameters, and then lets them adopt the statistics of `next`:
///
///     let (output, next) = network.training(batch, key: key)
///     network = moved.adopting(next)
public protocol TrainedMap<Input, Output>: Map {
    /// The output in training, and the map with the statistics of this batch in it, which have no derivative.
    func training(_ x: Input, key: Key) -> (output: Output, next: Self)
    /// The map with the statistics, no parameters, of another.
    func adopting(_ other: Self) -> Self
}

extension TrainedMap {
    public func training(_ x: Input, key: Key) -> (output: Output, next: Self) { (self(x), self) }
    public func adopting(_ other: Self) -> Self { self }
}

extension DenseNetwork: TrainedMap {}
