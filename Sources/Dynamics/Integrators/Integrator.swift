import Tensors

/// A method that carries a state along a tendency from one time to another.
///
/// Times are scalar tensors, values of the program: the same code serves intervals of different lengths, and under
/// `vmap` each element has its own. Time may run backwards. An interval of length zero gives the state back, bit for
/// bit, and its derivative with respect to the times is then zero. Failures are NaN.
public protocol Integrator: Tree {
    func callAsFunction<F: Tendency>(_ f: F, from state: Tensor, at start: Tensor, to end: Tensor) -> Tensor
}

extension Integrator {
    /// The states `[T, n]` at some times `[T]`, in their order: each interval is integrated by itself.
    public func states<F: Tendency>(_ f: F, from state: Tensor, at start: Tensor, times: Tensor) -> Tensor {
        scan(over: times, from: Pair(state, start)) { now, time in
            let next = self(f, from: now.first, at: now.second, to: time)
            return (Pair(next, time), next)
        }.outputs
    }
}
