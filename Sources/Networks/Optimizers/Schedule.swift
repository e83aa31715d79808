import Tensors

/// A learning rate as a function of the step: it rises linearly over the warm-up, then decays.
///
/// A number literal is a constant schedule.
public struct Schedule: Tree, ExpressibleByFloatLiteral {
    /// How the rate falls after the warm-up, as a factor of the peak.
    public enum Decay: Sendable, Equatable, Codable {
        case none
        /// `f + (1 − f) ½ (1 + cos(π t / steps))`, then `f`, the final fraction (Loshchilov & Hutter 2017, eq. 5).
        case cosine(steps: Int, final: Double)
        /// `factor^(t / steps)`.
        case exponential(steps: Int, factor: Double)
        /// `1 / √max(1, (t − start) / steps)`.
        case inverseRoot(start: Int, steps: Int)
    }

    /// The highest rate, a scalar.
    public var peak: Tensor
    /// The number of steps of the warm-up: step `t` of it, from 1, has the rate `peak · t / warmup`.
    public let warmup: Int
    public let decay: Decay

    public init(_ peak: Double, warmup: Int = 0, decay: Decay = .none) {
        switch decay {
        case .none: break
        case .cosine(let steps, _), .exponential(let steps, _), .inverseRoot(_, let steps):
            precondition(steps > 0, "Schedule: a decay over \(steps) steps")
        }
        precondition(warmup >= 0, "Schedule: a warm-up of \(warmup) steps")
        self.peak = Tensor(peak)
        self.warmup = warmup
        self.decay = decay
    }

    public init(floatLiteral value: Double) { self.init(value) }

    /// The rate of step `step`, which counts from 1; the decay's `t` is zero at the end of the warm-up, or at step 1.
    public func callAsFunction(_ step: Tensor) -> Tensor {
        let start = Double(max(warmup, 1))
        let decayed = peak * factor((step - start).maximum(0))
        return warmup > 1 ? decayed * (step / start).minimum(1) : decayed
    }

    private func factor(_ t: Tensor) -> Tensor {
        switch decay {
        case .none: 1
        case .cosine(let steps, let final):
            final + 0.5 * (1 - final) * (1 + ((t / Double(steps)).minimum(1) * Double.pi).cos())
        case .exponential(let steps, let factor): Tensor(factor).power(t / Double(steps))
        case .inverseRoot(let start, let steps): 1 / ((t - Double(start)) / Double(steps)).maximum(1).sqrt()
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&peak, "peak") }
}
