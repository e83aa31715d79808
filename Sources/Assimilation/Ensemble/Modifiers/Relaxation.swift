import Tensors

/// Relaxation to prior perturbations: each anomaly is a mean of those after and before the analysis.
///
///     X ← (1 − α) Xᵃ + α Xᵇ
///
/// Reference: Zhang, Snyder & Sun, *Impacts of initial estimate and observation availability on convective-scale data
/// assimilation with an ensemble Kalman filter* (MWR 2004).
public struct PerturbationRelaxation: EnsembleModifier {
    /// `α`, 0: none, 1: the anomalies of the background.
    public var share: Tensor
    public init(_ share: Tensor) { self.share = share }

    public func callAsFunction(_ analyzed: Ensemble, background: Ensemble) -> Ensemble {
        let anomalies = (1 - share) * analyzed.anomalies + share * background.anomalies
        return Ensemble(members: analyzed.mean + anomalies, key: analyzed.key)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&share, "share") }
}

/// Relaxation to prior spread: the anomalies of each variable are multiplied such that a share of the spread that the
/// analysis took away comes back.
///
///     X ← Xᵃ (1 + α (σᵇ − σᵃ) / σᵃ)
///
/// `σ` are standard deviations of the members, variable by variable. Reference: Whitaker & Hamill, *Evaluating methods
/// to account for system errors in ensemble data assimilation* (MWR 2012).
public struct SpreadRelaxation: EnsembleModifier {
    /// `α`, 0: none, 1: the spread of the background.
    public var share: Tensor
    public init(_ share: Tensor) { self.share = share }

    public func callAsFunction(_ analyzed: Ensemble, background: Ensemble) -> Ensemble {
        let anomalies = analyzed.anomalies
        let (after, before) = (anomalies.squared().sum(axes: [0]), background.anomalies.squared().sum(axes: [0]))
        // Variables without spread have none to relax; no division by zero reaches a derivative.
        let hasSpread = (after .> 0) .& (before .> 0)
        let ratio = (select(hasSpread, before, 1) / select(hasSpread, after, 1)).sqrt()
        let factor = select(hasSpread, 1 + share * (ratio - 1), 1)
        return Ensemble(members: analyzed.mean + factor * anomalies, key: analyzed.key)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&share, "share") }
}
