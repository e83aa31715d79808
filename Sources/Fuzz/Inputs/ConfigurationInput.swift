import Experiments

extension InputKind {
    func readConfiguration(_ random: inout Generator, _ place: Workplace) throws {
        let tree = random.mutated(Tree(random.pick(SampleText.configurations)))
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
