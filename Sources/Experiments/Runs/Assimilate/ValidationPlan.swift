import Studies
import Tensors

/// The judgement of methods by values that are withheld from them.
struct ValidationPlan: Sendable {
    var grouping = WithheldFolds.Grouping.time
    var folds = 5
    /// Blocks of time in a fold.
    var blocks = 4
    var node: ConfigurationNode?

    static let keys = KeyTable(
        .choice(
            "by", WithheldFolds.Grouping.self, .usual("time"),
            "Blocks of neighbouring times, all values of a place or column, or single values at random."),
        .integer("folds", 2...100, .usual("5"), "Parts that are withheld in turn."),
        .integer(
            "blocks", 1...1000, .usual("4"), "Blocks of time in a fold; of no effect for places and values."))

    init() {}

    init(_ node: ConfigurationNode) throws(InputError) {
        self.node = node
        (grouping, folds, blocks) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let grouping: WithheldFolds.Grouping = try keys.choice("by")
            if grouping != .time, let blocks = keys.optional("blocks") {
                throw blocks.error("'blocks' of \(grouping.rawValue)", expected: "'by: time'")
            }
            return (grouping, try keys.integer("folds"), try keys.integer("blocks"))
        }
    }

    /// The estimates of a fold as its stage keeps them.
    private struct FoldEstimates: Codable, Sendable {
        var means: [Double?]
        var deviations: [Double?]
        var smoothedMeans: [Double?]?
        var smoothedDeviations: [Double?]?
    }

    func judge(
        _ methods: [NamedInference], _ problems: SystemProblems, _ data: AssimilationData, in folder: RunFolder,
        options: RunOptions
    ) throws(InputError) -> WithheldJudgement {
        let all = data.observations
        let folds = WithheldFolds(all, by: grouping, folds: folds, blocks: blocks, key: problems.corrected.key)
        guard folds.used.count > 1 else {
            throw (node ?? methods[0].node).error(
                "values in \(folds.used.count) of \(self.folds) folds by \(grouping.rawValue)",
                expected: "observations that can be withheld in turn")
        }
        let count = all.mask.count
        let names = data.channels.map(\.name)
        var filtered = methods.map { WithheldEstimates($0.name, isSmoothed: false, count: count) }
        var smoothed = methods.map { WithheldEstimates($0.name, isSmoothed: true, count: count) }
        var (hasFiltered, hasSmoothed) = (Set<Int>(), Set<Int>())
        var simple = SimpleEstimate.allCases.map { WithheldEstimates($0.rawValue, isSmoothed: false, count: count) }
        let progress = ProgressMeter(
            "Withholding values, \(folds.used.count) folds", total: folds.used.count * methods.count,
            isQuiet: options.isQuiet)
        let print = "\(all.fingerprint)"
        for fold in folds.used {
            let places = folds.places(fold)
            let rest = folds.observations(all, without: fold)
            let given = problems.with(rest)
            for (number, method) in methods.enumerated() {
                let name = ["validation", print, "\(grouping.rawValue)-\(self.folds)-\(blocks)-\(fold)", method.name]
                let found: FoldEstimates = try folder.stage(name) {
                    let sizes = method.isFilter ? given.sizes(method) : nil
                    return Self.estimates(method.infer(given[method], sizes, nil), places)
                }
                filtered[number].fill(places, found.means, found.deviations)
                if found.means.contains(where: { $0 != nil }) { hasFiltered.insert(number) }
                if let means = found.smoothedMeans, let deviations = found.smoothedDeviations {
                    smoothed[number].fill(places, means, deviations)
                    hasSmoothed.insert(number)
                }
                progress.advance()
            }
            for place in simple.indices {
                SimpleEstimate.allCases[place].fill(
                    &simple[place], folds, fold: fold, rest, tables: data.channels.map(\.table))
            }
        }
        progress.finish()
        let estimates = methods.indices.flatMap { number in
            (hasFiltered.contains(number) || !hasSmoothed.contains(number) ? [filtered[number]] : [])
                + (hasSmoothed.contains(number) ? [smoothed[number]] : [])
        }
        return WithheldJudgement(folds, all, names: names, estimates + simple)
    }

    private static func estimates(_ inference: Inference, _ places: [Int]) -> FoldEstimates {
        func chosen(_ x: Tensor?) -> [Double?] {
            guard let values = x?.values else { return [Double?](repeating: nil, count: places.count) }
            return places.map { values[$0].finite }
        }
        var found = FoldEstimates(
            means: chosen(inference.filtered?.estimates), deviations: chosen(inference.filtered?.estimateDeviations))
        if let values = inference.smoothedValues {
            (found.smoothedMeans, found.smoothedDeviations) = (chosen(values.means), chosen(values.deviations))
        }
        return found
    }
}

extension WithheldEstimates {
    fileprivate mutating func fill(_ places: [Int], _ means: [Double?], _ deviations: [Double?]) {
        for (place, (mean, deviation)) in zip(places, zip(means, deviations)) {
            (self.means[place], self.deviations[place]) = (mean ?? .nan, deviation ?? .nan)
        }
    }
}

extension SystemObservations {
    /// Of times, values, gaps and errors.
    fileprivate var fingerprint: Fingerprint {
        var print = Fingerprint()
        for numbers in [times, values.values, mask.values, deviations.values] {
            print.combine(
                numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } })
        }
        return print
    }
}
