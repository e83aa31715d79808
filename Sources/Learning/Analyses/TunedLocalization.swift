import Assimilation
import Tensors

/// Gaspari & Cohn's function by the logarithm of its radius, which may be any number: what a gradient can follow.
public struct LogRadius: Taper {
    public var logRadius: Tensor

    public init(_ logRadius: Tensor) { self.logRadius = logRadius }
    public init(radius: Double) { logRadius = Tensor(radius).log() }

    public func callAsFunction(_ distances: Tensor) -> Tensor { GaspariCohn(radius: logRadius.exp())(distances) }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&logRadius, "logRadius") }
}

/// Inflation and localisation of an ensemble filter, learned by gradients through its cycles.
///
/// Reference: Bach, Baptista, Sanz-Alonso & Stuart, *Machine Learning for Inverse Problems and Data Assimilation*,
/// arXiv:2410.10523, section 9.2.3.
public struct TunedLocalization<Weights: Taper>: Tree {
    /// The logarithm of the factor of the anomalies after each analysis.
    public var logInflation: Tensor
    public var taper: Weights

    public init(logInflation: Tensor, taper: Weights) { (self.logInflation, self.taper) = (logInflation, taper) }

    /// The stochastic ensemble Kalman filter that is tuned so.
    ///
    /// - Parameters:
    ///   - places: where the variables are.
    ///   - observed: which of them are observed.
    public func analysis(
        _ places: Coordinates, observing observed: [Int]
    ) -> Inflated<LocalizedStochasticEnKF<Weights>> {
        Inflated(
            LocalizedStochasticEnKF(Localization(taper, places, observing: observed)), by: logInflation.exp())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logInflation, "logInflation")
        visitor.visit(&taper, "taper")
    }
}
