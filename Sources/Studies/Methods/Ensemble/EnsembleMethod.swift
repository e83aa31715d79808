import Assimilation
import Tensors

/// A filter of an ensemble of forecasts: its analysis is all that it has of its own.
///
/// Members and modifiers of the analysis are those of ``EnsembleTreatment``, the same parameters for all methods.
public protocol EnsembleMethod: TreatedEnsemble {
    associatedtype EnsembleAnalysis: Analysis where EnsembleAnalysis.State == Ensemble
    func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> EnsembleAnalysis
}

extension EnsembleMethod {
    public static var takesMemory: Bool { true }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let forecast = EachMember(problem.model, modelError: problem.modelError)
        let analysis = Modified(analysis(problem), ensemble.modifiers)
        return problem.run(Cycle(forecast, analysis), from: problem.ensemble(members))
    }
}

/// A method with an ensemble whose analyses can be modified.
public protocol TreatedEnsemble: AssimilationMethod {
    var ensemble: EnsembleTreatment { get set }
    /// The parameters of the method alone.
    static var ownParameters: [Parameter<Self>] { get }
}

extension TreatedEnsemble {
    public static var ownParameters: [Parameter<Self>] { [] }
    public static var parameters: [Parameter<Self>] {
        let modifiers = ModifierParameters.all.map { Parameter<Self>.modifier($0) }
        return [.members(\.members), .modifier(.inflation)] + ownParameters
            + modifiers.filter { $0.name != ModifierParameter.inflation.name }
    }

    public var members: Int {
        get { ensemble.members }
        set { ensemble.members = newValue }
    }
}

extension Parameter where Subject: TreatedEnsemble {
    fileprivate static func modifier(_ modifier: ModifierParameter) -> Self {
        .value(
            modifier.name, modifier.domain, unit: modifier.unit, isQuiet: modifier.isNeutralByDefault, modifier.summary
        ) {
            $0.ensemble[modifier]
        } set: {
            $0.ensemble[modifier] = $1
        }
    }
}
