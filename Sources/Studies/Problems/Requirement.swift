/// The properties of a problem by which methods are admitted.
public struct ProblemTraits: Sendable {
    /// The name of the model.
    public let model: String
    public let variables: Int
    public let hasCoordinates: Bool
    public let hasModelError: Bool
    /// Whether all variables are of one kind, on one axis.
    public let isHomogeneous: Bool
    /// Whether truths are drawn by a twin setting.
    public let isTwin: Bool
    public let function: ObservedFunction
}

/// A property that a problem must have for a method.
public enum Requirement: Sendable, Equatable {
    /// The variables have coordinates.
    case coordinates
    /// There is model error, or a parameter of the method that stands for it is not zero.
    case modelError(unless: String?)
    /// Variables are observed as they are.
    case linearObservations
    /// So many variables at least.
    case variables(Int)
    /// All variables are of one kind, on one axis.
    case homogeneous
    /// It learns, on the truths of a twin setting alone.
    case twins

    /// The fault of a problem, and the expectation; nil where the requirement is met.
    ///
    /// - Parameter values: the parameters of the method.
    public func fault(
        _ traits: ProblemTraits, _ values: ParameterValues = ParameterValues()
    ) -> (problem: String, expected: String)? {
        switch self {
        case .coordinates:
            traits.hasCoordinates
                ? nil
                : ("\(traits.model) has no spatial coordinates", "a model with spatial coordinates")
        case .modelError(let parameter):
            traits.hasModelError || parameter.map({ (values[$0] ?? 0) != 0 }) ?? false
                ? nil
                : (
                    "there is no model error",
                    "'model_error' above 0" + (parameter.map { ", or '\($0)'" } ?? "")
                )
        case .linearObservations:
            traits.function == .identity
                ? nil : ("observations through \(traits.function.rawValue)", "'function' identity")
        case .variables(let least):
            traits.variables >= least ? nil : ("\(traits.variables) variables", "at least \(least)")
        case .homogeneous:
            traits.isHomogeneous
                ? nil : ("\(traits.model) is not one field on one axis", "a model of one field, nothing unknown")
        case .twins:
            traits.isTwin ? nil : ("a method that learns on twin settings alone", "an experiment of kind twin")
        }
    }

    /// For help.
    public var text: String {
        switch self {
        case .coordinates: "a model with spatial coordinates"
        case .modelError(let parameter): "model error" + (parameter.map { ", or '\($0)' above 0" } ?? "")
        case .linearObservations: "observations of variables as they are"
        case .variables(let least): "at least \(least) variables"
        case .homogeneous: "variables of one kind on one axis"
        case .twins: "an experiment of kind twin"
        }
    }
}

/// The terms beyond members × variables that decide the memory and the operations of a cycle.
public struct CostTerms: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Matrices of members × members.
    public static let membersSquared = CostTerms(rawValue: 1)
    /// Matrices of observed values × observed values.
    public static let observedSquared = CostTerms(rawValue: 2)
    /// Matrices of variables × variables.
    public static let variablesSquared = CostTerms(rawValue: 4)
    /// A matrix of members × members for each variable.
    public static let localEnsembles = CostTerms(rawValue: 8)
    /// The ensembles of all times.
    public static let trajectory = CostTerms(rawValue: 16)
    /// A step of a diffusion for each member and variable, thirty operations each.
    public static let diffusion = CostTerms(rawValue: 32)
}
