/// The keys of one mapping of a configuration: the reader checks values by them, and the reference prints them.
///
///     static let keys = KeyTable(
///         .integer("leads", 1...1000, .required, unit: "steps", "The longest lead."),
///         .numbers("ridge", .positive, .usual("[0.1, 1, 10]"), "Penalties to choose from."))
///     let leads = try node.mapping(Self.keys) { (keys) throws(InputError) in try keys.integer("leads") }
public struct KeyTable: Sendable {
    public let keys: [ConfigurationKey]

    public init(_ keys: ConfigurationKey...) { self.init(keys) }

    public init(_ keys: [ConfigurationKey]) {
        let names = keys.map(\.name)
        precondition(Set(names).count == names.count, "KeyTable: a key twice among \(names)")
        self.keys = keys
    }

    /// The keys of two tables.
    static func + (left: KeyTable, right: KeyTable) -> KeyTable { KeyTable(left.keys + right.keys) }

    func has(_ name: String) -> Bool { keys.contains { $0.name == name } }

    subscript(name: String) -> ConfigurationKey {
        guard let key = keys.first(where: { $0.name == name }) else {
            preconditionFailure("KeyTable: no key '\(name)' among \(keys.map(\.name))")
        }
        return key
    }
}

/// One key of a configuration: its values, its default, its unit and one sentence.
public struct ConfigurationKey: Sendable {
    /// The values that a key takes. A single value may stand for a list of one.
    public indirect enum Value: Sendable {
        case text
        case flag
        case integer(Bounds<Int>)
        case number(Bounds<Double>)
        case choice([String])
        /// An ISO 8601 date: 1979, 1979-12 or 1979-12-31.
        case date
        /// `[first, last]`: from the start of the first date to the end of the last.
        case period
        /// A step of time, such as `month` or `6 hours`.
        case step
        case list(Value)
        case mapping(KeyTable)
        /// A mapping from names of one's own to mappings.
        case named(KeyTable)
        /// A mapping from names of one's own to values.
        case names(Value)
        /// Mappings whose further keys depend on a word.
        case variants(KeyVariants)
        case either(Value, Value)
    }

    public enum Presence: Sendable {
        case required
        /// The default, as the file would say it.
        case usual(String)
        /// Absent by default; the text says the effect of leaving it out.
        case optional(String)
    }

    public let name: String
    public let value: Value
    public let presence: Presence
    /// The unit of its numbers; tells a variance from a standard deviation.
    public let unit: String?
    /// One sentence.
    public let summary: String

    public init(_ name: String, _ value: Value, _ presence: Presence, unit: String? = nil, _ summary: String) {
        (self.name, self.value, self.presence, self.unit, self.summary) = (name, value, presence, unit, summary)
    }

    static func text(_ name: String, _ presence: Presence, _ summary: String) -> Self {
        Self(name, .text, presence, summary)
    }
    static func flag(_ name: String, _ presence: Presence, _ summary: String) -> Self {
        Self(name, .flag, presence, summary)
    }
    static func integer(
        _ name: String, _ range: ClosedRange<Int>, _ presence: Presence, unit: String? = nil, _ summary: String
    ) -> Self {
        Self(name, .integer(.within(range)), presence, unit: unit, summary)
    }
    static func integers(
        _ name: String, _ range: ClosedRange<Int>, _ presence: Presence, unit: String? = nil, _ summary: String
    ) -> Self {
        Self(name, .list(.integer(.within(range))), presence, unit: unit, summary)
    }
    static func number(
        _ name: String, _ bounds: Bounds<Double>, _ presence: Presence, unit: String? = nil, _ summary: String
    ) -> Self {
        Self(name, .number(bounds), presence, unit: unit, summary)
    }
    static func numbers(
        _ name: String, _ bounds: Bounds<Double>, _ presence: Presence, unit: String? = nil, _ summary: String
    ) -> Self {
        Self(name, .list(.number(bounds)), presence, unit: unit, summary)
    }
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type, _ presence: Presence, _ summary: String
    ) -> Self {
        Self(name, .choice(type.allCases.map(\.rawValue)), presence, summary)
    }
    static func mapping(_ name: String, _ table: KeyTable, _ presence: Presence, _ summary: String) -> Self {
        Self(name, .mapping(table), presence, summary)
    }
    static func mappings(_ name: String, _ table: KeyTable, _ presence: Presence, _ summary: String) -> Self {
        Self(name, .list(.mapping(table)), presence, summary)
    }
}

