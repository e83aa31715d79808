/// A value in a configuration file, with its place: every wrong value is an error that says where, what and what was
/// expected.
///
///     let keys = KeyTable(.integer("seed", 0...100, .required, "…"), .integer("hidden", 1...64, .usual("32"), "…"))
///     let (seed, hidden) = try ConfigurationNode(file: "settings.yaml").mapping(keys) { (keys) throws(InputError) in
///         (try keys.integer("seed"), try keys.integer("hidden"))
///     }
public struct ConfigurationNode: Hashable, Sendable {
    /// The content at this place.
    indirect enum Content: Hashable, Sendable {
        case null
        /// A scalar; a quoted one is never a number or a truth value.
        case scalar(String, isQuoted: Bool)
        case list([ConfigurationNode])
        case mapping([Entry])
    }

    struct Entry: Hashable, Sendable {
        let key: String
        let place: InputError.Place
        let value: ConfigurationNode
    }

    /// File, line, column and path, as `models[1].hidden`.
    public let place: InputError.Place
    let content: Content

    /// An error at this node: the fault and the expectation.
    public func error(_ problem: String, expected expectation: String? = nil) -> InputError {
        InputError(.configuration, at: place, problem, expected: expectation)
    }

    /// The text of a scalar; what looks like a number or a truth value is text here.
    public func string() throws(InputError) -> String {
        guard case .scalar(let text, _) = content else { throw wrongType("text") }
        guard text.utf8.count <= Self.longestText else {
            throw error("a text of \(text.utf8.count) bytes", expected: "at most \(Self.longestText)")
        }
        return text
    }

    static let longestText = 10_000
    static let longestList = 10_000
    /// Squares, cubes and products of settings are finite numbers above 0.
    static let magnitudes = 1e-30...1e30

    public func integer(_ bounds: Bounds<Int> = .any) throws(InputError) -> Int {
        guard let text = plainText, let number = Int(text) else { throw wrongType("an integer") }
        return try bounded(number, bounds)
    }

    /// A finite number; its magnitude is 0 or one that can be computed with.
    public func number(_ bounds: Bounds<Double> = .any) throws(InputError) -> Double {
        guard let text = plainText, let number = Double(decimal: text), number.isFinite else {
            throw wrongType("a finite number")
        }
        guard number == 0 || Self.magnitudes.contains(abs(number)) else {
            throw error("\(number) is out of range", expected: "0 or a magnitude from 1e-30 to 1e30")
        }
        return try bounded(number, bounds)
    }

