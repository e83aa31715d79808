import Testing

@testable import Experiments

@Suite struct MemoryNeedTests {
    private func node(_ yaml: String) throws -> ConfigurationNode { try ConfigurationNode(yaml: yaml, file: "c.yaml") }

    @Test func aNeedBeyondTheMachineIsNamedBeforeAnythingIsAllocated() throws {
        let node = try node("members: 1000000")
        let error = #expect(throws: InputError.self) {
            try node.require(MemoryNeed(["members": 100]), MemoryNeed(["members": 1_000_000, "members": 1_000_000]))
        }
        let line = error?.description ?? ""
        #expect(line.hasPrefix("c.yaml:1:1: needs 8 TB (members × members); at most "), "\(line)")
        #expect(line.hasSuffix(" by the memory of this machine") && error?.kind.exitStatus == 78)
    }

    @Test func productsOfAnySizeAreCounted() throws {
        let huge = MemoryNeed(["a": .max, "b": .max, "c": .max, "d": .max])
        #expect(throws: InputError.self) { try MemoryNeed.check([huge], .data, at: nil) }
        try MemoryNeed.check([MemoryNeed(["a": 1000, "b": 1000])], .data, at: nil, available: 8e6)
        #expect(throws: InputError.self) {
            try MemoryNeed.check([MemoryNeed(["a": 1000, "b": 1000]).times(2)], .data, at: nil, available: 8e6)
        }
        #expect(MemoryNeed.available > 1e8)
    }

    @Test(arguments: [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1230, "1.2 kB"), (999_600, "1 MB"), (12_345_678, "12 MB"),
        (8e12, "8 TB"), (1e40, "more than a million EB"),
    ]) func bytesHaveTheirUnit(_ bytes: Double, _ text: String) {
        #expect(MemoryNeed.text(bytes) == text)
    }

    @Test func combinationsAreCountedBeforeTheyAreMade() throws {
        let node = try node("linear: {}")
        #expect(try node.combinations(["memory": 3, "ridge": 4], atMost: 12) == 12)
        let error = #expect(throws: InputError.self) {
            try node.combinations(
                ["memory": 1_000_000, "ridge": 1_000_000, "decay": 1, "lags": 1_000_000, "waves": 1_000_000],
                atMost: 1000)
        }
        #expect(
            error?.description
                == "c.yaml:1:1: too many combinations of the listed values: 1000000 memory × 1000000 ridge × "
                + "1000000 lags × 1000000 waves (expected at most 1000)")
    }

    /// A regression holds copies of its samples and squares at once: this one was ended for lack of memory below 3 GB.
    @Test func regressionsNeedTheirCopies() throws {
        let file = try ExperimentFile(
            yaml: """
                experiment: twin
                name: x
                model: {name: lorenz96, variables: 8}
                observe: {every: 1}
                models: [{name: m, kind: random-features, length: 200, features: 8805}]
                methods: [{method: etkf, members: 8, model: m}]
                """, file: "x.yaml")
        let configuration = try #require(file.experiment as? TwinExperiment).configuration
        let needs = configuration.setting.needs(configuration.models[0].plan)
        #expect(throws: InputError.self) { try MemoryNeed.check(needs, .data, at: nil, available: 0.8 * 3e9) }
        try MemoryNeed.check(needs, .data, at: nil, available: 6e9)
    }
}
