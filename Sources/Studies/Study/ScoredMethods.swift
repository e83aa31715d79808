import Verification

/// The scores of methods on a setting: which is best beyond noise, as a table and as sentences.
public protocol ScoredMethods {
    /// Name and title of the setting.
    var setting: String { get }
    /// Observation times of a seed.
    var cycles: Int { get }
    var methods: [TwinMethodRecord] { get }
    /// Differences of the errors of all pairs of methods over the seeds.
    var comparisons: [TwinComparisonRecord] { get }
}

extension ScoredMethods {
    /// The methods in the order of the configuration.
    public var scoreTable: TextTable {
        var table = TextTable(
            title: setting + (hasClearBest ? "; marked: lower than all others beyond noise" : ""),
            columns: [
                .init("Method"), .init("Parameters"), .init("Median RMSE"), .init("Mean [95 %]"), .init("Spread"),
                .init("CRPS"), .init("Published"), .init("Lost"), .init("Diverged"),
            ])
        let clear = hasClearBest ? best.map { title(of: $0.name) } : nil
        for method in methods where isShown(method.name) {
            let same = methods.filter { title(of: $0.name) == title(of: method.name) }
            let parameters = same.map(\.parameters).filter { !$0.isEmpty }
            let judged = method.runs.count { $0.truthOutcome == .completed }
            table.add(
                [
                    .text(title(of: method.name)), .text(parameters.joined(separator: "; ")),
                    .quantity(method.median), .quantity(method.error, low: method.low, high: method.high),
                    .quantity(method.spread), .quantity(method.rankedScore), .quantity(method.published),
                    .text(judged == 0 ? "–" : "\(method.lost) of \(judged)"),
                    .text(judged == 0 ? "–" : "\(method.failed) of \(judged)"),
                ], best: clear == title(of: method.name) ? [3] : [])
        }
        return table
    }

    public var verdict: [String] {
        var sentences: [String] = []
        let runs = methods.first?.runs ?? []
        let broken = runs.filter { $0.truthOutcome != .completed }
        if let first = broken.first, case .diverged(let step) = first.truthOutcome {
            let all = broken.count == runs.count
            sentences.append(
                "The truth itself diverges on \(all ? "every seed" : "\(broken.count) of \(runs.count) seeds"), from "
                    + "cycle \(step + 1) of seed \(first.seed) on: \(all ? "no method" : "there no method") can be "
                    + "judged; the model needs a smaller step or other parameters.")
            if all { return sentences }
        }
        guard let best, let error = best.error else { return sentences + ["Every method diverged on every seed."] }
        sentences.append(leadingSentence(best, error))
        sentences += methods.duplicates.map { "\($0.joined(separator: " and ")) are the same to all digits." }
        for method in methods where method.failed > 0 {
            sentences.append(
                "\(method.name) diverged on \(method.failed) of \(method.runs.count - broken.count) seeds.")
        }
        for method in methods where method.lost > 0 {
            sentences.append(
                "\(method.name) lost the truth on \(method.lost) of \(method.runs.count - broken.count) seeds: its "
                    + "error reached that of the climate, or far more than its spread.")
        }
        for method in methods {
            guard let count = method.unconverged, let windows = method.windows else { continue }
            sentences.append(
                count == 0
                    ? "All \(windows) windows of \(method.name) converged."
                    : "\(count) of \(windows) windows of \(method.name) did not converge (\(method.parameters)).")
        }
        let compared = methods.filter { $0.agrees != nil }
        if !compared.isEmpty {
            let agreeing = compared.count { $0.agrees == true }
            sentences.append("\(agreeing) of \(compared.count) published scores are met within their tolerance.")
        }
        return sentences
    }

    private func leadingSentence(_ best: TwinMethodRecord, _ error: Double) -> String {
        let near = withinNoise.filter { isShown($0.name) }
        let format = NumberFormat(([best] + near).map(\.error))
        let start =
            "\(title(of: best.name)) has the smallest mean analysis error, \(format.text(error)), over "
            + "\(best.runs.count) test seeds of \(cycles) cycles"
        let pairs = comparisons.count
        guard comparisons.contains(where: { $0.low != nil }) else {
            return pairs == 0
                ? "\(start)."
                : "\(start); whether it is better than another method cannot be told from fewer than "
                    + "\(PairedDifference.leastPairs) seeds."
        }
        let how = "by paired differences over the seeds, with Holm's correction for \(pairs) comparisons"
        if near.isEmpty { return "\(start), significantly lower than that of every other method \(how)." }
        let names = near.map { "\(title(of: $0.name)) (\(format.text($0.error)))" }
        return "\(start), within noise of \(names.joined(separator: ", ")) \(how)."
    }
}
