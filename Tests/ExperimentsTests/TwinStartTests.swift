import Assimilation
import Foundation
import Studies
import Tensors
import Testing

@testable import Experiments

/// Where the filters of twin experiments start, and the climate that they are compared with.
@Suite struct TwinStartTests {
    @Test func membersStartAsFarAsAnObservationOrAsTheClimate() {
        var setting = TwinSetting.sakov2012
        let climate = setting.draw(.test, seed: 1, cycles: 2).climate
        let spread = climate.variance(axes: [0]).sqrt()
        // A setting of the literature starts as it always did.
        #expect(setting.startSpread(climate).values == [Double](repeating: setting.error, count: 3))
        setting.error = 1e9
        #expect(setting.startSpread(climate).values == spread.values)
        (setting.error, setting.function) = (3, .square)
        let sizes = climate.squared().mean(axes: [0]).sqrt().values
        for (found, size) in zip(setting.startSpread(climate).values, sizes) {
            #expect(abs(found - 3 / (2 * size)) < 1e-12)
        }
        // The arctangent of a large number tells little of it.
        (setting.error, setting.function) = (0.5, .arcTangent)
        let seen = setting.startSpread(climate).values
        #expect(zip(seen, spread.values).allSatisfy { $0 > 0.5 && $0 <= $1 })
    }

    /// Observations that tell nothing leave an ensemble filter a free run: as good as climatology within √2.
    @Test(arguments: ["identity", "square", "arctan"]) func anUninformedFilterIsAFreeRun(function: String) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "twin-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = """
            experiment: twin
            name: x
            model: {name: lorenz63, step: 0.01, steps_between: 25}
            observe: {every: 1, function: \(function), error: 1e9}
            cycles: 300
            spinup: 50
            seeds: {tuning: 1, test: 2}
            methods: [{method: etkf, members: 10}]
            """
        let file = try ExperimentFile(yaml: text, file: "x.yaml")
        let folder = try RunFolder(claiming: path, fingerprint: "1", as: .new)
        let results = try file.experiment.run(in: folder, options: RunOptions(threads: 2, isQuiet: true))
        let twin = try #require(results as? TwinResults)
        let errors = twin.methods.flatMap { method in method.runs.map { ($0.outcome, $0.error) } }
        #expect(errors.allSatisfy { $0.0 == .completed && ($0.1 ?? 99) < 14 }, "\(errors)")
    }

    /// States of the climate are further apart than the model remembers.
    @Test(arguments: [TwinSetting.bocquet2019, .sakov2008]) func statesOfTheClimateAreNearlyIndependent(
        setting: TwinSetting
    ) {
        let climate = setting.draw(.test, seed: 1, cycles: 2).climate
        let anomalies = climate - climate.mean(axes: [0])
        let variance = anomalies.squared().mean().scalar
        let neighbors = (anomalies[0..<999] * anomalies[1..<1000]).mean().scalar / variance
        #expect(abs(neighbors) < 0.3, "\(neighbors)")
        if setting.name == "bocquet2019" { #expect(abs(variance.squareRoot() - 1.31) < 0.03) }
    }
}
