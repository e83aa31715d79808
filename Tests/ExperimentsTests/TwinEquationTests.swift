import Foundation
import Studies
import Testing

@testable import Experiments

/// Models of one's own as equations in a configuration.
@Suite struct TwinEquationTests {
    private static func configuration(_ model: String) throws -> TwinConfiguration {
        let file = try ExperimentFile(
            yaml: "experiment: twin\nname: t\n\(model)\nmethods: [{method: etkf}]", file: "t.yaml")
        return try #require(file.experiment as? TwinExperiment).configuration
    }

    private static let ring = """
        model:
          name: equations
          states: {u: {x: {length: 10, periodic: true}, start: 8, spread: 1}}
          parameters: {F: 8}
          equations:
            u: "(shift(u, x: 1) - shift(u, x: -2)) * shift(u, x: -1) - u + F"
          step: 0.05
          decorrelation: 0.5
        """

    /// The model of the house by its equations: truth, climate and scores of filters are the same.
    @Test func equationsAreTheNamedModelToTheBit() throws {
        var own = try Self.configuration(Self.ring).setting
        var named = try Self.configuration("model: {variables: 10}").setting
        (own.cycles, own.spinUp, named.cycles, named.spinUp) = (60, 10, 60, 10)
        let methods: [any AssimilationMethod] = [
            ETKFMethod(members: 12, inflation: 1.02, rotates: true), LETKFMethod(members: 6, radius: 3),
            FourDVar(scale: 0.1),
        ]
        let (found, expected) = (
            compare(methods, on: own, testSeeds: 1).methods, compare(methods, on: named, testSeeds: 1).methods
        )
        for (one, other) in zip(found, expected) { #expect(one.runs == other.runs, "\(one.name)") }
    }

    @Test func parametersOfEquationsCanBeWrong() throws {
        let text = Self.ring + "\nmodels: [{kind: physical, name: wrong, physics: {parameters: {F: 7}}}]"
        let plan = try #require(try Self.configuration(text).models.first?.plan.physics?.model as? EquationsModel)
        #expect(plan.source.parameters == [.init("F", 7)])
        #expect(throws: InputError.self) { try Self.configuration(text.replacing("F: 7", with: "G: 7")) }
    }

    @Test(arguments: [
        ("- u + F", "- u + G", "t.yaml:8:68: model.equations.u: the unknown name 'G'"),
        ("- u + F", "- w + F", "t.yaml:8:64: model.equations.u: the unknown name 'w'"),
        ("- u + F", "- u + F)", "t.yaml:8:69: model.equations.u: ')' after"),
        ("x: -1", "z: -1", "the axis 'z' of a field over x (10)"),
        ("parameters: {F: 8}", "parameters: {u: 8}", "the name 'u' is listed twice"),
        ("parameters: {F: 8}", "parameters: {2F: 8}", "the name '2F'"),
        ("    u: \"", "    v: \"", "an equation of 'v', which is no state"),
        ("length: 10", "length: 100000000", "out of range"), ("  equations:", "  equation:", "unknown key 'equation'"),
        ("    u: \"(s", "    u: (s", "quotes around a text that holds ': '"),
        ("  equations:", "  definitions: {p: q, q: p}\n  equations:", "a cycle of definitions: p, q"),
    ])
    func faultsSayLineAndColumn(old: String, new: String, message: String) {
        do {
            _ = try Self.configuration(Self.ring.replacing(old, with: new))
            Issue.record("no fault for \(new)")
        } catch { #expect("\(error)".contains(message), "\(error)") }
    }

    @Test func savedModelsKeepTheirEquations() throws {
        let model = try Self.configuration(Self.ring).setting.model
        let data = try JSONEncoder().encode(model)
        #expect(try JSONDecoder().decode(SteppedModel.self, from: data) == model)
        let other = try Self.configuration(Self.ring.replacing("- u + F", with: "- 2 * u + F")).setting.model
        #expect(other != model)
    }

    /// Files of strangers may hold names twice, the equations of others, or fields without end: an error, no trap.
    @Test(arguments: [
        ("\\\"name\\\":\\\"F\\\"", "\\\"name\\\":\\\"u\\\""), ("\\\"length\\\":10", "\\\"length\\\":100000000"),
        ("\\\"length\\\":10", "\\\"length\\\":0"), ("shift(u", "shift(v"),
        ("\\\"decorrelation\\\":0.5", "\\\"decorrelation\\\":0"),
    ])
    func damagedEquationsAreRefused(old: String, new: String) throws {
        let model = try Self.configuration(Self.ring).setting.model
        let text = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
        let damaged = text.replacing(old, with: new)
        #expect(damaged != text)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(SteppedModel.self, from: Data(damaged.utf8)) }
    }

    @Test func theExampleIsRead() throws {
        let file = try ExperimentFile(Self.example)
        let setting = try #require(file.experiment as? TwinExperiment).configuration.setting
        #expect(setting.model.variables == 120 && setting.model.coordinates?.count == 120)
    }

    private static let example =
        #filePath.replacing("Tests/ExperimentsTests/TwinEquationTests.swift", with: "")
        + "Examples/equations.yaml"
}
