import Foundation
import Studies

/// All keys of configurations, from the tables that check them.
public struct KeyReference: Sendable {
    /// One key of a kind of experiment.
    public struct Entry: Codable, Sendable, Equatable {
        /// Where it stands, as `models[].kind`.
        public let path: String
        /// Its values in words, with their bounds.
        public let values: String
        /// The unit of its numbers.
        public let unit: String?
        public let isRequired: Bool
        /// The default, as a configuration says it; nil where the key is required or absent by default.
        public let usual: String?
        /// The effect of leaving it out, where there is no default.
        public let without: String?
        /// One sentence.
        public let summary: String
        /// The words of `method` or `kind` that have this key; nil: all.
        public let of: [String]?
    }

    /// The meaning of a word such as the kind of a method, and its keys.
    public struct Variant: Codable, Sendable, Equatable {
        public let path: String
        public let word: String
        public let summary: String
        public let keys: [String]
    }

    public let kind: ExperimentKind
    public private(set) var entries: [Entry] = []
    public private(set) var variants: [Variant] = []

    public init(_ kind: ExperimentKind) {
        self.kind = kind
        add(kind.keys, under: "", of: nil)
    }

    private mutating func add(_ table: KeyTable, under prefix: String, of words: [String]?) {
        for key in table.keys {
            let path = prefix + key.name
            entries.append(Entry(key, at: path, of: words))
            add(key.value, under: path)
        }
    }

    private mutating func add(_ value: ConfigurationKey.Value, under path: String) {
        switch value {
        case .mapping(let table): add(table, under: path + ".", of: nil)
        case .named(let table): add(table, under: path + ".NAME.", of: nil)
        case .list(let element): add(element, under: path + "[]")
        case .either(let first, let second):
            add(first, under: path)
            add(second, under: path)
        case .variants(let variants): add(variants, under: path)
        case .names(let value): add(value, under: path + ".NAME")
        case .text, .flag, .integer, .number, .choice, .date, .period, .step: break
        }
    }

    /// A key that several variants have in common is listed once, with their words.
    private mutating func add(_ variants: KeyVariants, under path: String) {
        add(variants.common, under: path + ".", of: nil)
        var shared: [(key: ConfigurationKey, words: [String])] = []
        for variant in variants.variants {
            self.variants.append(
                Variant(
                    path: "\(path).\(variants.name)", word: variant.word, summary: variant.summary,
                    keys: variant.keys.keys.map(\.name)))
            for key in variant.keys.keys {
                let entry = Entry(key, at: "", of: nil)
                if let place = shared.firstIndex(where: { Entry($0.key, at: "", of: nil) == entry }) {
                    shared[place].words.append(variant.word)
                } else {
                    shared.append((key, [variant.word]))
                }
            }
        }
        for (key, words) in shared {
            add(KeyTable([key]), under: path + ".", of: words.count == variants.variants.count ? nil : words)
        }
    }
}

extension KeyReference.Entry {
    fileprivate init(_ key: ConfigurationKey, at path: String, of words: [String]?) {
        (self.path, unit, summary, of) = (path, key.unit, key.summary, words)
        values = key.value.text
        switch key.presence {
        case .required: (isRequired, usual, without) = (true, nil, nil)
        case .usual(let text): (isRequired, usual, without) = (false, text, nil)
        case .optional(let text): (isRequired, usual, without) = (false, nil, text)
        }
    }
}

extension ConfigurationKey.Value {
    /// The values in words, as `integer, 1 to 1000`.
    var text: String {
        switch self {
        case .text: "text"
        case .flag: "true or false"
        case .integer(let bounds): "integer, \(bounds)"
        case .number(let bounds): "number, \(bounds.text)"
        case .choice(let words): words.count == 1 ? "\(words[0])" : words.joined(separator: " | ")
        case .date: "date"
        case .period: "[first date, last date]"
        case .step: "step of time, as 'month' or '6 hours'"
        case .list(.mapping), .list(.variants): "list of mappings"
        case .list(let element): "\(element.text); or a list"
        case .mapping, .variants: "mapping"
        case .named: "mapping of names of your own to mappings"
        case .names(let value): "mapping of names of your own to: \(value.text)"
        case .either(let first, let second): "\(first.text); or \(second.text)"
        }
    }
}

extension Bounds<Double> {
    fileprivate var text: String {
        func ascii(_ number: Double) -> String { NumberText.short(number).replacing("−", with: "-") }
        return switch self {
        case .any: "any"
        case .positive: "above 0"
        case .nonNegative: "0 or more"
        case .within(let range): "\(ascii(range.lowerBound)) to \(ascii(range.upperBound))"
        }
    }
}

extension ExperimentKind {
    /// The key by which a file is read.
    static let keys = KeyTable(.choice("experiment", ExperimentKind.self, .required, "The kind of experiment."))

    /// The keys of a configuration of this kind.
    public var keys: KeyTable {
        let kind = ConfigurationKey("experiment", .choice([rawValue]), .required, "The kind of experiment: \(text).")
        let own =
            switch self {
            case .forecast: ForecastConfiguration.keys
            case .structural: StructuralConfiguration.keys
            case .assimilate: AssimilateExperiment.keys
            case .twin: TwinConfiguration.keys
            case .regression, .classification: SupervisedConfiguration.keys
            }
        return KeyTable([kind]) + ExperimentHeader.keys + own
    }
}
