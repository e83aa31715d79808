import Tensors

extension Tsitouras5 {
    /// The states `[T, n]` at some times `[T]` between the start and the end, in any order, by interpolation within the
    /// steps that the integration takes of itself; the error is of order four. NaN where it does not get to its end.
    ///
    /// Derivatives are those of the interpolated accepted steps. Cost: about three times the integration, and memory of
    /// eight times `most` states.
    public func interpolatedStates<F: Tendency>(
        _ f: F, from state: Tensor, at start: Tensor, to end: Tensor, times: Tensor
    ) -> Tensor {
        let control = StepControl(method: Tsitouras54(), tolerance: tolerance, absolute: absolute, most: most)
        let course = Course(tendency: f, state: state, start: start.cast(to: .float64), end: end.cast(to: .float64))
        let found = control.integration(f, from: state, at: start, to: end)
        let steps = control.recorded(course, found)
        // An integration of no step has the state everywhere.
        let first = Step(
            state: state, slopes: Tensor.zeros([7] + state.shape, type: state.type), time: course.start,
            length: Tensor(0)
        )
        let taken = control.replayed(course, steps, found.steps) { x, time, h in
            Step(state: x, slopes: Tsitouras54().slopes(f, x, time, h), time: time, length: h)
        }.outputs
        let all = first.combiningLeaves(taken) { Tensor.concatenated([$0.expanded(axis: 0), $1]) }

        let direction = (course.end - course.start).sign().stoppingGradient
        let isTaken = Tensor.range(most) .< found.steps
        let ends = select(isTaken, direction * steps.second, Tensor(Double.infinity))
        let places = (ends.insertionIndices(of: direction * times) + Tensor(integer: 1)).minimum(found.steps)
        let own = all.mappingLeaves { $0.taking(places) }
        let isMoving = own.length .!= 0
        let part = select(isMoving, (times - own.time) / select(isMoving, own.length, 1), 0)
        let square = part * part
        let powers = Tensor.stacked([part, square, square * part, square * square], axis: 1)
        let weights =
            powers.matrixProduct(Tensor(rows: Tsitouras54.interpolant).transposed) * own.length.expanded(axis: 1)
        let change = weights.cast(to: state.type).expanded(axis: 1).matrixProduct(own.slopes)
        let states = own.state + change.reshaped([times.count] + state.shape)
        let hasArrived = found.status .== Tensor(integer: Integration.Status.arrived.rawValue)
        return select(hasArrived, states, Tensor.filled(.nan, type: state.type))
    }
}

/// A step that was taken, with its stages.
private struct Step: Tree {
    var state: Tensor
    var slopes: Tensor
    var time: Tensor
    var length: Tensor

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&state, "state")
        visitor.visit(&slopes, "slopes")
        visitor.visit(&time, "time")
        visitor.visit(&length, "length")
    }
}
