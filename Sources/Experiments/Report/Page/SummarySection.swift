import Studies

extension IndexedResults {
    /// All sections, in the order of the page.
    var sections: [ReportSection] {
        [
            summary, skill, forecasts, intervals, spread, ranks, gapSkill, differences, learning, folds, methods,
            credits, reproducibility,
        ]
    }

    /// The lines below the title.
    var heading: HTML {
        let periods = results.splits.map { "\($0.name) \($0.start) to \($0.end)" }
        let clock = results.clock.map { ["times by \($0)"] } ?? []
        let facts =
            periods + clock + ["seed \(results.seed)"] + (results.version.isEmpty ? [] : ["Apus \(results.version)"])
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
}
