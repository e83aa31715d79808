import Studies
import Supervised

/// Regression from a table: models are chosen by cross-validation and judged on samples that no fit or choice has seen.
public struct RegressionExperiment: Experiment {
    let run: SupervisedRun

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        run = SupervisedRun(header: common, configuration: try .init(&keys, task: .regression, seed: common.seed))
    }

    public var inputFiles: [String] { run.configuration.inputFiles }
    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults {
        try run.results(in: folder, options: options)
    }
}

/// Classification of rows of a table or of pictures, in the same way.
public struct ClassificationExperiment: Experiment {
    let run: SupervisedRun

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        run = SupervisedRun(header: common, configuration: try .init(&keys, task: .classification, seed: common.seed))
    }

    public var inputFiles: [String] { run.configuration.inputFiles }
    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults {
        try run.results(in: folder, options: options)
    }
}

extension SupervisedConfiguration {
    var inputFiles: [String] {
        if case .file(let source) = test { return data.inputFiles + source.inputFiles }
        return data.inputFiles
    }
}
