import Studies
import Verification

extension IndexedResults {
    /// Methods by key leads of the primary variable.
    func keyTable(_ score: Score, gaps: Gaps = .none) -> TextTable {
        let units = score.units(primary)
        let title =
            UnitText.label("\(primary.longName): \(score.title)", units: units)
            + " by lead time in \(results.leadUnit), \(split) period"
            + (gaps == .none ? "" : ", \(results.title(of: gaps))")
        var table = TextTable(title: title, columns: [.init("Method")] + keyLeads.map { .init("\($0)") })
        table.format = format(score)
        fill(&table, score, keyLeads, gaps: gaps) { .quantity($0?.value) }
        return table
    }

    /// A score of all methods with its intervals, by lead.
    func scoreTable(_ score: Score, variable name: String? = nil, gaps: Gaps = .none) -> TextTable {
        let variable = variable(name ?? results.primaryVariable)
        let label = UnitText.label("\(variable.longName): \(score.title)", units: score.units(variable))
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        var table = TextTable(
            title: "\(label) by lead time in \(results.leadUnit), with \(confidence) % confidence intervals",
            columns: [.init("Method")] + results.leads.map { .init("\($0)") })
        table.format = format(score, variable: name)
        fill(&table, score, results.leads, variable: name, gaps: gaps) {
            .quantity($0?.value, low: $0?.low, high: $0?.high)
        }
        return table
    }

    /// Adds a row a method; those that are the same to all digits share one.
    private func fill(
        _ table: inout TextTable, _ score: Score, _ leads: [Int], variable: String? = nil, gaps: Gaps,
        cell: (ScoreRecord?) -> TextTable.Cell
    ) {
        var isMarked = false
        for method in methods(with: score, variable: variable, gaps: gaps) where isShown(method) {
            let cells = leads.map { cell(self.score(score, method, lead: $0, variable: variable, gaps: gaps)) }
            let best = leads.indices.filter {
                isLeader(method, score, lead: leads[$0], variable: variable, gaps: gaps)
            }
            isMarked = isMarked || !best.isEmpty
            table.add(
                [.text(title(of: method))] + cells, isEmphasized: method == results.chosen,
                best: Set(best.map { $0 + 1 }))
        }
        if isMarked { table.title += "; marked: lower than all others beyond noise" }
    }
}
