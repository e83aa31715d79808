import Foundation
import Studies

/// Something that a configuration file describes and `apus run` does: from observations to results.
public protocol Experiment: Sendable {
    /// Reads the keys of this kind of experiment; the common ones have been read.
    init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError)

    /// Does the work. Complete stages are kept in the folder, so that a run which was stopped goes on.
    func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults

    /// Every file that the results depend on, besides the configuration.
    var inputFiles: [String] { get }
}

/// The keys that every configuration file has.
public struct ExperimentHeader: Sendable {
    public let name: String
    public let title: String
    public let summary: String
    public let seed: Int
    /// The folder of the results, from the current folder.
    public let output: String
    public let credits: [String]
    /// The configuration file.
    public let file: String

    static let keys = KeyTable(
        .text("name", .required, "The name of the run, and of its folder."),
        .text("title", .optional("the name"), "The heading of the report."),
        .text("summary", .usual("''"), "A sentence below the heading."),
        // Seeds for tuning, validation, test and training are apart by more.
        .integer("seed", 0...400_000, .usual("1"), "All random numbers follow from it."),
        .text("output", .optional("runs/NAME"), "The folder of the results, from the current folder."),
        ConfigurationKey("credits", .list(.text), .optional("none"), "The sources of the data, shown in the report."))

    /// As of a configuration that has name, title and summary alone.
    init(name: String, title: String, summary: String, file: String) {
        (self.name, self.title, self.summary, self.file) = (name, title, summary, file)
        (seed, output, credits) = (1, "runs/\(FilePath.component(name))", [])
    }

    init(_ keys: inout ConfigurationMapping, file: String) throws(InputError) {
        keys.adopt(Self.keys)
        self.file = file
        name = try Self.name(keys.value("name"))
        title = try keys.optionalText("title") ?? name
        summary = try keys.text("summary")
        seed = try keys.integer("seed")
        output = try keys.optionalText("output") ?? "runs/\(FilePath.component(name))"
        credits = try keys.optionalTexts("credits") ?? []
    }
}

extension ExperimentHeader {
    /// A text that prints on a line.
    private static func name(_ node: ConfigurationNode) throws(InputError) -> String {
        let text = try node.string()
        guard !text.isEmpty, text == text.onOneLine else {
            throw node.error("the name \(text.quoted)", expected: "a text of one line, without control characters")
        }
        return text
    }
}

/// How a run is done; none of it changes a result.
public struct RunOptions: Sendable {
    public var threads: Int
    public var isQuiet: Bool

    public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount, isQuiet: Bool = false) {
        self.threads = threads
        self.isQuiet = isQuiet
    }
}

/// The kinds of experiment, by the word after `experiment:`.
public enum ExperimentKind: String, CaseIterable, Sendable {
    /// Forecast models learned from a table of observations, assimilated, compared.
    case forecast
    /// One series as trend, season and a learned remainder.
    case structural
    /// A model of one's own and observations at their own times: states, parameters, forecasts.
    case assimilate
    /// Filters on truths that a model made, compared by how far they stay from the truth.
    case twin
    /// Numbers from a table, by models that are compared on samples of their own.
    case regression
    /// Classes from a table or from pictures, in the same way.
    case classification

    var type: any Experiment.Type {
        switch self {
        case .forecast: ForecastExperiment.self
        case .structural: StructuralExperiment.self
        case .assimilate: AssimilateExperiment.self
        case .twin: TwinExperiment.self
        case .regression: RegressionExperiment.self
        case .classification: ClassificationExperiment.self
        }
    }
}

/// A configuration file, read and checked.
public struct ExperimentFile: Sendable {
    public let header: ExperimentHeader
    public let kind: ExperimentKind
    public internal(set) var experiment: any Experiment
    /// The identity of the run, besides the files that it reads.
    let identity: [UInt8]
    /// The part of the configuration that is run; nil: all of it.
    var subject: String?

    public init(_ path: String) throws(InputError) { try self.init(yaml: try InputFile.text(path), file: path) }

    /// An experiment that no file describes; runs of another `identity` have another folder.
    init(_ header: ExperimentHeader, _ kind: ExperimentKind, _ experiment: any Experiment, identity: String) {
        (self.header, self.kind, self.experiment) = (header, kind, experiment)
        self.identity = Array(identity.utf8)
    }

    /// A configuration as text; `file` names it in errors.
    init(yaml text: String, file: String) throws(InputError) {
        identity = Array(text.utf8)
        let root = try ConfigurationNode(yaml: text, file: file)
        (header, kind, experiment) = try root.mapping(ExperimentKind.keys) { (keys) throws(InputError) in
            let kind: ExperimentKind = try keys.choice("experiment")
            let header = try ExperimentHeader(&keys, file: file)
            return (header, kind, try kind.type.init(&keys, common: header))
        }
    }

    /// Runs the experiment and writes `results.json`, `results.nc` and `report.html` into its folder.
    public func run(
        output: String? = nil, claim: RunFolder.Claim, options: RunOptions
    ) throws(InputError) -> CompletedRun {
        let folder = try folder(output, claim)
        var results = try experiment.run(in: folder, options: options)
        results.engine = folder.engine
        try folder.write(results.json(), to: "results.json")
        try folder.write(results.netCDF().bytes(for: folder.path("results.nc")), to: "results.nc")
        let page = results.report.page()
        try folder.write(page.html.utf8, to: "report.html")
        try folder.finish()
        return CompletedRun(results: results, folder: folder.path, failures: page.failures, times: folder.times)
    }
}

extension ExperimentFile {
    /// The folder of the run, claimed by the fingerprint of everything that results depend on.
    func folder(_ output: String?, _ claim: RunFolder.Claim) throws(InputError) -> RunFolder {
        var fingerprint = Fingerprint()
        fingerprint.combine(identity)
        for file in experiment.inputFiles { fingerprint.combine(try InputFile.bytes(file)) }
        return try RunFolder(
            claiming: output ?? header.output, fingerprint: "\(fingerprint)", subject: subject, as: claim)
    }
}

/// A run whose files are written.
public struct CompletedRun: Sendable {
    public let results: any ReportedResults
    public let folder: String
    /// Why figures are missing from the report, if any are.
    public let failures: [String]
    public let times: RunTimes
}
