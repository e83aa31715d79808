extension ReportContext {
    /// All sections, in the order of the page.
    var sections: [ReportSection] {
        [
            summary, skill, forecasts, intervals, spread, ranks, gapSkill, differences, learning, folds, methods,
            credits, reproducibility,
        ]
    }

    /// What stands below the title.
    var heading: HTML {
        let periods = results.splits.map { "\($0.name) \($0.start) to \($0.end)" }
        let facts = periods + ["seed \(results.seed)"] + (results.version.isEmpty ? [] : ["Apus \(results.version)"])
        return .joined([
            .element("p", ["class": "facts"], facts.joined(separator: " · ")), .element("p", results.summary),
        ])
    }

    private var summary: ReportSection {
        let chosen = results.choice
        let choice = "\(chosen.method) was chosen by \(chosen.criterion)."
        var parts: [ReportPart] = results.verdict.isEmpty ? [] : [.list(results.verdict)]
        if !methods(with: .rmse).isEmpty {
            parts += [
                .table(keyTable(.rmse)), .folded("The same table of CRPS", [keyTable(.crps)]), .paragraph(choice),
            ]
        }
        return ReportSection(identifier: "summary", title: "Summary", parts: parts)
    }

    /// Methods by key leads of the primary variable.
    func keyTable(_ score: ScoreName, gaps: Gaps = .none) -> TextTable {
        let units = score.units(primary)
        let title =
            UnitText.label("\(primary.longName): \(score.title)", units: units)
            + " by lead time in \(results.leadUnit), \(split) period"
            + (gaps == .none ? "" : ", \(results.title(of: gaps))") + "; best in each column marked"
        var table = TextTable(
            title: title, columns: [.init("Method")] + keyLeads.map { .init("\($0)", best: score.best) })
        let decimals = decimals(score, keyLeads, gaps: gaps)
        for method in methods(with: score, gaps: gaps) {
            let cells = keyLeads.map {
                TextTable.Cell.number(self.score(score, method, lead: $0, gaps: gaps)?.value, decimals: decimals)
            }
            table.add([.text(method)] + cells, isEmphasized: method == results.chosen)
        }
        return table
    }

    /// A score of all methods with its intervals, by lead.
    func scoreTable(_ score: ScoreName, variable name: String? = nil, gaps: Gaps = .none) -> TextTable {
        let variable = variable(name ?? results.primaryVariable)
        let label = UnitText.label("\(variable.longName): \(score.title)", units: score.units(variable))
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        var table = TextTable(
            title: "\(label) by lead time in \(results.leadUnit), with \(confidence) % confidence intervals",
            columns: [.init("Method")] + results.leads.map { .init("\($0)", best: score.best) })
        let decimals = decimals(score, results.leads, variable: name, gaps: gaps)
        for method in methods(with: score, variable: name, gaps: gaps) {
            let cells = results.leads.map { lead in
                let record = self.score(score, method, lead: lead, variable: name, gaps: gaps)
                return TextTable.Cell.interval(
                    record?.value, low: record?.low, high: record?.high, decimals: decimals)
            }
            table.add([.text(method)] + cells, isEmphasized: method == results.chosen)
        }
        return table
    }

    private func decimals(_ score: ScoreName, _ leads: [Int], variable: String? = nil, gaps: Gaps) -> Int {
        switch score {
        case .coverage50, .coverage90, .correlation, .spreadErrorRatio: return 2
        case .rmse, .crps:
            let decimals = NumberText.decimals(
                for: results.methods.flatMap { method in
                    leads.compactMap {
                        self.score(score, method.name, lead: $0, variable: variable, gaps: gaps)?.value
                    }
                })
            return min(3, decimals + 1)
        }
    }
}
