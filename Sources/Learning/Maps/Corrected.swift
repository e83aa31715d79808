import Tensors

/// A physical model and its learned correction: `base(x) + correction(x)`.
///
/// Of a tendency it is `RungeKutta4(Corrected(tendency, by: network), step: h)`, the correction being one of the
/// right-hand side; of a resolvent, that is of the map over a whole step,
/// `Corrected(RungeKutta4(tendency, step: h), by: network)`.
///
/// Reference: Farchi, Laloyaux, Bonavita & Bocquet, *Using machine learning to correct model error in data assimilation
/// and forecast applications*, Q. J. R. Meteorol. Soc. 147 (2021), 3067–3084.
public struct Corrected<Base: StateMap, Correction: StateMap>: Map {
    public var base: Base
    public var correction: Correction

    public init(_ base: Base, by correction: Correction) {
        self.base = base
        self.correction = correction
    }

    public func callAsFunction(_ state: Tensor) -> Tensor { base(state) + correction(state) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&base, "base")
        visitor.visit(&correction, "correction")
    }
}

/// The model of which the next state is this one: what is corrected where nothing is known.
public struct Persistent: Map {
    public init() {}
    public func callAsFunction(_ state: Tensor) -> Tensor { state }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
