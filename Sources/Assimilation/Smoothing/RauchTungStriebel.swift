import Tensors

/// The fixed-interval smoother of a (linearised) Gaussian system: beliefs given all observations, past and future.
///
///     G = P Mᵀ P_f⁺,   m_s ← m + G (m_s⁺ − m_f),   P_s ← P + G (P_s⁺ − P_f) Gᵀ
///
/// A forecast covariance may be singular, as with exactly known variables or without model error: `P_f⁺` is a
/// generalised inverse, and every one gives the same estimates, because `M P` lies in the range of `P_f`. A backward
/// `scan` over the filter's trajectory; O(T n³). Reference: Rauch, Tung & Striebel (1965); Särkkä (2013), §8.2; for
/// singular covariances Anderson & Moore, *Optimal Filtering* (1979), §7.4.
public struct RauchTungStriebel: Sendable {
    public init() {}

    /// Smoothed beliefs, and the covariances of each state with its successor.
    public struct Smoothed: Tree {
        /// `[T, …]`
        public var beliefs: Gaussian
        /// `Cov(x[t+1], x[t])`, `[T − 1, n, n]`
        public var lagged: Tensor
        /// Whether the mathematics held from the last time back to the first.
        public var outcome: Outcome {
            beliefs.firstTimeWithoutNumbers.map { .diverged(step: $0) } ?? .completed
        }

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&beliefs, "beliefs")
            visitor.visit(&lagged, "lagged")
        }
    }

    public func smooth<F: GaussianForecast>(_ trajectory: Trajectory<Gaussian>, _ forecast: F) -> Smoothed {
        let count = trajectory.count
        let last = trajectory.analyses.at(count - 1)
        let steps = Tensor.range(count - 1) + Tensor(integer: trajectory.firstStep)
        let before = trajectory.analyses.mappingLeaves { $0[0..<(count - 1)] }
        let ahead = trajectory.backgrounds.mappingLeaves { $0[1..<count] }
        let earlier = scan(over: Pair(steps, Pair(before, ahead)), from: last, reversed: true) { smoothed, x in
            let (analysis, forecasted) = (x.second.first, x.second.second)
            let tangent = forecast.tangent(at: analysis.mean, step: x.first)
            let gain = forecasted.covariance.generalizedSolve(tangent.matrixProduct(analysis.covariance)).transposed
            let change = smoothed.covariance - forecasted.covariance
            let belief = Gaussian(
                mean: analysis.mean + gain.vectorProduct(smoothed.mean - forecasted.mean),
                covariance: analysis.covariance + gain.congruence(change))
            return (belief, Pair(belief, smoothed.covariance.matrixProduct(gain.transposed)))
        }.outputs
        let all = earlier.first.combiningLeaves(last) { Tensor.concatenated([$0, $1.expanded(axis: 0)]) }
        return Smoothed(beliefs: all, lagged: earlier.second)
    }
}
