import Tensors

/// The observations of a window of time, as a function of the state at its beginning: the model carries the state on,
/// and the operator looks at it at `count` times in a row, the first of them `delay` steps after the beginning.
///
/// With it an observation of a whole window is like any other, and every analysis becomes one of the state at the
/// beginning of the window. Its values are `[count · m]`, time by time.
public struct WindowOperator<Model: ForecastModel, Operator: StateMap>: Map {
    public var model: Model
    public var `operator`: Operator
    /// The number of the model's step at the beginning of the window, an integer scalar.
    public var start: Tensor
    public let delay: Int
    public let count: Int

    public init(
        _ model: Model, _ operator: Operator, start: Tensor = Tensor(integer: 0), delay: Int = 0,
        count: Int
    ) {
        precondition(delay >= 0 && count > 0, "a window of \(count) observations after \(delay) steps")
        (self.model, self.operator, self.start) = (model, `operator`, start)
        (self.delay, self.count) = (delay, count)
    }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        let first = carried(state, from: start, steps: delay)
        let seen = `operator`(first).expanded(axis: 0)
        if count == 1 { return seen.flattened() }
        let begin = start + Tensor(integer: delay)
        let later = scan(over: Tensor.range(count - 1) + begin, from: first) { state, step in
            let next = model(state, step: step)
            return (next, `operator`(next))
        }.outputs
        return Tensor.concatenated([seen, later]).flattened()
    }

    private func carried(_ state: Tensor, from start: Tensor, steps: Int) -> Tensor {
        if steps == 0 { return state }
        return scan(over: Tensor.range(steps) + start, from: state) { state, step in
            (model(state, step: step), Nothing())
        }.final
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&`operator`, "operator")
        visitor.visit(&start, "start")
    }
}

extension Tensor {
    /// The block-diagonal matrix `[count · m, count · m]` of matrices `[count, m, m]`.
    func blockDiagonal() -> Tensor {
        let (count, m) = (shape[0], shape[1])
        let places = Tensor.identity(count).reshaped([count, 1, count, 1])
        return (expanded(axis: 2) * places).reshaped([count * m, count * m])
    }
}
