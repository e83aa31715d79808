import Tensors

/// A change of the ensemble of an analysis that any ensemble analysis can have: inflation, rotation, relaxation.
public protocol EnsembleModifier: Tree {
    /// The analysed ensemble, changed; `background` is that before the analysis.
    func callAsFunction(_ analyzed: Ensemble, background: Ensemble) -> Ensemble
}

/// An analysis whose ensemble is changed afterwards; likelihoods and iterations are those of the analysis.
public struct Modified<Base: Analysis, Modifier: EnsembleModifier>: Analysis where Base.State == Ensemble {
    public var base: Base
    public var modifier: Modifier

    public init(_ base: Base, _ modifier: Modifier) { (self.base, self.modifier) = (base, modifier) }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        changed(base(background, observation), background)
    }

    public func converging<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> (analyzed: Analyzed<Ensemble>, lastChange: Tensor) {
        let (analyzed, lastChange) = base.converging(background, observation)
        return (changed(analyzed, background), lastChange)
    }

    private func changed(_ analyzed: Analyzed<Ensemble>, _ background: Ensemble) -> Analyzed<Ensemble> {
        Analyzed(
            belief: modifier(analyzed.belief, background: background), logLikelihood: analyzed.logLikelihood)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&base, "base")
        visitor.visit(&modifier, "modifier")
    }
}
