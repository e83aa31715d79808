import Studies

/// A variable of the run.
struct VariableRecord: Codable, Sendable, Equatable {
    /// The name in files and records.
    var name: String
    /// The name for readers.
    var longName: String
    /// The unit as UDUNITS writes it, such as `degC`; `1` for a pure number.
    var units: String
    /// The CF standard name, if there is one.
    var standardName: String?
}

/// A stretch of time and its use.
struct SplitRecord: Codable, Sendable, Equatable {
    /// `train`, `validation` or `test`.
    var name: String
    /// The first time, ISO 8601.
    var start: String
    /// The last time, ISO 8601.
    var end: String
}

/// A scenario of withheld observations.
struct GapRecord: Codable, Sendable, Equatable {
    /// The name that scores and estimates refer to.
    var name: Gaps
    /// The scenario in words, such as `30 % withheld at random`.
    var title: String
    /// The share of the values that is withheld at random; nil where a period is.
    var fraction: Double?
    /// The variable that is withheld; nil for all.
    var variable: String?
    /// The first withheld time, ISO 8601; nil where times are drawn at random.
    var start: String?
    /// The last withheld time, ISO 8601.
    var end: String?

    /// Nothing withheld.
    static let none = GapRecord(name: .none, title: "all observations")

    /// A share of all values, drawn at random.
    static func random(_ name: Gaps, fraction: Double) -> GapRecord {
        GapRecord(name: name, title: "\(NumberText.short(100 * fraction)) % withheld at random", fraction: fraction)
    }

    /// All values of a variable from one time to another.
    static func period(_ name: Gaps, _ variable: VariableRecord, from start: String, to end: String) -> GapRecord {
        GapRecord(
            name: name, title: "\(variable.longName) withheld from \(start) to \(end)", variable: variable.name,
            start: start, end: end)
    }
}

/// The kind of a method.
enum MethodKind: String, Codable, Sendable, CaseIterable {
    /// A forecast without learning or assimilation that any other must beat.
    case baseline
    /// A linear model learned from observations.
    case linear
    /// A neural network.
    case network
    /// A model with a learned correction.
    case hybrid
}

/// A parameter of a method.
struct MethodParameter: Codable, Sendable, Equatable {
    /// The parameter's name.
    var name: String
    /// Its value.
    var value: String
}

/// A method of the run.
struct MethodRecord: Codable, Sendable, Equatable {
    /// The name that every record and figure uses.
    var name: String
    /// Its kind.
    var kind: MethodKind
    /// One sentence that describes it.
    var description: String
    /// Its settings, in order.
    var parameters: [MethodParameter] = []
}

/// A method that could have been chosen.
struct CandidateRecord: Codable, Sendable, Equatable {
    /// The candidate's name: a method's, or a method's with a configuration.
    var name: String
    /// Its validation score; nil if it has none.
    var score: Double?
    /// Its score less the lowest one.
    var difference: Double?
    /// The standard error of that difference, paired over starts; nil if there are too few of them.
    var standardError: Double?
}

/// How the method to trust was chosen.
struct ChoiceRecord: Codable, Sendable, Equatable {
    /// The name of the chosen method.
    var method: String
    /// The score and the rule of the choice.
    var criterion: String
    /// The sentence on a choice of another candidate than the one with the lowest score; nil if it has that score.
    var reason: String?
    /// The candidates with their scores.
    var candidates: [CandidateRecord] = []
}

/// The error model of the assimilation of one method.
struct ErrorModelRecord: Codable, Sendable, Equatable {
    /// The method's name.
    var method: String
    /// The variable's name.
    var variable: String
    /// The standard deviation of the observation error, in the variable's unit.
    var observationError: Double?
    /// The standard deviation of the model error of one step, in the variable's unit.
    var modelError: Double?
    /// The factor by which the ensemble is inflated each step.
    var inflation: Double?
}
