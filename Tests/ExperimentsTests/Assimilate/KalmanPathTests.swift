import Foundation
import Testing

@testable import Experiments
@testable import Studies

/// Linear systems in a configuration are the Kalman filter and smoother, to rounding.
@Suite struct KalmanPathTests {
    /// The annual flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ (Cobb 1978).
    static let nile = [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
        1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
        831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865,
        845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050,
        918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
    ]
    private static let table =
        "year,flow\n" + nile.enumerated().map { "\(1871 + $0),\($1)\n" }.joined()

    private static func level(start: String, more: String = "") -> String {
        """
        model:
          states: [level]
          map: {level: level}
          time_unit: year
          start: {level: \(start)}
          error: {level: \(1469.1.squareRoot())}
        observations: [{file: nile.csv, time: {column: year}, of: level, column: flow, error: \(15099.0.squareRoot())}]
        methods: [{method: kalman}]
        \(more)
        """
    }

    @Test func likelihoodAndStatesAreThoseOfTheOracle() throws {
        let start = "\"normal(0, \(1e7.squareRoot()))\""
        let run = try AssimilationRun(Self.level(start: start), files: ["nile.csv": Self.table])
        #expect(abs(try #require(run.results.methods[0].logLikelihood) + 641.5855784594153) < 1e-8)
        let series = run.results.series[0]
        let (analysis, smoothed) = (try #require(series.analysis), try #require(series.smoothed))
        // Two independent programs; see the file of states.
        #expect(abs(analysis.mean[0] - 1118.31146152) < 1e-7)
        #expect(abs(analysis.deviation[1] * analysis.deviation[1] - 7894.55753088) < 1e-6)
        #expect(abs(smoothed.mean[0] - 1111.22025757) < 1e-7)
        #expect(abs(smoothed.deviation[1] * smoothed.deviation[1] - 3242.05699924) < 1e-5)
    }

    @Test func aDiffuseStartIsExact() throws {
        let run = try AssimilationRun(Self.level(start: "diffuse"), files: ["nile.csv": Self.table])
        #expect(abs(try #require(run.results.methods[0].logLikelihood) + 633.4645636488787) < 1e-8)
        let analysis = try #require(run.results.series[0].analysis)
        // The first observation alone, with its error.
        #expect(abs(analysis.mean[0] - 1120) < 1e-9)
        #expect(abs(analysis.deviation[0] * analysis.deviation[0] - 15099) < 1e-6)
    }

    @Test func forecastsGoOnBehindTheLastObservation() throws {
        let run = try AssimilationRun(
            Self.level(start: "diffuse", more: "forecast: {leads: 3}"), files: ["nile.csv": Self.table])
        let analysis = try #require(run.results.series[0].analysis)
        #expect(run.results.times.suffix(3) == [1971, 1972, 1973] && run.results.observedCount == 100)
        let last = analysis.deviation[99] * analysis.deviation[99]
        for lead in 1...3 {
            #expect(abs(analysis.mean[99 + lead] - analysis.mean[99]) < 1e-9)
            let variance = analysis.deviation[99 + lead] * analysis.deviation[99 + lead]
            #expect(abs(variance - last - Double(lead) * 1469.1) < 1e-6)
        }
    }

    /// dx = −k x dt + s dW at irregular times: mean and variance of an interval are known.
    @Test func irregularTimesAreTheContinuousDiscreteFilter() throws {
        let (decay, noise, error) = (0.7, 1.3, 0.4)
        let times = [0, 0.13, 0.5, 0.51, 1.9, 2.0, 4.75, 4.8, 5.9]
        let values: [Double?] = [1.2, nil, 0.4, 0.9, -0.3, nil, 1.5, 1.1, 0.2]
        let table = "t,y\n" + zip(times, values).map { "\($0),\($1.map { "\($0)" } ?? "")\n" }.joined()
        let run = try AssimilationRun(
            """
            model:
              states: [x]
              equations: {x: -\(decay) * x}
              integrator: {method: tsit5, tolerance: 1e-12}
              start: {x: "normal(0.5, 2)"}
              error: {x: \(noise)}
            observations: [{file: y.csv, time: {column: t}, of: x, column: y, error: \(error)}]
            methods: [{method: kalman}]
            """, files: ["y.csv": table])
        let analysis = try #require(run.results.series[0].analysis)
        var (mean, variance, likelihood) = (0.5, 4.0, 0.0)
        for (place, time) in times.enumerated() {
            if place > 0 {
                let factor = exp(-decay * (time - times[place - 1]))
                mean *= factor
                variance = factor * factor * variance + noise * noise * (1 - factor * factor) / (2 * decay)
            }
            if let value = values[place] {
                let (innovation, total) = (value - mean, variance + error * error)
                likelihood -= 0.5 * (log(2 * Double.pi * total) + innovation * innovation / total)
                mean += variance / total * innovation
                variance *= 1 - variance / total
            }
            #expect(abs(analysis.mean[place] - mean) < 1e-8)
            #expect(abs(analysis.deviation[place] - variance.squareRoot()) < 1e-8)
        }
        #expect(abs(try #require(run.results.methods[0].logLikelihood) - likelihood) < 1e-8)
    }

    /// Two coupled observations with correlated errors, a forcing and a correlated model error, against matrices.
    @Test func correlatedErrorsAndForcingsAreUsed() throws {
        let text = { (correlation: String, forcing: String) in
            """
            model:
              states: [a, b]
              map: {a: 0.9 * a + 0.1 * b + u, b: 0.8 * b}
              forcings: [{name: u, interpolation: held, file: \(forcing), time: {column: t}}]
              start: {time: 0, a: "normal(0, 1)", b: "normal(0, 1)"}
              error: {covariance: [[0.5, 0.2], [0.2, 0.4]]}
            observations:
              - {file: y.csv, time: {column: t}, of: a, column: p, error: 0.5}
              - {file: y.csv, time: {column: t}, of: a + b, column: q, error: 0.7}
            \(correlation)
            methods: [{method: kalman}]
            """
        }
        let files = [
            "y.csv": "t,p,q\n1,0.3,0.2\n2,1.1,\n3,0.8,1.9\n", "u.csv": "t,u\n0,0.5\n1,-0.25\n2,1\n",
            "zero.csv": "t,u\n0,0\n",
        ]
        let correlated = "correlations: [{of: [p, q], matrix: [[1, 0.6], [0.6, 1]]}]"
        let whole = try AssimilationRun(text(correlated, "u.csv"), files: files)
        let plain = try AssimilationRun(text("", "u.csv"), files: files)
        let unforced = try AssimilationRun(text(correlated, "zero.csv"), files: files)
        // Reference: the recursion in numpy, of the same numbers.
        #expect(abs(try #require(whole.results.methods[0].logLikelihood) - Self.reference) < 1e-9)
        #expect(whole.results.methods[0].logLikelihood != plain.results.methods[0].logLikelihood)
        #expect(whole.results.methods[0].logLikelihood != unforced.results.methods[0].logLikelihood)
    }
    private static let reference = -6.733614735902082
}
