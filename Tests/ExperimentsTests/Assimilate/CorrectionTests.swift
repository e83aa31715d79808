import Dynamics
import Foundation
import Tensors
import Testing

@testable import Experiments
@testable import Studies

/// Learned terms of equations, and models by their names.
@Suite struct CorrectionTests {
    /// A particle in a double well, dx = (x − x³) dt + 0.5 dW, with errors of 0.1 and every eighth value missing.
    private static let well: String = {
        var (x, rows) = (1.0, "t,y\n")
        let noise = Key(5).normal([300, 51]).values
        for time in 0..<300 {
            if time % 8 != 3 { rows += "\(0.5 * Double(time)),\(x + 0.1 * noise[51 * time + 50])\n" }
            for step in 0..<50 { x += 0.01 * (x - x * x * x) + 0.05 * noise[51 * time + step] }
        }
        return rows
    }()

    private static func configuration(_ methods: String, _ correction: String) -> String {
        """
        model:
          states: [x]
          parameters: {k: {prior: "normal(0.5, 0.3)"}}
          equations: {x: -k * x}
          corrections: [\(correction)]
          integrator: {method: rk4, step: 0.25}
          start: {x: "normal(0, 1)"}
          error: {x: 0.5}
        observations: [{file: well.csv, time: {column: t}, of: x, column: y, error: 0.1}]
        methods: [\(methods)]
        """
    }

    /// A linear law cannot have two wells: the network's likelihood is far better, and single values are estimated
    /// better as well.
    @Test(arguments: ["network", "random-features"]) func learnsTheMissingTerm(kind: String) throws {
        let run = try AssimilationRun(
            Self.configuration(
                "{method: likelihood, filter: kalman, name: linear, corrected: false}, "
                    + "{method: likelihood, filter: kalman, name: learned}",
                "{of: x, inputs: [x], size: 1, kind: \(kind), width: 6}")
                + "\nvalidation: {by: time, folds: 2, blocks: 40}", files: ["well.csv": Self.well])
        let gain = try #require(run.results.methods[1].logLikelihood) - run.results.methods[0].logLikelihood!
        #expect(gain > 10, "\(gain)")
        let scores = try #require(run.results.judgement).overall.filter { !$0.isSmoothed }
        let (linear, learned) = (try #require(scores[0].crps), try #require(scores[1].crps))
        #expect(learned < linear)
        let weights = try #require(run.results.weights["correction_x"])
        #expect(weights.count == (kind == "network" ? 18 : 6))
    }

    @Test func refusesWhatHasNoEffect() throws {
        let correction = "{of: x, inputs: [x], size: 1}"
        let none = try AssimilationRun.refusal(
            Self.configuration("{method: kalman, corrected: false}", correction), files: ["well.csv": Self.well])
        #expect(none?.contains("corrections that no method has") == true)
        let unknown = try AssimilationRun.refusal(
            Self.configuration("{method: kalman}", "{of: x, inputs: [y], size: 1}"), files: ["well.csv": Self.well])
        #expect(unknown?.contains("y") == true && unknown?.contains("corrections") == true)
    }

    /// Formulas of models of the lists are those of the models, at random states.
    @Test func formulasAreTheModels() throws {
        let state = Key(3).normal([12])
        let ring = try Self.tendency("{name: lorenz96, variables: 12, start: {x: \"normal(0, 1)\"}}")
        let expected = Lorenz96(forcing: 8)(state)
        #expect((ring(state, time: 0) - expected).absolute().maximum().scalar < 1e-12)
        let three = try Self.tendency(
            "{name: lorenz63, parameters: {rho: 30}, start: {x: \"normal(0, 1)\"}}")
        let convection = Lorenz63(sigma: 10, rho: 30, beta: Tensor(8.0 / 3))(state[0..<3])
        #expect((three(state[0..<3], time: 0) - convection).absolute().maximum().scalar < 1e-12)
    }

    private static func tendency(_ model: String) throws -> some Tendency {
        let node = try ConfigurationNode(yaml: "model: \(model)", file: "own.yaml")
        return try node.mapping(KeyTable(.mapping("model", SystemKeys.table, .required, "The model."))) {
            (keys) throws(InputError) in try ReadSystem(keys.required("model"))
        }.system.equations
    }
}
