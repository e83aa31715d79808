import Experiments

extension InputKind {
    func readConfiguration(_ random: inout Generator, _ place: Workplace) throws {
        let tree = random.configuration()
        let text = random.chance(0.7) ? tree.yaml : tree.json
        if random.chance(0.1) {
            let bytes = random.damaged(Array(text.utf8))
            try place.write(configuration: String(decoding: bytes, as: UTF8.self), to: "config.yaml")
            try place.write(bytes, to: "config.yaml")
        } else {
            try place.write(configuration: text, to: "config.yaml")
        }
        _ = try ExperimentFile(place.path("config.yaml"))
    }
}

extension Generator {
    /// A configuration with changes of its structure, or with values at keys of its tables.
    fileprivate mutating func configuration() -> Tree {
        let tree = Tree(pick(SampleText.configurations))
        if chance(0.4) { return mutated(tree) }
        guard let places = tree.kind.map(KeyPlace.all) else { return mutated(tree) }
        let keyed = keyed(tree, places)
        return chance(0.2) ? mutated(keyed) : keyed
    }
}

extension Tree {
    /// The kind of the experiment that it describes.
    var kind: ExperimentKind? {
        guard case .mapping(let pairs) = self,
            case .plain(let word)? = pairs.first(where: { $0.key == "experiment" })?.value
        else { return nil }
        return ExperimentKind(rawValue: word)
    }
}
