import Foundation
import Studies
import Testing

@testable import Experiments

/// Fields whose equations are a few lines of a configuration: filters follow them from a part of their values.
@Suite struct FieldExampleTests {
    @Test(arguments: [
        ("burgers", 64), ("advection-diffusion", 60), ("reaction-diffusion", 512), ("shallow-water", 768),
    ])
    func filtersFollowFields(name: String, variables: Int) throws {
        let root = #filePath.replacing("Tests/ExperimentsTests/FieldExampleTests.swift", with: "")
        let file = try ExperimentFile("\(root)Examples/fields/\(name).yaml")
        let configuration = try #require(file.experiment as? TwinExperiment).configuration
        #expect(configuration.setting.model.variables == variables)
        let scores = compare(configuration.methods, on: configuration.setting, testSeeds: 1).methods
        func error(_ name: String) throws -> Double {
            try #require(scores.first { $0.name == name }?.error, "\(name) has no error")
        }
        let (climate, filter) = (try error("climatology"), try error("letkf"))
        let interpolation = try error("optimal-interpolation")
        #expect(filter < 0.5 * climate, "\(name): \(filter) of a climate of \(climate)")
        #expect(filter < interpolation, "\(name): \(filter)")
    }
}
