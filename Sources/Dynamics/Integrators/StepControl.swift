import Tensors

/// A method of one step with an estimate of its error.
protocol EmbeddedMethod: Sendable {
    /// The error of a step that is controlled shrinks with this power of its length.
    var order: Double { get }
    /// The state after a step. A step of length zero gives the state back.
    func advanced<F: Tendency>(_ f: F, _ x: Tensor, _ time: Tensor, _ h: Tensor) -> Tensor
    /// The same with an estimate of its error, and the tendency at the end; `slope` is that at the start.
    func trial<F: Tendency>(
        _ f: F, _ x: Tensor, slope: Tensor, _ time: Tensor, _ h: Tensor
    ) -> (state: Tensor, error: Tensor, slope: Tensor)
}

/// Steps whose lengths follow from the errors of those before them, by a proportional and integral controller.
///
/// The error of a step is the root mean square of its components in units of `absolute + tolerance |x|`. Reference:
/// Hairer & Wanner, *Solving Ordinary Differential Equations II* (Springer, 1996), section IV.2.
struct StepControl<Method: EmbeddedMethod>: Sendable {
    let method: Method
    let tolerance: Double
    let absolute: Double
    let most: Int

    /// The state of an integration between two steps.
    struct Now: Tree {
        var state: Tensor
        /// The tendency at the state.
        var slope: Tensor
        var time: Tensor
        /// The length of the step to try.
        var step: Tensor
        var lastError: Tensor
        var wasRejected: Tensor
        /// One of `Integration.Status`; the first means that it goes on.
        var status: Tensor
        var steps: Tensor
        var worst: Tensor

        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&state, "state")
            visitor.visit(&slope, "slope")
            visitor.visit(&time, "time")
            visitor.visit(&step, "step")
            visitor.visit(&lastError, "lastError")
            visitor.visit(&wasRejected, "wasRejected")
            visitor.visit(&status, "status")
            visitor.visit(&steps, "steps")
            visitor.visit(&worst, "worst")
        }
    }

    /// From the start to the end, or to where it is stopped.
    func run<F: Tendency>(_ f: F, from state: Tensor, at start: Tensor, to end: Tensor) -> Now {
        whileLoop(from: first(f, from: state, at: start, to: end)) { now in
            (now.status .== Tensor(integer: 0)) .& (now.steps .< Tensor(integer: most))
        } do: { now in
            next(f, now, to: end)
        }
    }

    private func units(_ x: Tensor, _ y: Tensor) -> Tensor {
        x.absolute().maximum(y.absolute()) * tolerance + absolute
    }
    private func size(_ x: Tensor) -> Tensor { x.squared().mean().sqrt().cast(to: .float64) }

    /// The first step is one whose error would be small if the second derivative stayed as it is.
    func first<F: Tendency>(_ f: F, from state: Tensor, at start: Tensor, to end: Tensor) -> Now {
        let (span, units) = (end - start, units(state, state))
        let length = span.absolute()
        let slope = f(state, time: start)
        let (value, change) = (size(state / units), size(slope / units))
        let isFlat = (value .< 1e-5) .| (change .< 1e-5)
        let trial = select(isFlat, 1e-6, 0.01 * value / select(isFlat, 1, change)).minimum(length)
        let h = trial * span.sign()
        let later = f(state + h.cast(to: state.type) * slope, time: start + h)
        let bend = size((later - slope) / units) / select(trial .> 0, trial, 1)
        let largest = change.maximum(bend)
        let isStraight = largest .<= 1e-15
        let wanted = select(
            isStraight, (trial * 1e-3).maximum(1e-6),
            (0.01 / select(isStraight, 1, largest)).power(Tensor(floatLiteral: 1 / method.order)))
        let chosen = wanted.minimum(100 * trial).minimum(length)
        let isUsable = chosen.isFinite .& (chosen .> 0)
        let isOver = (length .== 0).cast(to: .int64)
        return Now(
            state: state, slope: slope, time: start, step: select(isUsable, chosen, 1e-3 * length) * span.sign(),
            lastError: Tensor(1e-4), wasRejected: Tensor([false], shape: []),
            status: isOver + 2 * (!length.isFinite).cast(to: .int64), steps: Tensor(integer: 0),
            worst: Tensor(integer: 0))
    }

    /// Tries a step.
    func next<F: Tendency>(_ f: F, _ now: Now, to end: Tensor) -> Now {
        // No sliver is left before the end.
        let isLast = 1.01 * now.step.absolute() .>= (end - now.time).absolute()
        let time = select(isLast, end, now.time + now.step)
        let h = time - now.time
        let (state, error, slope) = method.trial(f, now.state, slope: now.slope, now.time, h)
        let ratios = error / units(now.state, state)
        let size = size(ratios)
        let isAccepted = size .<= 1  // not for NaN
        let bounded = select(size.isFinite, size, 1e10).clipped(from: 1e-10, to: 1e10)
        let exponent = 1 / method.order - 0.75 * 0.04
        let plain = bounded.power(Tensor(floatLiteral: -exponent)) * 0.9
        let growth = (plain * now.lastError.power(0.04)).clipped(from: 0.2, to: 10)
        let factor = select(
            isAccepted, select(now.wasRejected, growth.minimum(1), growth), plain.clipped(from: 0.1, to: 0.9))
        let step = factor * h
        let shortest = 10 * Double.ulpOfOne * now.time.absolute().maximum(end.absolute())
        let hasArrived = isAccepted .& isLast
        let isStuck = !hasArrived .& (step.absolute() .< shortest)
        return Now(
            state: select(isAccepted, state, now.state), slope: select(isAccepted, slope, now.slope),
            time: select(isAccepted, time, now.time), step: step,
            lastError: select(isAccepted, bounded.maximum(1e-4), now.lastError), wasRejected: !isAccepted,
            status: hasArrived.cast(to: .int64) + 2 * isStuck.cast(to: .int64),
            steps: now.steps + Tensor(integer: 1), worst: ratios.absolute().argmax())
    }
}
