import Foundation
import Testing

@testable import Experiments

@Suite struct ConfigurationTests {
    private enum Kind: String, CaseIterable { case linear, network, residual }

    private struct Model: Equatable {
        var kind: Kind
        var hidden: [Int]
        var rate: Double
        var bias: Bool
    }

    private static let table = KeyTable(
        .mappings("models", models, .required, "Models."))
    private static let models = KeyTable(
        .integers("hidden", 1...99, .optional("none"), "Units."), .choice("kind", Kind.self, .required, "Kind."),
        .number("rate", .within(0...1), .usual("0.5"), "Rate."), .flag("bias", .usual("true"), "Bias."))
    private static let dates = KeyTable(
        ConfigurationKey("to", .date, .required, "Date."), ConfigurationKey("step", .step, .required, "Step."),
        ConfigurationKey("bad", .date, .required, "Date."))

    private func models(_ yaml: String) throws -> [Model] {
        try ConfigurationNode(yaml: yaml, file: "e.yaml").mapping(Self.table) { (keys) throws(InputError) in
            var models: [Model] = []
            for node in try keys.required("models").nonEmptyList() {
                models.append(
                    try node.mapping(Self.models) { (keys) throws(InputError) in
                        var hidden: [Int] = []
                        for width in try keys.optional("hidden")?.listOrSingle() ?? [] {
                            hidden.append(try width.integer(.positive))
                        }
                        return Model(
                            kind: try keys.required("kind").choice(), hidden: hidden,
                            rate: try keys.optional("rate")?.number(.within(0...1)) ?? 0.5,
                            bias: try keys.optional("bias")?.boolean() ?? true)
                    })
            }
            return models
        }
    }

    @Test func valuesAreRead() throws {
        let yaml = """
            models:
              - {kind: linear}
              - kind: network   # a comment
                hidden: [32, 16]
                rate: 1e-3
                bias: no
              - {kind: residual, hidden: 8, rate: ~}
            """
        let expected = [
            Model(kind: .linear, hidden: [], rate: 0.5, bias: true),
            Model(kind: .network, hidden: [32, 16], rate: 0.001, bias: false),
            Model(kind: .residual, hidden: [8], rate: 0.5, bias: true),
        ]
        #expect(try models(yaml) == expected)
    }

    @Test(arguments: [
        (
            "models:\n  - kind: linear\n  - kind: network\n    hiden: 3\n",
            "e.yaml:4:5: models[1].hiden: unknown key 'hiden'; did you mean 'hidden'? (expected one of: hidden, kind, "
                + "rate, bias)"
        ),
        (
            "models: [{kind: linear, colour: red}]",
            "e.yaml:1:25: models[0].colour: unknown key 'colour' (expected one of: hidden, kind, rate, bias)"
        ),
        ("model:\n - {kind: linear}\n", "e.yaml:1:1: model: unknown key 'model'; did you mean 'models'?"),
        ("other: 1\n", "e.yaml:1:1: the key 'models' is missing (expected a value for it)"),
        ("models:\n", "e.yaml:1:1: models: the key has no value (expected a value for 'models')"),
        ("models: []", "e.yaml:1:9: models: the list is empty (expected at least one entry)"),
        ("models: 3", "e.yaml:1:9: models: found '3' (expected a list)"),
        ("models: [3]", "e.yaml:1:10: models[0]: found '3' (expected a mapping of keys to values)"),
        (
            "models: [{kind: [a]}]",
            "e.yaml:1:17: models[0].kind: found a list (expected one of: linear, network, residual)"
        ),
        (
            "models: [{kind: netwrok}]",
            "e.yaml:1:17: models[0].kind: unknown word 'netwrok'; did you mean 'network'? (expected one of: linear, "
                + "network, residual)"
        ),
        (
            "models: [{kind: linear, hidden: 0}]",
            "e.yaml:1:33: models[0].hidden: 0 is out of range (expected a number above 0)"
        ),
        (
            "models: [{kind: linear, hidden: [2, 1.5]}]",
            "e.yaml:1:37: models[0].hidden[1]: found '1.5' (expected an integer)"
        ),
        (
            "models: [{kind: linear, hidden: '3'}]",
            "e.yaml:1:33: models[0].hidden: found the text '3' (expected an integer)"
        ),
        ("models: [{kind: linear, rate: 2}]", "e.yaml:1:31: models[0].rate: 2.0 is out of range (expected 0.0 to 1.0)"),
        (
            "models: [{kind: linear, rate: .inf}]",
            "e.yaml:1:31: models[0].rate: found '.inf' (expected a finite number)"
        ),
        ("models: [{kind: linear, bias: 1}]", "e.yaml:1:31: models[0].bias: found '1' (expected true or false)"),
        ("models: 1\nmodels: 2\n", "e.yaml:1:1: duplicate key 'models' (expected each key once)"),
        ("? [a, b]\n: 1\n", "e.yaml:1:3: the key is not a word (expected a word)"),
        ("", "e.yaml: the file is empty (expected a configuration in YAML)"),
        ("a: *nowhere\n", "e.yaml:1:4: YAML syntax: found undefined alias"),
    ])
    func badConfigurationsAreClearErrors(_ yaml: String, _ message: String) {
        let error = inputError { _ = try models(yaml) }
        #expect(error.line == message)
        #expect(error.kind?.exitStatus == 78)
    }

