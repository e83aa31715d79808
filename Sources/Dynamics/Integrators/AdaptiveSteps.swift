import Tensors

/// The arguments of an integration, by all of which it can be differentiated.
struct Course<F: Tendency>: Tree {
    var tendency: F
    var state: Tensor
    var start: Tensor
    var end: Tensor

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&tendency, "tendency")
        visitor.visit(&state, "state")
        visitor.visit(&start, "start")
        visitor.visit(&end, "end")
    }
}

extension StepControl {
    /// The integration, with derivatives of the accepted steps: the steps are chosen once more and recorded, and the
    /// recorded ones are a loop with derivatives of every order.
    func integration<F: Tendency>(_ f: F, from state: Tensor, at start: Tensor, to end: Tensor) -> Integration {
        customTangent { (course: Course<F>) in
            let last = run(course.tendency, from: course.state, at: course.start, to: course.end)
            let hasArrived = last.status .== Tensor(integer: Integration.Status.arrived.rawValue)
            return Integration(
                state: select(hasArrived, last.state, Tensor.filled(.nan, type: state.type)), time: last.time,
                reached: last.state, status: last.status, steps: last.steps, worst: last.worst)
        } tangent: { course, found, change in
            let times = recorded(course, found)
            var tangent = found.mappingLeaves { Tensor.zeros($0.shape, type: $0.type) }
            tangent.state =
                jvp(
                    { (course: Course<F>) in replayed(course, times, found.steps) { _, _, _ in Nothing() }.final },
                    at: course, along: change
                ).tangent
            return tangent
        }(Course(tendency: f, state: state, start: start.cast(to: .float64), end: end.cast(to: .float64)))
    }

    /// The times before and after each step that was tried, equal where it was rejected, and where all was in vain.
    func recorded<F: Tendency>(_ course: Course<F>, _ found: Integration) -> Pair<Tensor, Tensor> {
        let course = course.mappingLeaves(\.stoppingGradient)
        let start = first(course.tendency, from: course.state, at: course.start, to: course.end)
        let hasArrived = found.status .== Tensor(integer: Integration.Status.arrived.rawValue)
        return scan(over: Nothing(), from: start, count: most, limit: found.steps) { now, _ in
            let next = next(course.tendency, now, to: course.end)
            return (next, Pair(now.time, select(hasArrived, next.time, now.time)))
        }.outputs
    }

    /// The state after the recorded steps, and something of each of them: of the state, the time and the length.
    func replayed<F: Tendency, Y: Tree>(
        _ course: Course<F>, _ times: Pair<Tensor, Tensor>, _ count: Tensor, _ output: (Tensor, Tensor, Tensor) -> Y
    ) -> (final: Tensor, outputs: Y) {
        let (first, last) = (course.start.stoppingGradient, course.end.stoppingGradient)
        return scan(
            over: Pair(times, Tensor.range(most)), from: course.state, count: most, limit: count
        ) { x, step in
            // Where others of a batch have more steps than this one, it stands still at its end.
            let goesOn = step.second .< count
            let before = select(goesOn, step.first.first, last)
            let after = select(goesOn, step.first.second, last)
            let time = select(before .== first, course.start, before)
            let h = select(after .== before, 0, select(after .== last, course.end, after) - time)
            return (method.advanced(course.tendency, x, time, h), output(x, time, h))
        }
    }
}
