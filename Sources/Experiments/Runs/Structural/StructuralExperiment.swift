import Learning
import Verification

/// Takes one series as trend, season and a learned remainder; chooses the components on a validation period, forecasts a test
/// period that no fit has seen, and estimates what is missing or withheld.
public struct StructuralExperiment: Experiment {
    let header: ExperimentHeader
    let setting: StructuralConfiguration

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        header = common
        setting = try StructuralConfiguration(&keys)
    }

    public var inputFiles: [String] { [setting.data.file] }

    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> RunResults {
        let data = try StructuralData(setting)
        let variants = setting.variants
        let progress = ProgressMeter(
            "Fitting \(variants.count) structural models", total: 2 * variants.count * Self.usualEvaluations,
            isQuiet: options.isQuiet)
        let trained = try each(variants, options) { (variant) throws(InputError) in
            try folder.stage("fits/training/\(variant.name)") {
                fit(variant, Array(data.given[data.training]), progress)
            }
        }
        let final = try each(trained, options) { (earlier) throws(InputError) in
            try folder.stage("fits/before test/\(earlier.setting.name)") {
                fit(earlier.setting, Array(data.given[data.history]), from: earlier, progress)
            }
        }
        progress.finish()
        return try StructuralRun(header: header, setting: setting, data: data, trained: trained, final: final)
            .results(threads: options.threads)
    }

    /// So many evaluations of the likelihood fill a fit's part of the progress bar.
    private static let usualEvaluations = 50

    private func fit(
        _ variant: StructuralSetting, _ values: [Double], from earlier: StructuralFit? = nil, _ progress: ProgressMeter
    ) -> StructuralFit {
        var evaluations = 0
        let fit = StructuralFit(values, variant, from: earlier) {
            evaluations += 1
            if evaluations < Self.usualEvaluations { progress.advance() }
        }
        progress.advance(by: max(1, Self.usualEvaluations - evaluations))
        return fit
    }

    private func each<A: Sendable>(
        _ list: [A], _ options: RunOptions,
        _ body: @escaping @Sendable (A) throws(InputError) -> StructuralFit
    ) throws(InputError) -> [StructuralFit] {
        let done = concurrentMap(list.count, threads: options.threads) { index -> Result<StructuralFit, InputError> in
            do throws(InputError) { return .success(try body(list[index])) } catch { return .failure(error) }
        }
        var fits: [StructuralFit] = []
        for result in done { fits.append(try result.get()) }
        return fits
    }
}