    @Test(arguments: ["a: [1, 2\nb: 3\n", "a: 'x\n", "a: b: c\n", "a:\n\t- 1\n", "a: \u{1}\n", "\u{0}"])
    func syntaxErrorsHaveALineAndAColumn(_ yaml: String) throws {
        let line = inputError { _ = try ConfigurationNode(yaml: yaml, file: "e.yaml") }.line
        let pattern = try Regex("^e.yaml:[0-9]+:[0-9]+: YAML syntax: .+")
        #expect(line.firstMatch(of: pattern) != nil, "\(line)")
    }

    @Test(arguments: [
        ("a: {a: [[\(String(repeating: "[", count: 2000))", "YAML syntax: "),
        (String(repeating: "- ", count: 2000) + "a", "YAML syntax: "),
        (String(repeating: "[", count: 150) + String(repeating: "]", count: 150), "more than a hundred deep"),
        // Each line is seven times the one before: 200 000 values, which are counted and not made.
        (
            "a: &a [\(String(repeating: "x, ", count: 40))]\n"
                + zip("bcde", "abcd").map { "\($0): &\($0) [*\($1)\(String(repeating: ", *\($1)", count: 6))]\n" }
                .joined()
                + "f: [*e, *e]\n", "more values than a configuration may have"
        ),
        ("a: &a [x]\nb: [\(String(repeating: "*a, ", count: 31))]\n", "31 references of the form *name"),
        ("a: '\(String(repeating: "x", count: 1_000_001))'", "a configuration of 1000006 bytes"),
    ])
    func endlessConfigurationIsRefused(_ yaml: String, _ message: String) {
        let line = inputError { _ = try ConfigurationNode(yaml: yaml, file: "e.yaml") }.line
        #expect(line.contains(message) && !line.contains("\n"), "\(line)")
    }

    @Test(arguments: [
        ("1e308", "1e+308 is out of range"), ("-1e31", "-1e+31 is out of range"), ("1e-320", "is out of range"),
        (".nan", "a finite number"), ("nan", "a finite number"), ("1e999", "a finite number"),
    ])
    func numbersAreOfAMagnitudeToComputeWith(_ text: String, _ message: String) throws {
        let node = try ConfigurationNode(yaml: text, file: "e.yaml")
        #expect(inputError { _ = try node.number() }.line.contains(message))
    }

    @Test func listsAndTextsEnd() throws {
        let list = try ConfigurationNode(yaml: "[\(String(repeating: "1, ", count: 10_001))]", file: "e.yaml")
        #expect(
            inputError { _ = try list.listOrSingle() }.line.contains("a list of 10001 entries (expected at most 10000)")
        )
        let text = try ConfigurationNode(yaml: String(repeating: "x", count: 10_001), file: "e.yaml")
        #expect(inputError { _ = try text.string() }.line.contains("a text of 10001 bytes (expected at most 10000)"))
    }

    @Test func datesAndStepsAreRead() throws {
        let node = try ConfigurationNode(yaml: "{to: 1979-12, step: 6 hours, bad: 1979-13}", file: "e.yaml")
        try node.mapping(Self.dates) { (keys) throws(InputError) in
            #expect(try keys.required("to").period().upperBound == Instant(year: 1980))
            #expect(try keys.required("step").timeStep() == TimeStep(6, .hour))
            let bad = try keys.required("bad")
            let expected = "e.yaml:1:35: bad: found '1979-13' (expected a date such as 1979, 1979-12 or 1979-12-31)"
            #expect(inputError { _ = try bad.instant() }.line == expected)
            #expect(inputError { _ = try bad.timeStep() }.line.contains("'6 hours'"))
        }
    }

    @Test func distancesCountEdits() {
        #expect(Spelling.distance("kitten", "sitting") == 3)
        #expect(Spelling.distance("", "abc") == 3)
        #expect(Spelling.distance("hiden", "hidden") == 1)
        #expect(Spelling.distance("netwrok", "network") == 1)
        #expect(Spelling.nearest(to: "colour", among: ["hidden", "rate"]) == nil)
    }

    @Test func randomTextIsReadOrRefused() {
        var random = SplitMix(state: 11)
        let alphabet = Array("ab:-[]{},'\"\n #&*!|>?%@`~\t1.é\u{1}")
        for _ in 0..<3000 {
            let text = String(
                (0..<Int.random(in: 0...20, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            do throws(InputError) {
                _ = try ConfigurationNode(yaml: text, file: "e.yaml")
            } catch {
                #expect(!error.description.contains("\n"))
            }
        }
    }
}
