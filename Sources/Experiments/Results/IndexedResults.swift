import Studies
import Verification

/// Results with an index of their scores, and the order and form in which numbers are written.
struct IndexedResults: Sendable {
    let results: RunResults
    /// The split whose scores are reported: `test`, or else the last.
    let split: String
    /// The leads of short tables.
    let keyLeads: [Int]
    private let scores: [ScoreKey: ScoreRecord]
    /// Methods whose scores are the same to all digits, in groups.
    let duplicates: [[String]]

    private struct ScoreKey: Hashable {
        var method: String
        var variable: String
        var lead: Int
        var gaps: Gaps
        var score: Score
    }

    init(_ results: RunResults) {
        self.results = results
        let split = results.splits.contains { $0.name == "test" } ? "test" : results.splits.last?.name ?? "test"
        self.split = split
        keyLeads = Self.selected(from: results.leads)
        var scores: [ScoreKey: ScoreRecord] = [:]
        for record in results.scores where record.split == split {
            let key = ScoreKey(
                method: record.method, variable: record.variable, lead: record.lead, gaps: record.gaps,
                score: record.score)
            scores[key] = record
        }
        self.scores = scores
        duplicates = results.duplicates(split: split)
    }

    /// The primary variable, or one without a unit if the results do not describe it.
    var primary: VariableRecord { variable(results.primaryVariable) }

    /// The description of a variable.
    func variable(_ name: String) -> VariableRecord {
        results.variables.first { $0.name == name } ?? VariableRecord(name: name, longName: name, units: "1")
    }

    /// The label of axes of leads.
    var leadLabel: String { UnitText.label("Lead time", units: results.leadUnit) }

    /// A lead with its unit, as in "1 month" and "3 months".
    func leadText(_ lead: Int) -> String {
        let unit = UnitText.display(results.leadUnit)
        return "\(lead) \(lead == 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit)"
    }

    /// A score of the reported split.
    func score(
        _ score: Score, _ method: String, lead: Int, variable: String? = nil, gaps: Gaps = .none
    ) -> ScoreRecord? {
        scores[
            ScoreKey(
                method: method, variable: variable ?? results.primaryVariable, lead: lead, gaps: gaps, score: score)]
    }

    /// The methods that have a score, in their order.
    func methods(with score: Score, variable: String? = nil, gaps: Gaps = .none) -> [String] {
        results.methods.map(\.name).filter { method in
            results.leads.contains { self.score(score, method, lead: $0, variable: variable, gaps: gaps)?.value != nil }
        }
    }

    /// The gaps that have scores of the chosen method.
    var gaps: [Gaps] { results.gapNames.filter { !methods(with: .rmse, gaps: $0).isEmpty } }

    /// The baseline with the lowest RMSE of the primary variable at a lead, by the unrounded numbers.
    func bestBaseline(at lead: Int) -> (name: String, rmse: Double)? {
        results.methods.filter { $0.kind == .baseline }
            .compactMap { method in score(.rmse, method.name, lead: lead)?.value.map { (name: method.name, rmse: $0) } }
            .min { $0.rmse < $1.rmse }
    }

    /// The lead that sentences speak of: 6, or else the middle one.
    var typicalLead: Int? {
        keyLeads.contains(6) ? 6 : keyLeads.isEmpty ? nil : keyLeads[keyLeads.count / 2]
    }

    /// How a score of a variable is written, the same in tables and sentences.
    func format(_ score: Score, variable name: String? = nil) -> NumberFormat {
        switch score.unit {
        case .one: return NumberFormat(decimals: 2)
        case .variable:
            let records = results.methods.flatMap { method in
                keyLeads.compactMap { self.score(score, method.name, lead: $0, variable: name) }
            }
            let widths = records.map { record in record.low.flatMap { low in record.high.map { $0 - low } } }
            return NumberFormat(records.map(\.value), widths: widths)
        }
    }

    /// A method under the name of its row or curve, joined with those that are the same to all digits.
    func title(of method: String) -> String {
        duplicates.first { $0.contains(method) }?.joined(separator: " = ") ?? method
    }

    /// Whether a method has a row and a curve of its own: the first of those that are the same, or the chosen one.
    func isShown(_ method: String) -> Bool {
        guard let same = duplicates.first(where: { $0.contains(method) }) else { return true }
        return method == (same.contains(results.chosen) ? results.chosen : same[0])
    }

    /// The method that is marked in a column: one that is better than all others beyond noise.
    func isLeader(_ method: String, _ score: Score, lead: Int, variable: String? = nil, gaps: Gaps) -> Bool {
        results.leaders.contains {
            $0.isClear
                && ($0.score, $0.lead, $0.gaps, $0.variable)
                    == (score, lead, gaps, variable ?? results.primaryVariable)
                && ($0.method == method
                    || duplicates.contains { [leader = $0.method] in $0.contains(leader) && $0.contains(method) })
        }
    }

    /// All leads, if they are few; else 1, 3, 6, 9 and 12 as far as they are there, or some evenly; and the longest.
    private static func selected(from leads: [Int]) -> [Int] {
        guard let longest = leads.last, leads.count > 6 else { return leads }
        let usual = [1, 3, 6, 9, 12].filter(leads.contains)
        let step = (leads.count + 4) / 5
        let some = usual.count >= 3 ? usual : stride(from: 0, to: leads.count, by: step).map { leads[$0] }
        return some.last == longest ? some : some + [longest]
    }
}

extension Score {
    /// The score's name in full, for files.
    func longName(_ results: RunResults) -> String { self == .crps ? results.crps : longName }

    /// The unit of the score of a variable.
    func units(_ variable: VariableRecord) -> String {
        switch unit {
        case .variable: variable.units
        case .one: "1"
        }
    }
}

extension GapEstimator {
    /// The estimator's name for readers.
    var title: String {
        switch self {
        case .filter: "filter"
        case .smoother: "smoother"
        case .interpolation: "interpolation of anomalies"
        case .regression: "regression on the other variables"
        case .seriesInterpolation: "interpolation of values"
        }
    }
}
