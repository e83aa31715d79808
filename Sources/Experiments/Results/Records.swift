import Studies

/// A variable of the run.
public struct VariableRecord: Codable, Sendable, Equatable {
    /// The name in files and records.
    public var name: String
    /// The name for readers.
    public var longName: String
    /// The unit as UDUNITS writes it, such as `degC`; `1` for a pure number.
    public var units: String
    /// The CF standard name, if there is one.
    public var standardName: String?

    /// The record of its parts.
    public init(
        name: String, longName: String, units: String, standardName: String? = nil
    ) {
        self.name = name
        self.longName = longName
        self.units = units
        self.standardName = standardName
    }
}

/// A stretch of time and what it was used for.
public struct SplitRecord: Codable, Sendable, Equatable {
    /// `train`, `validation` or `test`.
    public var name: String
    /// The first time, ISO 8601.
    public var start: String
    /// The last time, ISO 8601.
    public var end: String

    /// The record of its parts.
    public init(
        name: String, start: String, end: String
    ) {
        self.name = name
        self.start = start
        self.end = end
    }
}

/// A scenario of withheld observations.
public struct GapRecord: Codable, Sendable, Equatable {
    /// The name that scores and estimates refer to.
    public var name: Gaps
    /// The scenario in words, such as `30 % withheld at random`.
    public var title: String
    /// The share of the values that is withheld at random; nil where a period is.
    public var fraction: Double?
    /// The variable that is withheld; nil for all.
    public var variable: String?
    /// The first withheld time, ISO 8601; nil where times are drawn at random.
    public var start: String?
    /// The last withheld time, ISO 8601.
    public var end: String?

    /// Nothing withheld.
    public static let none = GapRecord(name: .none, title: "all observations")

    /// A share of all values, drawn at random.
    public static func random(_ name: Gaps, fraction: Double) -> GapRecord {
        GapRecord(name: name, title: "\(NumberText.short(100 * fraction)) % withheld at random", fraction: fraction)
    }

    /// All values of a variable from one time to another.
    public static func period(_ name: Gaps, _ variable: VariableRecord, from start: String, to end: String) -> GapRecord
    {
        GapRecord(
            name: name, title: "\(variable.longName) withheld from \(start) to \(end)", variable: variable.name,
            start: start, end: end)
    }
}

/// What a method is.
public enum MethodKind: String, Codable, Sendable, CaseIterable {
    /// A forecast without learning or assimilation that any other must beat.
    case baseline
    /// A linear model learned from observations.
    case linear
    /// A neural network.
    case network
    /// A model with a learned correction.
    case hybrid
}

/// A name and a value of a method's settings, in the order in which they are told.
public struct MethodParameter: Codable, Sendable, Equatable {
    /// What is set.
    public var name: String
    /// Its value.
    public var value: String

    /// The record of its parts.
    public init(
        name: String, value: String
    ) {
        self.name = name
        self.value = value
    }
}

/// A method of the run.
public struct MethodRecord: Codable, Sendable, Equatable {
    /// The name that every record and figure uses.
    public var name: String
    /// What it is.
    public var kind: MethodKind
    /// One sentence on what it does.
    public var description: String
    /// Its settings, in order.
    public var parameters: [MethodParameter]

    /// The record of its parts.
    public init(
        name: String, kind: MethodKind, description: String, parameters: [MethodParameter] = []
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.parameters = parameters
    }
}

/// A method that could have been chosen.
public struct CandidateRecord: Codable, Sendable, Equatable {
    /// The candidate's name: a method's, or a method's with a configuration.
    public var name: String
    /// Its validation score; nil if it has none.
    public var score: Double?
    /// Its score less the lowest one.
    public var difference: Double?
    /// The standard error of that difference, paired over starts; nil if there are too few of them.
    public var standardError: Double?

    /// The record of its parts.
    public init(
        name: String, score: Double? = nil, difference: Double? = nil, standardError: Double? = nil
    ) {
        self.name = name
        self.score = score
        self.difference = difference
        self.standardError = standardError
    }
}

/// How the method to trust was chosen.
public struct ChoiceRecord: Codable, Sendable, Equatable {
    /// The name of the chosen method.
    public var method: String
    /// The score and the rule of the choice.
    public var criterion: String
    /// The sentence on a choice of another candidate than the one with the lowest score; nil if it has that score.
    public var reason: String?
    /// What could have been chosen, with its score.
    public var candidates: [CandidateRecord]

    /// The record of its parts.
    public init(
        method: String, criterion: String, reason: String? = nil, candidates: [CandidateRecord] = []
    ) {
        self.method = method
        self.criterion = criterion
        self.reason = reason
        self.candidates = candidates
    }
}

/// The error model of the assimilation of one method.
public struct ErrorModelRecord: Codable, Sendable, Equatable {
    /// The method's name.
    public var method: String
    /// The variable's name.
    public var variable: String
    /// The standard deviation of the observation error, in the variable's unit.
    public var observationError: Double?
    /// The standard deviation of the model error of one step, in the variable's unit.
    public var modelError: Double?
    /// The factor by which the ensemble is inflated each step.
    public var inflation: Double?

    /// The record of its parts.
    public init(
        method: String, variable: String, observationError: Double? = nil, modelError: Double? = nil,
        inflation: Double? = nil
    ) {
        self.method = method
        self.variable = variable
        self.observationError = observationError
        self.modelError = modelError
        self.inflation = inflation
    }
}
