import Tensors

/// One step of a recurrent network, whose first layer does not depend on the memory.
public protocol RecurrentCell: Map {
    associatedtype State: Tree
    /// From inputs to the sums that the memory is added to.
    var input: Dense { get }
    var units: Int { get }
    /// The state before anything was seen, for a batch of a shape.
    func start(_ shape: [Int]) -> State
    /// The next state, from the inputs behind the first layer.
    func next(projected: Tensor, _ state: State) -> State
    /// The part of the state that other layers see, `[..., units]`.
    func output(_ state: State) -> Tensor
}

/// A recurrent network over sequences: `[batch, times, inputs] → [batch, times, units]`, the outputs of all times.
///
/// The first layer is one product for all times; the loop multiplies the memory alone.
public struct Recurrent<Cell: RecurrentCell>: Map {
    public var cell: Cell

    public init(_ cell: Cell) { self.cell = cell }

    public func callAsFunction(_ x: Tensor) -> Tensor { run(x).outputs.transposed(to: [1, 0, 2]) }

    /// The output of the last time alone, `[batch, units]`.
    public func last(_ x: Tensor) -> Tensor { cell.output(run(x).final) }

    private func run(_ x: Tensor) -> (final: Cell.State, outputs: Tensor) {
        precondition(
            x.rank == 3 && x.shape[2] == cell.input.inputs,
            "a recurrent network of \(cell.input.inputs) inputs was given the shape \(x.shape), "
                + "not [batch, times, \(cell.input.inputs)]")
        let projected = cell.input(x.transposed(to: [1, 0, 2]))
        return scan(over: projected, from: cell.start([x.shape[0]])) { state, now in
            let next = cell.next(projected: now, state)
            return (next, cell.output(next))
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&cell, "cell") }
}
