import Foundation
import Testing

@testable import Experiments
@testable import Studies

/// Values are used as the configuration says, and those that are not used have no influence.
@Suite struct ObservationUseTests {
    private static func decay(_ observation: String, methods: String = "{method: etkf, members: 12}") -> String {
        """
        model:
          states: [x]
          parameters: {k: {prior: "lognormal(-1, 0.5)", bounds: [0, inf]}}
          equations: {x: -k * x}
          integrator: {method: rk4, step: 0.1}
          start: {time: 0, x: "normal(5, 1)"}
          error: {x: 0.1}
        observations: [{file: y.csv, time: {column: t}, of: x, column: y, error: 0.3\(observation)}]
        methods: [\(methods)]
        """
    }
    private static let rows = [(0.0, 5.1), (0.7, 3.9), (1.1, 3.4), (2.5, 2.2), (2.6, 2.0), (4.0, 1.1)]
    private static func table(_ changes: [Double: String] = [:], more: String = "") -> String {
        "t,y\n" + rows.map { "\($0.0),\(changes[$0.0] ?? "\($0.1)")\n" }.joined() + more
    }

    /// No bit of a result depends on the number that stands in the place of a value that is not used.
    @Test(arguments: [
        "{method: etkf, members: 12}", "{method: kalman}", "{method: map}",
        "{method: bootstrap-particles, members: 50}",
        "{method: 4dvar, lag: 1}", "{method: ienks, members: 8, lag: 2}", "{method: likelihood, filter: kalman}",
    ]) func maskedNumbersReachNothing(_ method: String) throws {
        let text = Self.decay(", valid: [-100, 100]", methods: method)
        let runs = try ["1e4", "-12345", "101"].map {
            try AssimilationRun(text, files: ["y.csv": Self.table([2.5: $0])]).results
        }
        let missing = try AssimilationRun(text, files: ["y.csv": Self.table([2.5: ""])]).results
        for run in runs {
            #expect(run.channels[0].counts["outside_limits"] == 1)
            #expect(run.series[0].best?.mean == missing.series[0].best?.mean)
            #expect(run.series[0].best?.deviation == missing.series[0].best?.deviation)
            #expect(run.parameters == missing.parameters)
            #expect(run.methods[0].logLikelihood == missing.methods[0].logLikelihood)
        }
    }

    @Test func eachValueHasItsFlag() throws {
        let table = Self.table([1.1: "-1", 2.5: "77"], more: "4.05,1.12\n4.05,1.12\n5.0,\n")
        let run = try AssimilationRun(
            Self.decay(", valid: [-50, 50], thin: 0.2, transform: sqrt"), files: ["y.csv": table])
        let flags = run.results.channels[0].flags.map { ValueFlag(rawValue: $0) }
        #expect(run.results.times == [0, 0.7, 1.1, 2.5, 2.6, 4.0, 4.05, 5.0])
        #expect(flags == [.used, .used, .undefined, .outsideLimits, .used, .used, .thinned, .missing])
    }

    @Test func aValueFarFromItsForecastIsRejected() throws {
        let text = Self.decay("") + "\nquality: {background: 4}"
        let run = try AssimilationRun(text, files: ["y.csv": Self.table([2.5: "40"])]).results
        #expect(run.methods[0].innovations[0].rejected == 1 && run.methods[0].innovations[0].count == 5)
        let missing = try AssimilationRun(text, files: ["y.csv": Self.table([2.5: ""])]).results
        #expect(run.series[0].analysis?.mean == missing.series[0].analysis?.mean)
        let trusting = try AssimilationRun(Self.decay(""), files: ["y.csv": Self.table([2.5: "40"])]).results
        #expect(trusting.methods[0].innovations[0].rejected == 0)
        #expect(trusting.series[0].analysis?.mean != run.series[0].analysis?.mean)
    }

    @Test func repeatedMeasurementsAreUsedTogether() throws {
        let linear = Self.decay("", methods: "{method: kalman}").replacing(
            "{prior: \"lognormal(-1, 0.5)\", bounds: [0, inf]}", with: "0.4")
        let twice = try AssimilationRun(linear, files: ["y.csv": "t,y\n0,4\n0,6\n"]).results
        let once = try AssimilationRun(
            linear.replacing("error: 0.3", with: "error: \(0.3 / 2.0.squareRoot())"), files: ["y.csv": "t,y\n0,5\n"]
        ).results
        #expect(twice.channels.map(\.name) == ["y", "y #2"])
        let (first, second) = (try #require(twice.series[0].analysis), try #require(once.series[0].analysis))
        #expect(abs(first.mean[0] - second.mean[0]) < 1e-10)
    }

    @Test func placesOfAFieldAreInterpolated() throws {
        let text = """
            model:
              states: {u: {x: {length: 4, spacing: 2}}}
              equations: {u: 0 * u}
              integrator: {method: euler, step: 1}
              start: {u: [1, 3, 5, 7]}
            observations: [{file: y.csv, time: {column: t}, of: u, at: {x: {column: depth}}, column: y, error: 1}]
            methods: [{method: kalman}]
            """
        let run = try AssimilationRun(text, files: ["y.csv": "t,depth,y\n0,0,1\n0,3,4\n0,5.5,9\n1,3,4\n"]).results
        let forecasts = try #require(run.series[0].forecasts)
        #expect(run.channels.map(\.name) == ["y at 0", "y at 3", "y at 5.5"])
        #expect(zip(forecasts.prefix(3), [1, 4, 6.5]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func aBiasIsEstimated() throws {
        let text = """
            model:
              states: [x]
              equations: {x: 0.2 * x}
              integrator: {method: rk4, step: 0.5}
              start: {x: "normal(1, 0.5)"}
            observations:
              - {file: y.csv, time: {column: t}, of: x, column: a, error: 0.01}
              - {file: y.csv, time: {column: t}, of: x, column: b, error: 0.01, bias: "normal(0, 1)"}
            methods: [{method: map}, {method: kalman}]
            """
        let table =
            "t,a,b\n"
            + (0..<10).map { t in
                let x = exp(0.2 * Double(t))
                return "\(t),\(x),\(x + 0.7)\n"
            }.joined()
        let run = try AssimilationRun(text, files: ["y.csv": table])
        for method in 0..<2 {
            #expect(abs(try #require(run.parameter("bias_b", of: method).mean) - 0.7) < 0.02)
        }
    }

    @Test func aParameterThatNothingDependsOnIsSaidToBeUndetermined() throws {
        let text = Self.decay("", methods: "{method: map}").replacing(
            "parameters: {", with: "parameters: {idle: {prior: \"normal(3, 2)\"}, ")
        let run = try AssimilationRun(text, files: ["y.csv": Self.table()])
        let idle = try run.parameter("idle")
        #expect(!idle.determined)
        #expect(abs(try #require(idle.sd) - 2) < 1e-6)
        #expect(run.results.verdict.contains { $0.contains("do not determine idle") })
    }
}