    /// `true`, `yes`, `on` or `false`, `no`, `off`.
    public func boolean() throws(InputError) -> Bool {
        switch plainText?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw wrongType("true or false")
        }
    }

    /// One of the words that an enumeration has as raw values.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type = Choice.self
    ) throws(InputError) -> Choice {
        let words = type.allCases.map(\.rawValue)
        let text = try choice(among: words)
        guard let choice = Choice(rawValue: text) else { preconditionFailure("\(text) is not of \(words)") }
        return choice
    }

    /// One of some words.
    public func choice(among words: [String]) throws(InputError) -> String {
        guard case .scalar(let text, _) = content else { throw wrongType(Spelling.oneOf(words)) }
        guard words.contains(text) else {
            throw error(
                "unknown word \(text.quoted)\(Spelling.suggestion(for: text, among: words))",
                expected: words.isEmpty ? "none: there is nothing to choose from" : Spelling.oneOf(words))
        }
        return text
    }

    /// The instant at which an ISO 8601 date begins.
    public func instant() throws(InputError) -> Instant { try period().lowerBound }

    /// The period that an ISO 8601 date names: `1979-12` is the whole month.
    public func period() throws(InputError) -> Range<Instant> {
        guard case .scalar(let text, _) = content, let period = Instant.period(iso8601: text) else {
            throw wrongType("a date such as 1979, 1979-12 or 1979-12-31")
        }
        if let offset = TimeStamp(iso8601: text)?.offset, offset != 0 {
            throw error("the date \(text.quoted) has an offset", expected: "a date by the clock of the data")
        }
        return period
    }

    /// A step such as `month` or `6 hours`.
    public func timeStep() throws(InputError) -> TimeStep {
        guard case .scalar(let text, _) = content, let step = TimeStep(text) else {
            throw wrongType("a step such as 'month', '1 week' or '6 hours'")
        }
        return step
    }

    /// The nodes of a list.
    public func list() throws(InputError) -> [ConfigurationNode] {
        guard case .list(let nodes) = content else { throw wrongType("a list") }
        guard nodes.count <= Self.longestList else {
            throw error("a list of \(nodes.count) entries", expected: "at most \(Self.longestList)")
        }
        return nodes
    }

    /// The nodes of a list that must not be empty.
    public func nonEmptyList() throws(InputError) -> [ConfigurationNode] {
        let nodes = try list()
        if nodes.isEmpty { throw error("the list is empty", expected: "at least one entry") }
        return nodes
    }

    /// The nodes of a list, or the node itself where it is a single value: `60` stands for `[60]`.
    public func listOrSingle() throws(InputError) -> [ConfigurationNode] {
        if case .scalar = content { [self] } else { try nonEmptyList() }
    }

    /// Reads a mapping by a table of its keys; a key that `read` did not ask for is an error.
    ///
    /// `read` is an initialiser, or a closure that begins with `{ (keys) throws(InputError) in`.
    public func mapping<Result>(
        _ table: KeyTable, _ read: (inout ConfigurationMapping) throws(InputError) -> Result
    ) throws(InputError) -> Result {
        guard case .mapping(let entries) = content else { throw wrongType("a mapping of keys to values") }
        var mapping = ConfigurationMapping(node: self, entries: entries, table: table)
        let result = try read(&mapping)
        try mapping.finish()
        return result
    }

    /// The entries of a mapping whose keys are names of the user's own.
    public func named() throws(InputError) -> [(name: String, node: ConfigurationNode)] {
        guard case .mapping(let entries) = content else { throw wrongType("a mapping of names to values") }
        var named: [(name: String, node: ConfigurationNode)] = []
        for entry in entries where entry.value.content != .null { named.append((entry.key, entry.value)) }
        return named
    }

    /// One part of a file that is not read as a whole: the value of a key that must be there.
    public func part(_ key: String) throws(InputError) -> ConfigurationNode {
        guard case .mapping(let entries) = content else { throw wrongType("a mapping of keys to values") }
        var mapping = ConfigurationMapping(
            node: self, entries: entries, table: KeyTable(.text(key, .required, "The part.")))
        return try mapping.required(key)
    }

    /// Whether the node is a mapping, where a configuration may say something shortly or at length.
    public var isList: Bool { if case .list = content { true } else { false } }
    public var isMapping: Bool { if case .mapping = content { true } else { false } }

    private var plainText: String? {
        if case .scalar(let text, isQuoted: false) = content { text } else { nil }
    }

    private func bounded<Number>(_ number: Number, _ bounds: Bounds<Number>) throws(InputError) -> Number {
        guard bounds.contains(number) else { throw error("\(number) is out of range", expected: bounds.description) }
        return number
    }

    private func wrongType(_ expectation: String) -> InputError {
        let found =
            switch content {
            case .null: "there is no value"
            case .scalar(let text, isQuoted: true): "found the text \(text.quoted)"
            case .scalar(let text, isQuoted: false): "found \(text.quoted)"
            case .list: "found a list"
            case .mapping: "found a mapping"
            }
        return error(found, expected: expectation)
    }
}

/// The numbers that a setting may take.
public enum Bounds<Number: Comparable & Numeric & Sendable>: Sendable, CustomStringConvertible {
    case any
    case positive
    case nonNegative
    case within(ClosedRange<Number>)

    public func contains(_ number: Number) -> Bool {
        switch self {
        case .any: true
        case .positive: number > 0
        case .nonNegative: number >= 0
        case .within(let range): range.contains(number)
        }
    }

    public var description: String {
        switch self {
        case .any: "any number"
        case .positive: "a number above 0"
        case .nonNegative: "0 or more"
        case .within(let range): "\(range.lowerBound) to \(range.upperBound)"
        }
    }
}
