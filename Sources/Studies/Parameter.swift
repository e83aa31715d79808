/// A parameter of a method, a model or a surrogate: its name in a configuration, where its value is stored, its
/// bounds and one sentence.
///
/// All values are numbers: a flag is 0 or 1, a choice the position of its word.
public struct Parameter<Subject>: Sendable {
    public let name: String
    public let domain: ParameterDomain
    public let unit: String?
    /// One sentence.
    public let summary: String
    /// Whether it is left out of tables at its default.
    let isQuiet: Bool
    let get: @Sendable (Subject) -> Double
    let set: @Sendable (inout Subject, Double) -> Void

    private init(
        _ name: String, _ domain: ParameterDomain, _ unit: String?, _ summary: String, isQuiet: Bool = false,
        get: @escaping @Sendable (Subject) -> Double, set: @escaping @Sendable (inout Subject, Double) -> Void
    ) {
        (self.name, self.domain, self.unit, self.summary, self.isQuiet) = (name, domain, unit, summary, isQuiet)
        (self.get, self.set) = (get, set)
    }

    /// One that is not stored in a property of its own.
    static func value(
        _ name: String, _ domain: ParameterDomain, unit: String?, isQuiet: Bool, _ summary: String,
        get: @escaping @Sendable (Subject) -> Double, set: @escaping @Sendable (inout Subject, Double) -> Void
    ) -> Self {
        Self(name, domain, unit, summary, isQuiet: isQuiet, get: get, set: set)
    }

    public static func integer(
        _ name: String, _ path: WritableKeyPath<Subject, Int> & Sendable, _ bounds: ClosedRange<Int>,
        unit: String? = nil, _ summary: String
    ) -> Self {
        Self(
            name, .integer(bounds), unit, summary, get: { Double($0[keyPath: path]) },
            set: { $0[keyPath: path] = Int($1) })
    }

    public static func real(
        _ name: String, _ path: WritableKeyPath<Subject, Double> & Sendable, _ bounds: ClosedRange<Double>,
        unit: String? = nil, _ summary: String
    ) -> Self {
        Self(name, .real(bounds), unit, summary, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
    }

    public static func flag(
        _ name: String, _ path: WritableKeyPath<Subject, Bool> & Sendable, _ summary: String
    ) -> Self {
        Self(name, .flag, nil, summary, get: { $0[keyPath: path] ? 1 : 0 }, set: { $0[keyPath: path] = $1 != 0 })
    }

    /// One of the cases of an enumeration, by its word.
    public static func choice<Word: RawRepresentable<String> & CaseIterable & Equatable & SendableMetatype>(
        _ name: String, _ path: WritableKeyPath<Subject, Word> & Sendable, _ summary: String
    ) -> Self where Word.AllCases == [Word] {
        Self(
            name, .choice(Word.allCases.map(\.rawValue)), nil, summary,
            get: { subject in Double(Word.allCases.firstIndex(of: subject[keyPath: path]) ?? 0) },
            set: { $0[keyPath: path] = Word.allCases[Int($1)] })
    }
}

/// The values that a parameter may have.
public enum ParameterDomain: Sendable, Equatable {
    case integer(ClosedRange<Int>)
    case real(ClosedRange<Double>)
    case flag
    case choice([String])

    /// Whether a number is a value of the parameter.
    public func contains(_ value: Double) -> Bool {
        switch self {
        case .integer(let range): value.rounded() == value && range.contains(Int(exactly: value) ?? .min)
        case .real(let range): range.contains(value)
        case .flag: value == 0 || value == 1
        case .choice(let words): value.rounded() == value && words.indices.contains(Int(exactly: value) ?? -1)
        }
    }

    /// The values in words, as `2 to 1000000`.
    public var text: String {
        switch self {
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .real(let range): "\(NumberText.short(range.lowerBound)) to \(NumberText.short(range.upperBound))"
        case .flag: "0 or 1"
        case .choice(let words): words.joined(separator: ", ")
        }
    }

    /// A value as a configuration and a table have it.
    public func text(_ value: Double) -> String {
        if case .choice(let words) = self, contains(value) { return words[Int(value)] }
        return NumberText.short(value)
    }
}

/// A parameter without the type that has it: for references, configurations and help.
public struct ParameterDescription: Sendable {
    public let name: String
    public let domain: ParameterDomain
    public let usual: Double
    public let unit: String?
    public let summary: String
}

/// Something that is named in a configuration and has parameters: a method, a model, a surrogate.
public protocol Parameterized: Sendable {
    /// The word of a configuration.
    static var name: String { get }
    /// One line, without a full stop.
    static var summary: String { get }
    /// The publication that describes it; empty for one that has none.
    static var reference: String { get }
    static var parameters: [Parameter<Self>] { get }
    /// With the default of every parameter.
    init()
}

extension Parameterized {
    public static var reference: String { "" }

    public static var parameterDescriptions: [ParameterDescription] {
        let usual = Self()
        return parameters.map {
            ParameterDescription(
                name: $0.name, domain: $0.domain, usual: $0.get(usual), unit: $0.unit, summary: $0.summary)
        }
    }

    public static func has(_ parameter: String) -> Bool { parameters.contains { $0.name == parameter } }

    /// The value of every parameter, by name.
    public var values: ParameterValues {
        ParameterValues(Dictionary(uniqueKeysWithValues: Self.parameters.map { ($0.name, $0.get(self)) }))
    }

    /// The value of a parameter; nil where there is none of this name.
    public func value(_ name: String) -> Double? { Self.parameters.first { $0.name == name }?.get(self) }

    /// The same with other values; those of parameters that it does not have are left out.
    public func with(_ values: ParameterValues) -> Self {
        var result = self
        for parameter in Self.parameters {
            if let value = values[parameter.name] { parameter.set(&result, value) }
        }
        return result
    }

    public func with(_ name: String, _ value: Double) -> Self { with(ParameterValues([name: value])) }

    /// As `members 20, inflation 1.04`; modifiers without an effect are left out.
    public var parameterText: String {
        let usual = Self()
        return Self.parameters.filter { !$0.isQuiet || $0.get(self) != $0.get(usual) }
            .map { "\($0.name) \($0.domain.text($0.get(self)))" }.joined(separator: ", ")
    }
}

extension Parameterized {
    /// Its name, where only a value is at hand.
    public var name: String { Self.name }
    /// Its sentence, where only a value is at hand.
    public var summary: String { Self.summary }
}

/// Values of parameters by their names.
public struct ParameterValues: Codable, Sendable, Hashable {
    private var values: [String: Double]

    public init(_ values: [String: Double] = [:]) { self.values = values }

    public subscript(_ name: String) -> Double? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Whether every value is in the domain of the parameter of its name, where there is one.
    public func isSound<Subject: Parameterized>(for subject: Subject.Type) -> Bool {
        subject.parameterDescriptions.allSatisfy { description in
            values[description.name].map(description.domain.contains) ?? true
        }
    }
}
