import Foundation

/// Some methods on a setting: a twin experiment, narrowed to what is asked for.
public struct Comparison: Sendable {
    private var file: ExperimentFile

    /// - Parameters:
    ///   - setting: the file of a twin experiment, or the name of a published setting with
    ///     the methods published for it.
    ///   - methods: the names of those that are compared; all by default.
    ///   - seeds: the number of test seeds, if not that of the configuration.
    public init(_ setting: String, methods: [String]?, seeds: Int?) throws(InputError) {
        if let name = PublishedSettingName(rawValue: setting) {
            file = try Self.published(name)
        } else {
            file = try ExperimentFile(setting)
        }
        guard var experiment = file.experiment as? TwinExperiment else {
            throw InputError(
                .configuration, at: .init(setting, path: "experiment"), "an experiment of kind \(file.kind.rawValue)",
                expected: "kind twin, or a published setting: "
                    + Spelling.oneOf(PublishedSettingName.allCases.map(\.rawValue)))
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

    private static func published(_ name: PublishedSettingName) throws(InputError) -> ExperimentFile {
        let setting = name.setting
        let methods = name.methods.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
        return try ExperimentFile(
            yaml: """
                experiment: twin
                name: \(name.rawValue)
                title: '\(setting.title)'
                summary: '\(setting.reference.replacing("'", with: "''"))'
                setting: \(name.rawValue)
                methods:
                \(methods)
                """, file: name.rawValue)
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
