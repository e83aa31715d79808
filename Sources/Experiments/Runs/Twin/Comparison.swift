import Foundation
import Studies

/// Some methods on a setting: a twin experiment, narrowed to those methods.
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
        guard let experiment = file.experiment as? any ComparableExperiment else {
            throw InputError(
                .configuration, at: .init(setting, path: "experiment"), "an experiment of kind \(file.kind.rawValue)",
                expected: "kind twin or assimilate, or a published setting: "
                    + Spelling.oneOf(Literature.all.map(\.name)))
        }
        file.experiment = try experiment.compared(methods, seeds: seeds)
        if methods != nil || seeds != nil {
            let names = methods.map { "methods \($0)" } ?? "all methods"
            file.subject = names + (seeds.map { ", \($0) seeds" } ?? "")
        }
    }

    public func run(output: String?, claim: RunFolder.Claim, options: RunOptions) throws(InputError) -> CompletedRun {
        try file.run(output: output, claim: claim, options: options)
    }

    /// The setting with the methods published for it, one seed of tuning and five of tests.
    private static func published(_ setting: TwinSetting) throws(InputError) -> ExperimentFile {
        let header = ExperimentHeader(
            name: setting.name, title: setting.title, summary: setting.reference, file: setting.name)
        let configuration = try TwinConfiguration(published: setting)
        let methods = configuration.methods.map(\.description).joined(separator: "\n")
        return ExperimentFile(
            header, .twin, TwinExperiment(header, configuration), identity: "\(setting.name)\n\(methods)")
    }
}

extension ComparedMethod {
    /// With the values that distinguish runs: `letkf: members 7, inflation 1.04, …`.
    fileprivate var description: String {
        let values = type.parameterDescriptions.map { parameter in
            let own = candidates.map { $0.value(parameter.name).map(parameter.domain.text) ?? "" }
            return "\(parameter.name) \(own.joined(separator: " "))"
        }
        return "\(name): \(([type.name] + values).joined(separator: ", "))"
    }
}

/// An experiment whose methods are compared under one protocol.
protocol ComparableExperiment: Experiment {
    /// Narrowed to some methods and to a number of test seeds, judged as a comparison is.
    func compared(_ methods: [String]?, seeds: Int?) throws(InputError) -> Self
}

extension ComparableExperiment {
    static func require(_ names: [String]?, among known: [String]) throws(InputError) {
        for name in names ?? [] where !known.contains(name) {
            throw InputError(
                .usage, at: .init("--methods"),
                "there is no method \(name.quoted)\(Spelling.suggestion(for: name, among: known))",
                expected: Spelling.oneOf(known))
        }
    }
}

extension AssimilateExperiment: ComparableExperiment {
    /// By values that are withheld, in blocks of time where the configuration has no other way.
    func compared(_ names: [String]?, seeds: Int?) throws(InputError) -> AssimilateExperiment {
        if let seeds {
            throw InputError(
                .usage, at: .init("--seeds"), "\(seeds) seeds of observations that are as they are",
                expected: "'validation' with more folds")
        }
        try Self.require(names, among: methods.map(\.name))
        var experiment = self
        if let names { experiment.methods = methods.filter { names.contains($0.name) } }
        if experiment.validation == nil { experiment.validation = ValidationPlan() }
        return experiment
    }
}

extension TwinExperiment: ComparableExperiment {
    func compared(_ names: [String]?, seeds: Int?) throws(InputError) -> TwinExperiment {
        try Self.require(names, among: configuration.methods.map(\.name))
        return TwinExperiment(header, configuration.narrowed(to: names, seeds: seeds))
    }

    fileprivate init(_ header: ExperimentHeader, _ configuration: TwinConfiguration) {
        (self.header, self.configuration) = (header, configuration)
    }
}
