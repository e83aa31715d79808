import Tensors

/// Elements left out at random while a network is trained, the others made larger by as much; nothing in a prediction.
///
/// Reference: Srivastava et al. 2014, J. Mach. Learn. Res. 15, 1929–1958.
public struct Dropout: TrainedMap {
    /// The probability with which an element is left out, in [0, 1).
    public let rate: Double

    public init(_ rate: Double) {
        precondition(0..<1 ~= rate, "Dropout: a rate of \(rate)")
        self.rate = rate
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: Dropout) {
        if rate == 0 { return (x, self) }
        let isKept = key.uniform(x.shape) .>= Tensor(floatLiteral: rate)
        return (select(isKept, x * Tensor(floatLiteral: 1 / (1 - rate)), Tensor.zeros(type: x.type)), self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
