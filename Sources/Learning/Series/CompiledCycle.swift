import Kernels
import Tensors

extension Cycle {
    /// Runs through the observations in machine code.
    ///
    /// Filter, start and observations are arguments of the program: all runs of the same shapes share it, whatever
    /// their model's parameters, inflation or gaps.
    public func compiledRun<H: StateMap>(
        from background: F.State, _ observations: Observations<H>, firstStep: Int = 0
    ) -> Trajectory<F.State> {
        let input = Pair(Pair(self, background), observations)
        return compile(like: input) { $0.first.first(from: $0.first.second, $0.second, firstStep: firstStep) }(input)
    }
}
