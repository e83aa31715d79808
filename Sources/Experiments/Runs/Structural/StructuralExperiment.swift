import Learning
import Verification

/// Takes one series as trend, season and a learned remainder; chooses the components on a validation period, forecasts
/// a test period that no fit has seen, and estimates what is missing or withheld.
public struct StructuralExperiment: Experiment {
    let header: ExperimentHeader
    let configuration: StructuralConfiguration

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        header = common
        configuration = try StructuralConfiguration(&keys)
    }

    public var inputFiles: [String] { [configuration.data.file] }

    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults {
        let data = try StructuralData(configuration)
        let variants = configuration.variants
        let progress = ProgressMeter(
            "Fitting \(variants.count) structural models", total: 2 * variants.count * Self.usualEvaluations,
            isQuiet: options.isQuiet)
        let stages = [("training", data.training), ("before test", data.history)]
        let tasks = stages.flatMap { stage in variants.map { (name: stage.0, times: stage.1, variant: $0) } }
        let fits = try concurrentMap(tasks.count, threads: options.threads) { (index) throws(InputError) in
            let task = tasks[index]
            return try folder.stage("fits", task.name, task.variant.name) {
                fit(task.variant, data, task.times, progress)
            }
        }
        progress.finish()
        let run = StructuralRun(
            header: header, configuration: configuration, data: data, trained: Array(fits[..<variants.count]),
            final: Array(fits[variants.count...]))
        let results = try run.results(threads: options.threads)
        try ModelFile.write(run.checkpoint(of: results.chosen), to: "models/structural", in: folder)
        return results
    }

    /// So many evaluations of the likelihood fill a fit's part of the progress bar.
    private static let usualEvaluations = 50

    private func fit(
        _ variant: StructuralOptions, _ data: StructuralData, _ times: Range<Int>, _ progress: ProgressMeter
    ) -> StructuralFit {
        var evaluations = 0
        let errors = data.errors.map { Array($0[times]) }
        let fit = StructuralFit(Array(data.given[times]), errors: errors, variant) {
            evaluations += 1
            if evaluations < Self.usualEvaluations { progress.advance() }
        }
        progress.advance(by: max(1, Self.usualEvaluations - evaluations))
        return fit
    }
}
