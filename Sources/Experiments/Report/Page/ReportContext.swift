/// What the sections of a report share: the results with ways to look scores up, and one look for each method.
struct ReportContext: Sendable {
    let results: RunResults
    /// The split whose scores are reported: `test`, or else the last.
    let split: String
    /// The leads of short tables.
    let keyLeads: [Int]
    private let scores: [ScoreKey: ScoreRecord]
    private let styles: [String: LineStyle]

    private struct ScoreKey: Hashable {
        var method: String
        var variable: String
        var lead: Int
        var gaps: Gaps
        var score: ScoreName
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
        styles = Self.styles(for: results)
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
        _ score: ScoreName, _ method: String, lead: Int, variable: String? = nil, gaps: Gaps = .none
    ) -> ScoreRecord? {
        scores[
            ScoreKey(
                method: method, variable: variable ?? results.primaryVariable, lead: lead, gaps: gaps, score: score)]
    }

    /// The methods that have a score, in their order.
    func methods(with score: ScoreName, variable: String? = nil, gaps: Gaps = .none) -> [String] {
        results.methods.map(\.name).filter { method in
            results.leads.contains { self.score(score, method, lead: $0, variable: variable, gaps: gaps)?.value != nil }
        }
    }

    /// The gaps that have scores of the chosen method.
    var gaps: [Gaps] { results.gapNames.filter { !methods(with: .rmse, gaps: $0).isEmpty } }

    /// The baseline with the lowest RMSE of the primary variable on average over the leads.
    var bestBaseline: String? {
        let baselines = methods(with: .rmse).filter { name in
            results.methods.contains { $0.name == name && $0.kind == .baseline }
        }
        func average(_ method: String) -> Double {
            results.leads.compactMap { score(.rmse, method, lead: $0)?.value }.reduce(0, +)
        }
        return baselines.min { average($0) < average($1) }
    }

    /// The look of a method, the same in all figures.
    func style(_ method: String) -> LineStyle { styles[method] ?? LineStyle(.ink) }

    /// Baselines are grey and broken in different ways, the others coloured; the chosen one is heavier.
    private static func styles(for results: RunResults) -> [String: LineStyle] {
        let dashes: [Dash] = [.dotted, .dashed, .dashDotted, .longDashed, .solid]
        let markers: [Marker] = [.disk, .square, .triangle, .diamond]
        var styles: [String: LineStyle] = [:]
        let baselines = results.methods.filter { $0.kind == .baseline }
        for (index, method) in baselines.enumerated() {
            styles[method.name] = LineStyle(.gray, dash: dashes[index % dashes.count], width: 1.6)
        }
        for (index, method) in results.methods.filter({ $0.kind != .baseline }).enumerated() {
            let color = FigureColor.sequence[index % FigureColor.sequence.count]
            let round = index / FigureColor.sequence.count
            styles[method.name] = LineStyle(
                color, dash: round == 0 ? .solid : .dashed, width: 1.6, marker: markers[index % markers.count])
        }
        styles[results.chosen]?.width = 3
        return styles
    }

    /// 1, 3, 6, 9 and 12 as far as they are there, or else at most six, evenly.
    private static func selected(from leads: [Int]) -> [Int] {
        let usual = [1, 3, 6, 9, 12].filter(leads.contains)
        if usual.count >= 3 || leads.count <= 6 { return usual.count >= 3 ? usual : leads }
        let step = (leads.count + 5) / 6
        return stride(from: 0, to: leads.count, by: step).map { leads[$0] }
    }
}

extension ScoreName {
    /// The score's name for readers.
    var title: String {
        switch self {
        case .rmse: "RMSE"
        case .crps: "CRPS"
        case .coverage50: "Coverage of the 50 % interval"
        case .coverage90: "Coverage of the 90 % interval"
        case .correlation: "Anomaly correlation"
        case .spreadErrorRatio: "Spread / error"
        }
    }

    /// Which value of the score is best.
    var best: TextTable.Best {
        switch self {
        case .rmse, .crps: .lowest
        case .correlation: .highest
        case .coverage50: .nearest(0.5)
        case .coverage90: .nearest(0.9)
        case .spreadErrorRatio: .nearest(1)
        }
    }

    /// The unit of the score of a variable.
    func units(_ variable: VariableRecord) -> String {
        switch self {
        case .rmse, .crps: variable.units
        case .coverage50, .coverage90, .correlation, .spreadErrorRatio: "1"
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
        case .seriesInterpolation: "interpolation of values"
        }
    }
}
