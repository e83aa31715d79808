import Experiments

/// A valid configuration with one value, or two, that nobody means.
struct AbsurdSetting {
    private(set) var configuration = ""
    private(set) var text = ""

    /// Settings with one number after another go through all keys of the tables and through all
    /// values of the configurations.
    init(_ random: inout Generator, number: Int) {
        var tree = number % 2 == 0 ? ofTable(number / 2, &random) : ofSample(number / 2, &random)
        if random.chance(0.2) { tree = change(tree, at: random.int(1...(tree.size - 1)), &random) }
        configuration = tree.yaml
    }

    private mutating func ofSample(_ number: Int, _ random: inout Generator) -> Tree {
        let places = SampleText.runnable.map { Tree($0) }.flatMap { tree in (1..<tree.size).map { (tree, $0) } }
        let (tree, place) = places[(number * 7) % places.count]
        return change(tree, at: place, &random)
    }

    private mutating func ofTable(_ number: Int, _ random: inout Generator) -> Tree {
        let entries = ExperimentKind.allCases.flatMap { kind in KeyReference(kind).entries.map { (kind, $0) } }
        let (kind, entry) = entries[(number * 7) % entries.count]
        var tree: Tree
        switch kind {
        case .forecast: tree = Tree(SampleText.forecast)
        case .structural: tree = Tree(SampleText.structural)
        case .twin: tree = Tree(random.pick([SampleText.twin, SampleText.training, SampleText.dictionary]))
        }
        let path = entry.path.split(separator: ".").map(String.init)
        if let words = entry.of {
            // The key of a variant: its word stands beside it.
            let word = path.dropLast() + [path.first == "models[]" ? "kind" : "method"]
            tree = tree.setting(Array(word), to: .plain(random.pick(words)))
        }
        let value = random.chance(0.4) ? bound(entry.values, &random) : absurd(.plain("1"), &random)
        text += "\(entry.path) becomes \(value.json.prefix(60)); "
        return tree.setting(path, to: value)
    }

    /// A bound of a key, or a number beyond it.
    private func bound(_ text: String, _ random: inout Generator) -> Tree {
        let numbers = text.split { !"-+.e0123456789".contains($0) }.compactMap { Double($0) }
        guard let number = numbers.randomElement(using: &random) else { return .plain(random.pick(Pool.numbers)) }
        let near = random.pick([number, number, number + 1, number - 1, -number])
        return .plain(Int(exactly: near).map { "\($0)" } ?? "\(near)")
    }

    private mutating func change(_ tree: Tree, at place: Int, _ random: inout Generator) -> Tree {
        let before = tree.node(place)
        let after = absurd(before, &random)
        text += "\(before.json.prefix(60)) becomes \(after.json.prefix(60)); "
        return tree.changed(place) { _ in after }
    }

    private func absurd(_ node: Tree, _ random: inout Generator) -> Tree {
        switch random.int(0...9) {
        case 0: return .plain(random.pick(["", "~", "''", "[]", "{}"]))
        case 1: return .list((0..<10_000).map { .plain("\($0)") })
        case 2: return .list(Array(repeating: node.size > 4 ? .plain("1") : node, count: 10_000))
        case 3: return .text(String(repeating: random.pick(["x", "9", "../", "é"]), count: 100_000))
        case 4: return .mapping([(random.pick(Pool.words), node)])
        case 5: return .plain(random.pick(Pool.words))
        case 6: return .plain(random.pick(Pool.times))
        default: return .plain(random.pick(Pool.numbers))
        }
    }
}
