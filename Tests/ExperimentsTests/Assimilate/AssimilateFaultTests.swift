import Foundation
import Testing

@testable import Experiments

/// Faults of a model of one's own and of its observations are one line with the place.
@Suite struct AssimilateFaultTests {
    private static let base = """
        model:
          states: {x: {bounds: [0, inf]}, u: {x: {length: 4, periodic: true}}}
          parameters: {k: {prior: "normal(1, 0.5)", bounds: [0, inf]}, c: 2}
          definitions: {flow: k * x}
          equations: {x: -flow, u: -c * ddx(u)}
          integrator: {method: rk4, step: 0.1}
          start: {x: "lognormal(0, 1)", u: "normal(0, 1)"}
        observations: [{file: y.csv, time: {column: t}, of: x, column: y, error: 0.3}]
        methods: [{method: etkf, members: 10}]
        """
    private static let table = "t,y\n0,1\n1,0.5\n2,0.2\n"

    @Test(arguments: [
        ("x: -flow,", "x: -flwo,", "flow"), ("x: -flow,", "x: -flow(),", "operator"),
        ("{flow: k * x}", "{flow: k * more, more: flow}", "cycle"), ("u: -c * ddx(u)", "u: -c * ddy(u)", "axes"),
        ("x: -flow,", "x: u,", "number"), ("normal(1, 0.5)", "normal(1)", "normal(mean, deviation)"),
        ("normal(1, 0.5)", "nromal(1, 1)", "normal"), ("normal(1, 0.5)", "normal(-9, 0.1)", "reaches into"),
        ("of: x,", "of: z,", "one that is defined"), ("of: x,", "of: u,", "at: {x"),
        ("of: x,", "of: x, at: {x: 1},", "number"),
        ("of: x,", "of: t * x,", "without it"), ("of: x,", "of: u, at: {x: 9},", "0 to"),
        ("column: y,", "column: w,", "y"), ("error: 0.3", "error: {estimate: \"normal(-9, 1)\"}", "positive"),
        ("start: {x: \"lognormal(0, 1)\"", "start: {x: 0", "within its bounds"),
        ("start: {x: \"lognormal(0, 1)\"", "start: {time: 1, x: 1", "from 'start.time' on"),
        ("start: {x:", "start: {w:", "x, u"), ("bounds: [0, inf]}, u", "bounds: [1, 0]}, u", "least"),
        ("{method: etkf, members: 10}", "{method: letkf, members: 10}", "coordinates"),
        ("{method: etkf, members: 10}", "{method: optimal-particles, members: 10}", "model_error"),
        ("{method: etkf, members: 10}", "{method: kalmn}", "kalman"),
        ("of: x,", "of: x, valid: [90, 99],", "can be used"),
        ("\"normal(0, 1)\"", "diffuse", "kalman"), ("states: {x:", "states: {t: {}, x:", "none of"),
        ("method: rk4, step: 0.1", "method: rk4", "step"),
        ("method: rk4, step: 0.1", "method: tsit5, step: 0.1", "tolerance"),
    ]) func aFaultIsOneLine(_ old: String, _ new: String, _ hint: String) throws {
        #expect(Self.base.contains(old))
        let line = try #require(
            try AssimilationRun.refusal(Self.base.replacing(old, with: new), files: ["y.csv": Self.table]))
        #expect(
            line.contains(hint) && !line.contains("\n") && line.contains("own.yaml:") || line.contains("y.csv"),
            "\(line)")
    }

    /// A key that no method reads is refused.
    @Test(arguments: [
        ("{method: map}", "quality: {background: 4}", "quality.background"),
        ("{method: ienks, members: 10, lag: 1}", "quality: {background: 4}", "quality.background"),
        ("{method: map}", "drift", "drift of"), ("{method: likelihood, filter: kalman}", "drift", "drift of"),
    ]) func aKeyWithoutEffectIsRefused(_ method: String, _ more: String, _ hint: String) throws {
        var text = Self.base.replacing("{method: etkf, members: 10}", with: method)
        if more == "drift" {
            text = text.replacing("\"normal(1, 0.5)\",", with: "\"normal(1, 0.5)\", drift: 0.1,")
        } else {
            text += "\n" + more
        }
        let line = try #require(try AssimilationRun.refusal(text, files: ["y.csv": Self.table]))
        #expect(line.contains(hint), "\(line)")
    }

    @Test func aStateWithoutRoomIsRefused() throws {
        let text = """
            model:
              states: {u: {x: {length: 90000, periodic: true}}}
              equations: {u: -ddx(u)}
              integrator: {method: rk4, step: 0.1}
              start: {u: "normal(0, 1)"}
              error: {u: 0.1}
            observations: [{file: y.csv, time: {column: t}, of: u, at: {x: 3}, column: y, error: 0.3}]
            methods: [{method: etkf, members: 10}]
            """
        let line = try #require(try AssimilationRun.refusal(text, files: ["y.csv": Self.table]))
        #expect(line.contains("values of the state × values of the state"), "\(line)")
    }

    @Test func mapsNeedTimesOfTheirSteps() throws {
        let text = """
            model: {states: [x], map: {x: 0.9 * x}, start: {x: "normal(0, 1)"}}
            observations: [{file: y.csv, time: {column: t}, of: x, column: y, error: 0.3}]
            methods: [{method: kalman}]
            """
        let line = try #require(try AssimilationRun.refusal(text, files: ["y.csv": "t,y\n0,1\n1.5,2\n"]))
        #expect(line.contains("between two steps of the map"))
    }

    @Test func aModelThatDivergesIsSaidTo() throws {
        let text = """
            model: {states: [x], equations: {x: x ^ 2}, start: {x: "normal(5, 1)"}, integrator: {method: euler, step: 0.1}}
            observations: [{file: y.csv, time: {column: t}, of: x, column: y, error: 0.3}]
            methods: [{method: etkf, members: 10}]
            """
        let run = try AssimilationRun(text, files: ["y.csv": "t,y\n0,5\n40,2\n"]).results
        #expect(run.verdict.contains { $0.contains("diverged") })
        #expect(!String(decoding: run.json(), as: UTF8.self).contains("nan"))
    }
}
