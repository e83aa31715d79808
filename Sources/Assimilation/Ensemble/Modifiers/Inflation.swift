import Tensors

/// Covariance inflation: anomalies are multiplied by a factor, so that the covariance is multiplied by its square.
public struct Inflation: EnsembleModifier {
    public var factor: Tensor
    public init(_ factor: Tensor) { self.factor = factor }

    public func callAsFunction(_ analyzed: Ensemble, background: Ensemble) -> Ensemble {
        Ensemble(members: analyzed.mean + factor * analyzed.anomalies, key: analyzed.key)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&factor, "factor") }
}

/// An analysis with inflation: `Inflated(ETKF(), by: 1.05)`.
public typealias Inflated<Base: Analysis> = Modified<Base, Inflation> where Base.State == Ensemble

extension Modified where Modifier == Inflation {
    public init(_ base: Base, by factor: Tensor) { self.init(base, Inflation(factor)) }
}
