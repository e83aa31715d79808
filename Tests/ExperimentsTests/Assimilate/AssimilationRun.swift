import Foundation
import Testing

@testable import Experiments
@testable import Studies

/// Runs a configuration of the kind assimilate with its files in a temporary folder.
struct AssimilationRun {
    let results: AssimilateResults

    /// - Parameters:
    ///   - text: the configuration without kind and name.
    ///   - files: by name.
    init(_ text: String, files: [String: String] = [:]) throws {
        results = try withTemporaryFolder { folder in
            for (name, content) in files { try Data(content.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
            let file = try ExperimentFile(yaml: Self.header + text, file: "\(folder)/own.yaml")
            let claimed = try RunFolder(claiming: "\(folder)/out", fingerprint: "1", as: .new)
            let found = try file.experiment.run(in: claimed, options: RunOptions(threads: 1, isQuiet: true))
            return try #require(found as? AssimilateResults)
        }
    }

    static let header = "experiment: assimilate\nname: own\n"

    /// The line with which a configuration, or its data, is refused.
    static func refusal(_ text: String, files: [String: String] = [:]) throws -> String? {
        try withTemporaryFolder { folder in
            for (name, content) in files { try Data(content.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
            do throws(InputError) {
                let file = try ExperimentFile(yaml: header + text, file: "\(folder)/own.yaml")
                let claimed = try RunFolder(claiming: "\(folder)/out", fingerprint: "1", as: .new)
                _ = try file.experiment.run(in: claimed, options: RunOptions(threads: 1, isQuiet: true))
                return nil
            } catch { return error.description }
        }
    }

    /// The estimate of an unknown on a scale.
    func parameter(_ name: String, _ scale: String = "identity", of method: Int = 0) throws
        -> AssimilateResults.ParameterRecord
    {
        try #require(
            results.parameters.first {
                $0.name == name && $0.scale == scale && $0.method == results.methods[method].name
            })
    }
}
