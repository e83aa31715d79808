import Experiments

/// A key of a kind of experiment, and the way to it.
struct KeyPlace {
    /// As `["data", "variables[]", "name"]`: of lists the first element.
    let path: [String]
    let value: ConfigurationKey.Value
    /// The word that the mapping needs for having the key, and the key of the word.
    let word: (path: [String], text: String)?

    /// All keys of a kind, from its tables.
    static func all(_ kind: ExperimentKind) -> [KeyPlace] { below([], kind.keys) }

    /// Puts a value at the key; a key of a variant comes with the word of it.
    func setting(_ value: Tree, in tree: Tree) -> Tree {
        let tree = word.map { tree.setting($0.path, to: .plain($0.text)) } ?? tree
        return tree.setting(path, to: value)
    }

    private static func below(
        _ path: [String], _ table: KeyTable, word: (path: [String], text: String)? = nil
    ) -> [KeyPlace] {
        table.keys.flatMap { key in
            [KeyPlace(path: path + [key.name], value: key.value, word: word)] + below(path + [key.name], key.value)
        }
    }

    private static func below(_ path: [String], _ value: ConfigurationKey.Value) -> [KeyPlace] {
        switch value {
        case .mapping(let table): return below(path, table)
        case .named(let table): return below(path + ["own"], table)
        case .list(let element): return below(path.dropLast() + [(path.last ?? "") + "[]"], element)
        case .either(let first, let second): return below(path, first) + below(path, second)
        case .variants(let variants):
            return below(path, variants.common)
                + variants.variants.flatMap { below(path, $0.keys, word: (path + [variants.name], $0.word)) }
        case .text, .flag, .integer, .number, .choice, .date, .period, .step, .names: return []
        }
    }
}

extension Generator {
    /// The tree with values at a few of the keys, from their tables.
    mutating func keyed(_ tree: Tree, _ places: [KeyPlace]) -> Tree {
        var tree = tree
        for _ in 0..<few() {
            let place = pick(places)
            tree = place.setting(value(place.value), in: tree)
        }
        return tree
    }

    /// A value of a key: mostly an allowed one, often at a bound; else one beyond it, of another type, or in lists.
    mutating func value(_ value: ConfigurationKey.Value, depth: Int = 0) -> Tree {
        switch int(0...19) {
        case 0: return .list([self.value(value, depth: depth + 1)])
        case 1: return .mapping([(pick(Pool.words), .plain(text()))])
        case 2: return .plain(text())
        default: return allowed(value, depth)
        }
    }

    private mutating func allowed(_ value: ConfigurationKey.Value, _ depth: Int) -> Tree {
        // Recursion is limited.
        if depth > 5 { return .plain(text()) }
        switch value {
        case .text: return .text(chance(0.5) ? pick(["a", "b", "truth", "data.csv", "d", "wrong"]) : text())
        case .flag: return .plain(pick(["true", "false"]))
        case .integer(let bounds): return .plain("\(number(bounds))")
        case .number(let bounds): return .plain("\(number(bounds))")
        case .choice(let words): return .plain(pick(words))
        case .date: return .plain(pick(Pool.times))
        case .period: return .list([.plain(pick(Pool.times)), .plain(pick(Pool.times))])
        case .step: return .plain(pick(["month", "2 months", "day", "6 hours", "year", "0.001 seconds", "1e9 years"]))
        case .list(let element):
            return .list((0..<pick([0, 1, 1, 2, 3, 40])).map { _ in self.value(element, depth: depth + 1) })
        case .mapping(let table): return .mapping(pairs(table, depth))
        case .named(let table): return .mapping([("own", .mapping(pairs(table, depth)))])
        case .names(let element):
            return .mapping(["x", "a", "own"].map { ($0, self.value(element, depth: depth + 1)) })
        case .either(let first, let second): return self.value(chance(0.5) ? first : second, depth: depth + 1)
        case .variants(let variants):
            let variant = pick(variants.variants)
            let word = (key: variants.name, value: Tree.plain(variant.word))
            return .mapping(
                [word] + pairs(variants.common, depth).filter { $0.key != word.key } + pairs(variant.keys, depth))
        }
    }

    /// The keys that a mapping must have, and some others.
    private mutating func pairs(_ table: KeyTable, _ depth: Int) -> [(key: String, value: Tree)] {
        var pairs: [(key: String, value: Tree)] = []
        for key in table.keys {
            let isRequired = if case .required = key.presence { true } else { false }
            if chance(isRequired ? 0.95 : 0.15) { pairs.append((key.name, value(key.value, depth: depth + 1))) }
        }
        return pairs
    }

    private mutating func number(_ bounds: Bounds<Int>) -> Int {
        switch bounds {
        case .any: pick([0, 1, -1, .max, .min])
        case .positive, .nonNegative: pick([0, 1, 2, 3, -1, .max])
        case .within(let range):
            pick([
                range.lowerBound, range.upperBound, range.lowerBound &- 1, range.upperBound &+ 1,
                min(range.upperBound, range.lowerBound &+ int(0...5)), int(range),
            ])
        }
    }

    private mutating func number(_ bounds: Bounds<Double>) -> Double {
        switch bounds {
        case .any: pick([0, 1, -1, 0.5, 1e30, -1e30, 1e-30, 1e31])
        case .positive, .nonNegative: pick([0, 1, 0.1, 2, 1e-30, 1e30, -1, 1e31])
        case .within(let range):
            pick([
                range.lowerBound, range.upperBound, range.lowerBound - 1, range.upperBound * 2 + 1,
                .random(in: range, using: &self), min(range.upperBound, range.lowerBound + 0.5),
            ])
        }
    }
}
