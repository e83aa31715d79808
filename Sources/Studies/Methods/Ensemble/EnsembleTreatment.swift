import Assimilation
import Tensors

/// The members of an ensemble, and the modifiers of its analyses.
public struct EnsembleTreatment: Sendable {
    public var members = 20
    private var values = ParameterValues()

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false) {
        self.members = members
        self[.inflation] = inflation
        self[.rotation] = rotates ? 1 : 0
    }

    /// The value of a modifier's parameter; by default the one that changes nothing.
    public subscript(_ parameter: ModifierParameter) -> Double {
        get { values[parameter.name] ?? parameter.neutral }
        set { values[parameter.name] = newValue }
    }

    /// The modifiers with an effect, one after the other.
    var modifiers: ModifierSequence {
        ModifierSequence(
            ModifierParameters.all.compactMap { parameter in
                let value = self[parameter]
                return parameter.isNeutralByDefault && value == parameter.neutral ? nil : parameter.modifier(value)
            })
    }
}

/// A modifier of the analyses of any ensemble method, as a parameter of these methods.
///
/// One modifier is one such value, and its place in ``ModifierParameters``.
public struct ModifierParameter: Sendable {
    public let name: String
    public let domain: ParameterDomain
    public let unit: String?
    public let summary: String
    /// The value with which nothing is changed.
    public let neutral: Double
    /// Whether the modifier is left out at the neutral value; otherwise it is one of all runs, which then share a
    /// program.
    public let isNeutralByDefault: Bool
    public let modifier: @Sendable (Double) -> any EnsembleModifier

    public init(
        _ name: String, _ domain: ParameterDomain, neutral: Double = 0, unit: String? = nil,
        isNeutralByDefault: Bool = true, _ summary: String,
        modifier: @escaping @Sendable (Double) -> any EnsembleModifier
    ) {
        (self.name, self.domain, self.neutral, self.unit) = (name, domain, neutral, unit)
        (self.summary, self.isNeutralByDefault, self.modifier) = (summary, isNeutralByDefault, modifier)
    }
}

extension ModifierParameter {
    public static let perturbationRelaxation = ModifierParameter(
        "rtpp", .real(0...1), unit: "share",
        "Relaxation to prior perturbations: share of the background's anomalies in those of the analysis."
    ) { PerturbationRelaxation(Tensor($0)) }

    public static let spreadRelaxation = ModifierParameter(
        "rtps", .real(0...2), unit: "share",
        "Relaxation to prior spread: share of the spread taken away by the analysis that is given back."
    ) { SpreadRelaxation(Tensor($0)) }

    public static let rotation = ModifierParameter(
        "rotates", .flag, "1: anomalies are rotated at random after each analysis; 0: they are not."
    ) { _ in Rotation() }

    public static let inflation = ModifierParameter(
        "inflation", .real(0.5...10), neutral: 1, unit: "factor of standard deviations", isNeutralByDefault: false,
        "Factor of the anomalies after each analysis; the variance is multiplied by its square."
    ) { Inflation(Tensor($0)) }
}

/// Modifiers one after the other.
struct ModifierSequence: EnsembleModifier {
    private var modifiers: [any EnsembleModifier]
    init(_ modifiers: [any EnsembleModifier]) { self.modifiers = modifiers }

    func callAsFunction(_ analyzed: Ensemble, background: Ensemble) -> Ensemble {
        modifiers.reduce(analyzed) { $1($0, background: background) }
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        for place in modifiers.indices { modifiers[place] = Self.walked(modifiers[place], &visitor, "\(place)") }
    }

    private static func walked<Modifier: EnsembleModifier, V: TreeVisitor>(
        _ modifier: Modifier, _ visitor: inout V, _ name: String
    ) -> Modifier {
        var modifier = modifier
        visitor.visit(&modifier, name)
        return modifier
    }
}