/// Mappings whose further keys depend on the word under one of their keys, as the parameters of a method on its kind.
public struct KeyVariants: Sendable {
    public struct Variant: Sendable {
        public let word: String
        public let summary: String
        public let keys: KeyTable
    }

    /// The key of the word.
    public let name: String
    /// The keys that all have.
    public let common: KeyTable
    public let variants: [Variant]

    init(by name: String, _ common: KeyTable, _ variants: [Variant]) {
        (self.name, self.common, self.variants) = (name, common, variants)
    }
}

/// Values by the table that the mapping was opened with: bounds, defaults and messages come from there.
extension ConfigurationMapping {
    public mutating func integer(_ name: String) throws(InputError) -> Int {
        try value(name).integer(bounds(name))
    }
    public mutating func optionalInteger(_ name: String) throws(InputError) -> Int? {
        try optional(name)?.integer(bounds(name))
    }
    /// A list of integers; a single one stands for a list of one.
    public mutating func integers(_ name: String) throws(InputError) -> [Int] {
        var values: [Int] = []
        for node in try value(name).listOrSingle() { values.append(try node.integer(bounds(name))) }
        return values
    }
    public mutating func number(_ name: String) throws(InputError) -> Double {
        try value(name).number(bounds(name))
    }
    public mutating func optionalNumber(_ name: String) throws(InputError) -> Double? {
        try optional(name)?.number(bounds(name))
    }
    /// A list of numbers; a single one stands for a list of one.
    public mutating func numbers(_ name: String) throws(InputError) -> [Double] {
        var values: [Double] = []
        for node in try value(name).listOrSingle() { values.append(try node.number(bounds(name))) }
        return values
    }
    public mutating func text(_ name: String) throws(InputError) -> String { try value(name).string() }
    public mutating func optionalText(_ name: String) throws(InputError) -> String? { try optional(name)?.string() }
    /// A list of texts; a single one stands for a list of one.
    public mutating func optionalTexts(_ name: String) throws(InputError) -> [String]? {
        guard let nodes = try optional(name)?.listOrSingle() else { return nil }
        var values: [String] = []
        for node in nodes { values.append(try node.string()) }
        return values
    }
    public mutating func flag(_ name: String) throws(InputError) -> Bool { try value(name).boolean() }
    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type = Choice.self
    ) throws(InputError) -> Choice { try value(name).choice() }
    /// The mapping under a key, read by the table that the key has.
    public mutating func mapping<Result>(
        _ name: String, _ read: (inout ConfigurationMapping) throws(InputError) -> Result
    ) throws(InputError) -> Result { try value(name).mapping(subtable(name), read) }
    /// The mapping under a key, `nil` where the key is absent.
    public mutating func optionalMapping<Result>(
        _ name: String, _ read: (inout ConfigurationMapping) throws(InputError) -> Result
    ) throws(InputError) -> Result? { try optional(name)?.mapping(subtable(name), read) }

    /// The node of a key, or of its default; an error where it has neither.
    public mutating func value(_ name: String) throws(InputError) -> ConfigurationNode {
        if let node = optional(name) { return node }
        guard case .usual(let text) = described(name).presence else { return try required(name) }
        var place = node.place
        place.path = (place.path.map { $0.isEmpty ? "" : "\($0)." } ?? "") + name
        return try ConfigurationNode(yaml: text, at: place)
    }

    private func described(_ name: String) -> ConfigurationKey { table[name] }

    private func bounds(_ name: String) -> Bounds<Int> {
        var value = described(name).value
        while true {
            switch value {
            case .integer(let bounds): return bounds
            case .list(let element): value = element
            case .either(.integer(let bounds), _), .either(_, .integer(let bounds)): return bounds
            case .either(.list(let element), _), .either(_, .list(let element)): value = element
            default: preconditionFailure("KeyTable: '\(name)' is no integer")
            }
        }
    }

    private func bounds(_ name: String) -> Bounds<Double> {
        var value = described(name).value
        while true {
            switch value {
            case .number(let bounds): return bounds
            case .list(let element): value = element
            case .either(.number(let bounds), _), .either(_, .number(let bounds)): return bounds
            case .either(.list(let element), _), .either(_, .list(let element)): value = element
            default: preconditionFailure("KeyTable: '\(name)' is no number")
            }
        }
    }

    private func subtable(_ name: String) -> KeyTable {
        switch described(name).value {
        case .mapping(let table), .list(.mapping(let table)), .either(.mapping(let table), _),
            .either(_, .mapping(let table)):
            return table
        default: preconditionFailure("KeyTable: '\(name)' is no mapping")
        }
    }
}
