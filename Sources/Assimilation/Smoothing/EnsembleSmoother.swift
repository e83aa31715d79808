import Tensors

/// The ensemble form of the Rauch–Tung–Striebel smoother: each member of an analysis is moved by what the smoother
/// changed in the members' own forecasts.
///
///     E_s ← E + (E_s⁺ − E_f) (X_f⁺ X)  with X_f⁺ the pseudo-inverse of the forecast anomalies in units of their
/// spread,
///
/// which needs no adjoint model and does not depend on the units of the variables; by the smaller of the two Gram
/// matrices of `X_f`. Reference: Raanes, *On the ensemble Rauch–Tung–Striebel smoother* (QJRMS 2016).
public struct EnsembleSmoother: Sendable {
    /// Forecast variance below this fraction of the largest is treated as none.
    public let tolerance: Double
    public init(tolerance: Double = 1e-9) { self.tolerance = tolerance }

    /// The step after a stretch of time: its smoothed ensemble and its background.
    public typealias Later = (smoothed: Ensemble, background: Ensemble)

    /// Smoothed ensembles, stacked in time.
    public func smooth(_ trajectory: Trajectory<Ensemble>) -> Ensemble {
        smooth(trajectory.analyses, after: trajectory.backgrounds)
    }

    /// Smoothed ensembles of a stretch of time, stacked.
    ///
    /// - Parameter later: the step after it; without one the last analysis has seen all observations.
    public func smooth(_ analyses: Ensemble, after backgrounds: Ensemble, before later: Later? = nil) -> Ensemble {
        let count = analyses.members.shape[0]
        guard let later else {
            if count == 1 { return analyses }
            let last = analyses.at(count - 1)
            let earlier = smoothed(
                analyses.mappingLeaves { $0[0..<(count - 1)] }, backgrounds.mappingLeaves { $0[1..<count] }, from: last)
            return earlier.combiningLeaves(last) { Tensor.concatenated([$0, $1.expanded(axis: 0)]) }
        }
        let ahead = backgrounds.mappingLeaves { $0[1..<count] }.combiningLeaves(later.background) {
            Tensor.concatenated([$0, $1.expanded(axis: 0)])
        }
        return smoothed(analyses, ahead, from: later.smoothed)
    }

    /// Ensembles moved by what the smoother changed in the forecasts from them, from the last to the first.
    private func smoothed(_ analyses: Ensemble, _ forecasts: Ensemble, from last: Ensemble) -> Ensemble {
        let n = last.members.shape[1]
        return scan(over: Pair(analyses, forecasts), from: last, reversed: true) { smoothed, x in
            let (analysis, forecast) = (x.first, x.second)
            let variance = forecast.variance
            let spread = select(variance .> 0, variance, 1).sqrt()
            let anomalies = forecast.anomalies / spread
            let change = (smoothed.members - forecast.members) / spread
            let tolerance = tolerance / Double(n)
            let moved: Tensor
            if n <= forecast.count {
                let inverse = anomalies.transposed.matrixProduct(anomalies).pseudoInverse(tolerance: tolerance)
                let gain = inverse.matrixProduct(anomalies.transposed).matrixProduct(analysis.anomalies)
                moved = change.matrixProduct(gain)
            } else {
                let inverse = anomalies.matrixProduct(anomalies.transposed).pseudoInverse(tolerance: tolerance)
                let weights = change.matrixProduct(anomalies.transposed).matrixProduct(inverse)
                moved = weights.matrixProduct(analysis.anomalies)
            }
            let belief = Ensemble(members: analysis.members + moved, key: analysis.key)
            return (belief, belief)
        }.outputs
    }
}
