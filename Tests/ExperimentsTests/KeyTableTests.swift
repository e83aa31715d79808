import Testing

@testable import Experiments

@Suite struct KeyTableTests {
    private static let table = KeyTable(
        .integer("leads", 1...1000, .required, unit: "steps", "The longest lead."),
        .numbers("ridge", .positive, .usual("[0.1, 1]"), "Penalties."),
        .mapping(
            "network", KeyTable(.integers("hidden", 1...64, .usual("[8]"), "Units of each layer.")), .usual("{}"),
            "The network."),
        .text("unused", .optional("nothing"), "Read by nobody here."))

    private func read(_ yaml: String) throws(InputError) -> (Int, [Double], [Int]) {
        try ConfigurationNode(yaml: yaml, file: "c.yaml").mapping(Self.table) { (keys) throws(InputError) in
            (
                try keys.integer("leads"), try keys.numbers("ridge"),
                try keys.mapping("network") { (keys) throws(InputError) in try keys.integers("hidden") }
            )
        }
    }

    @Test func readsDefaultsFromTheTable() throws {
        let (leads, ridge, hidden) = try read("leads: 3")
        #expect(leads == 3 && ridge == [0.1, 1] && hidden == [8])
    }

    @Test func readsValuesWithinTheBoundsOfTheTable() throws {
        let (_, ridge, hidden) = try read("{leads: 3, ridge: 2, network: {hidden: [1, 64]}}")
        #expect(ridge == [2] && hidden == [1, 64])
    }

    @Test(arguments: [
        ("leads: 0", "c.yaml:1:8: leads: 0 is out of range (expected 1 to 1000)"),
        ("ridge: 1", "c.yaml:1:1: the key 'leads' is missing (expected a value for it)"),
        ("{leads: 1, network: {hidden: 65}}", "c.yaml:1:30: network.hidden: 65 is out of range (expected 1 to 64)"),
        (
            "{leads: 1, network: {hiden: 6}}",
            "c.yaml:1:22: network.hiden: unknown key 'hiden'; did you mean 'hidden'? (expected one of: hidden)"
        ),
        (
            "{leads: 1, unused: x}",
            "c.yaml:1:12: unused: the key 'unused' has no effect beside the others (expected one of: leads, ridge, "
                + "network)"
        ),
    ])
    func refusesInOneLine(_ yaml: String, _ message: String) {
        let error = #expect(throws: InputError.self) { _ = try read(yaml) }
        #expect(error?.description == message)
    }
}
