import Tensors

/// Equal steps of an explicit Runge–Kutta method: the fewest that are no longer than `step`.
///
///     n = ⌈|end − start| / step⌉,  h = (end − start) / n
///
/// The cost is that of `n` steps, also of derivatives; their memory is that of `most` states. An interval that needs
/// more than `most` steps gives NaN.
///
/// Reference: Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I* (Springer, 1993), chapter II.1.
public struct FixedStep: Integrator {
    /// Errors of a step are of order `h²`, `h³` and `h⁵`, for 1, 2 and 4 evaluations of the tendency.
    public enum Method: String, CaseIterable, Sendable {
        case euler, heun, rk4
    }

    public let method: Method
    /// The longest step, in the unit of time of the tendency.
    public let step: Double
    /// The most steps of an interval.
    public let most: Int

    public init(_ method: Method, step: Double, most: Int = 10_000) {
        precondition(step > 0 && most > 0, "FixedStep: a step of \(step), at most \(most)")
        (self.method, self.step, self.most) = (method, step, most)
    }

    public func callAsFunction<F: Tendency>(
        _ f: F, from state: Tensor, at start: Tensor, to end: Tensor
    ) -> Tensor {
        let span = end - start
        // An interval of so many steps, but for rounding, is not cut into one more.
        let needed = (span.absolute().stoppingGradient / step * (1 - 1e-9)).ceiling()
        let isPossible = needed .<= Tensor(Double(most))  // not for NaN
        let count = select(isPossible, needed, 0)
        let h = span / count.maximum(1)
        let numbers = Tensor((0..<most).map(Double.init))
        let end = scan(over: numbers, from: state, limit: count.cast(to: .int64)) { x, number in
            // Where others of a batch have more steps than this one, it stands still at its end.
            let time = start + number.minimum(count) * h
            return (advanced(f, x, time, select(number .< count, h, 0)), Nothing())
        }.final
        return select(isPossible, end, Tensor.filled(.nan, type: state.type))
    }

    private func advanced<F: Tendency>(_ f: F, _ x: Tensor, _ time: Tensor, _ h: Tensor) -> Tensor {
        let step = h.cast(to: x.type)
        let k1 = f(x, time: time)
        switch method {
        case .euler: return x + step * k1
        case .heun:
            let k2 = f(x + step * k1, time: time + h)
            return x + step / 2 * (k1 + k2)
        case .rk4:
            let k2 = f(x + step / 2 * k1, time: time + h / 2)
            let k3 = f(x + step / 2 * k2, time: time + h / 2)
            let k4 = f(x + step * k3, time: time + h)
            return x + step / 6 * (k1 + 2 * (k2 + k3) + k4)
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
