import Foundation
import Studies

/// Some methods on a setting: a twin experiment, narrowed to what is asked for.
public struct Comparison: Sendable {
    private var file: ExperimentFile

    /// - Parameters:
    ///   - setting: the file of a twin experiment, or the name of a published setting with
    ///     the methods published for it.
    ///   - methods: the names of those that are compared; all by default.
    ///   - seeds: the number of test seeds, if not that of the configuration.
    public init(_ setting: String, methods: [String]?, seeds: Int?) throws(InputError) {
        if let setting = Literature.all.first(where: { $0.name == setting }) {
            file = try Self.published(setting)
        } else {
            file = try ExperimentFile(setting)
        }
        guard var experiment = file.experiment as? TwinExperiment else {
            throw InputError(
                .configuration, at: .init(setting, path: "experiment"), "an experiment of kind \(file.kind.rawValue)",
                expected: "kind twin, or a published setting: "
                    + Spelling.oneOf(Literature.all.map(\.name)))
        }
        experiment = try experiment.narrowed(to: methods, seeds: seeds)
        file.experiment = experiment
        if methods != nil || seeds != nil {
            let names = methods.map { "methods \($0)" } ?? "all methods"
            file.subject = names + (seeds.map { ", \($0) seeds" } ?? "")
        }
    }

    public func run(output: String?, claim: RunFolder.Claim, options: RunOptions) throws(InputError) -> CompletedRun {
        try file.run(output: output, claim: claim, options: options)
    }

    private static func published(_ setting: TwinSetting) throws(InputError) -> ExperimentFile {
        let methods = setting.methods.map { "  - \($0.yaml)" }.joined(separator: "\n")
        return try ExperimentFile(
            yaml: """
                experiment: twin
                name: \(setting.name)
                title: '\(setting.title)'
                summary: '\(setting.reference.replacing("'", with: "''"))'
                setting: \(setting.name)
                methods:
                \(methods)
                """, file: setting.name)
    }
}

extension ComparedMethod {
    /// As a configuration has it: `{method: letkf, members: 10, inflation: [1.02, 1.06], …}`.
    fileprivate var yaml: String {
        let entries = type.parameterDescriptions.map { description in
            let values = candidates.compactMap { $0.value(description.name) }
            let listed = values.reduce(into: [Double]()) { if !$0.contains($1) { $0.append($1) } }
            return "\(description.name): [\(listed.map { description.domain.text($0) }.joined(separator: ", "))]"
        }
        return "{" + (["name: \(name)", "method: \(type.name)"] + entries).joined(separator: ", ") + "}"
    }
}

extension TwinExperiment {
    func narrowed(to names: [String]?, seeds: Int?) throws(InputError) -> TwinExperiment {
        let known = configuration.methods.map(\.name)
        for name in names ?? [] where !known.contains(name) {
            throw InputError(
                .usage, at: .init("--methods"),
                "there is no method \(name.quoted)\(Spelling.suggestion(for: name, among: known))",
                expected: Spelling.oneOf(known))
        }
        return TwinExperiment(header, configuration.narrowed(to: names, seeds: seeds))
    }

    private init(_ header: ExperimentHeader, _ configuration: TwinConfiguration) {
        (self.header, self.configuration) = (header, configuration)
    }
}
