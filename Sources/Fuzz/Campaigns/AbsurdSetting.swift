import Experiments

/// A valid configuration with one value, or two, that nobody means.
struct AbsurdSetting {
    private(set) var configuration = ""
    private(set) var text = ""
    /// The command of the tool that reads it.
    private(set) var command = "run"

    /// Settings with one number after another go through all keys of the tables and through all
    /// values of the configurations.
    init(_ random: inout Generator, number: Int) {
        var tree = number % 2 == 0 ? ofTable(number / 2, &random) : ofSample(number / 2, &random)
        if random.chance(0.2) { tree = change(tree, at: random.int(1...(tree.size - 1)), &random) }
        configuration = tree.yaml
        if tree.kind == .twin && random.chance(0.15) { command = "train" }
    }

    private mutating func ofSample(_ number: Int, _ random: inout Generator) -> Tree {
        let places = SampleText.runnable.map { Tree($0) }.flatMap { tree in (1..<tree.size).map { (tree, $0) } }
        let (tree, place) = places[(number * 7) % places.count]
        return change(tree, at: place, &random)
    }

    private mutating func ofTable(_ number: Int, _ random: inout Generator) -> Tree {
        let places = ExperimentKind.allCases.flatMap { kind in KeyPlace.all(kind).map { (kind, $0) } }
        let (kind, place) = places[(number * 7) % places.count]
        let tree =
            switch kind {
            case .forecast: Tree(SampleText.forecast)
            case .structural: Tree(SampleText.structural)
            case .assimilate: Tree(SampleText.assimilate)
            case .twin: Tree(random.pick([SampleText.twin, SampleText.training, SampleText.dictionary]))
            case .regression: Tree(SampleText.regression)
            case .classification: Tree(SampleText.classification)
            }
        let value = random.chance(0.6) ? random.value(place.value) : absurd(.plain("1"), &random)
        text += "\(place.path.joined(separator: ".")) becomes \(value.json.prefix(60)); "
        return place.setting(value, in: tree)
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
