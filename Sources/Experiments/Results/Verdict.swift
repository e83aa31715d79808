extension RunResults {
    /// What follows from the scores, comparisons and estimates, in sentences that say what is not so, too.
    public func derivedVerdict() -> [String] {
        let context = ReportContext(self)
        return [context.headline].compactMap { $0 } + context.comparisonSentences
            + [context.coverageSentence, context.gapSentence].compactMap { $0 } + context.fillingSentences
    }

    /// The methods' scores of the primary variable at the leads of short tables, for the terminal.
    public func summaryTable(_ score: ScoreName = .rmse, gaps: Gaps = .none) -> TextTable {
        ReportContext(self).keyTable(score, gaps: gaps)
    }
}

extension ReportContext {
    /// The lead that sentences speak of: 6, or else the middle one.
    private var typicalLead: Int? {
        keyLeads.contains(6) ? 6 : keyLeads.isEmpty ? nil : keyLeads[keyLeads.count / 2]
    }

    private func quantity(_ value: Double?) -> String {
        let unit = UnitText.display(primary.units)
        return NumberText.fixed(value, decimals: 3) + (unit.isEmpty ? "" : " \(unit)")
    }

    fileprivate var headline: String? {
        guard let lead = typicalLead, let own = score(.rmse, results.chosen, lead: lead), own.value != nil else {
            return nil
        }
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        var sentence =
            "\(results.chosen) forecasts \(primary.longName) \(leadText(lead)) ahead with an RMSE of \(quantity(own.value))"
        if let low = own.low, let high = own.high {
            sentence += " (\(confidence) % interval \(quantity(low)) to \(quantity(high)))"
        }
        if let baseline = bestBaseline, baseline != results.chosen,
            let other = score(.rmse, baseline, lead: lead)?.value
        {
            sentence += "; the best baseline, \(baseline), with \(quantity(other))"
        }
        return sentence + "."
    }

    /// A sentence a pair of methods on the RMSE of the primary variable.
    fileprivate var comparisonSentences: [String] {
        let rows = results.comparisons.filter {
            $0.variable == results.primaryVariable && $0.gaps == .none && $0.score == .rmse && $0.difference != nil
        }
        var pairs: [(first: String, second: String)] = []
        for row in rows where !pairs.contains(where: { $0 == (row.first, row.second) }) {
            pairs.append((row.first, row.second))
        }
        return pairs.map { pair in
            let own = rows.filter { ($0.first, $0.second) == pair }.sorted { $0.lead < $1.lead }
            return "\(pair.first) against \(pair.second): \(outcome(own))\(interval(own))."
        }
    }

    /// The difference at the typical lead with its confidence interval.
    private func interval(_ rows: [ComparisonRecord]) -> String {
        guard let lead = typicalLead, let row = rows.first(where: { $0.lead == lead }), let low = row.low,
            let high = row.high
        else { return "" }
        let numbers = [row.difference ?? 0, low, high].map { ($0 > 0 ? "+" : "") + NumberText.fixed($0, decimals: 3) }
        let unit = UnitText.display(primary.units)
        return " (\(leadText(lead)) ahead \(numbers[0])\(unit.isEmpty ? "" : " \(unit)"), "
            + "interval \(numbers[1]) to \(numbers[2]))"
    }

    /// Leads with those that follow each other drawn together: `1–9, 12`.
    private func runs(_ leads: [Int]) -> String {
        var runs: [(first: Int, last: Int)] = []
        for lead in leads {
            let place = results.leads.firstIndex(of: lead) ?? 0
            if let last = runs.last, place > 0, results.leads[place - 1] == last.last {
                runs[runs.count - 1].last = lead
            } else {
                runs.append((lead, lead))
            }
        }
        return runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)–\($0.last)" }.joined(separator: ", ")
    }

    private func outcome(_ rows: [ComparisonRecord]) -> String {
        func leads(_ rows: [ComparisonRecord]) -> String {
            "at lead\(rows.count == 1 ? "" : "s") \(runs(rows.map(\.lead)))"
        }
        let lower = rows.filter { $0.significant && ($0.difference ?? 0) < 0 }
        let higher = rows.filter { $0.significant && ($0.difference ?? 0) > 0 }
        let neither = rows.filter { !$0.significant }
        if neither.count == rows.count { return "no significant difference of RMSE at any lead" }
        if lower.count == rows.count { return "significantly lower RMSE at every lead" }
        if higher.count == rows.count { return "significantly higher RMSE at every lead" }
        let parts = [
            lower.isEmpty ? nil : "significantly lower RMSE \(leads(lower))",
            higher.isEmpty ? nil : "significantly higher RMSE \(leads(higher))",
            neither.isEmpty ? nil : "no significant difference \(leads(neither))",
        ]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }

    fileprivate var coverageSentence: String? {
        let values = results.leads.compactMap { score(.coverage90, results.chosen, lead: $0)?.value }
        guard let low = values.min(), let high = values.max() else { return nil }
        let ends = [low, high].map { NumberText.fixed(100 * $0, decimals: 0) }
        let range = ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")
        return "The 90 % intervals of \(results.chosen) held the truth in \(range) % of the forecasts, "
            + "depending on lead."
    }

    fileprivate var gapSentence: String? {
        guard let lead = typicalLead, let full = score(.rmse, results.chosen, lead: lead)?.value else { return nil }
        let others = gaps.filter { $0 != .none }.compactMap { gaps in
            score(.rmse, results.chosen, lead: lead, gaps: gaps)?.value.map {
                "\(quantity($0)) (\(results.title(of: gaps)))"
            }
        }
        guard !others.isEmpty else { return nil }
        return "With observations withheld its RMSE \(leadText(lead)) ahead is \(others.joined(separator: ", ")), "
            + "against \(quantity(full)) with all."
    }

    /// A sentence a way of withholding on the estimates of the primary variable, or of the first that has any.
    fileprivate var fillingSentences: [String] {
        results.gapNames.compactMap { gaps in
            let all = results.gapFilling.filter { $0.gaps == gaps && $0.rmse != nil }
            let hasPrimary = all.contains { $0.variable == results.primaryVariable }
            let name = hasPrimary ? results.primaryVariable : all.first?.variable
            let own = all.filter { $0.variable == name }
            guard let name, let count = own.first?.count, own.count > 1 else { return nil }
            let unit = UnitText.display(variable(name).units)
            let parts = own.map { "\(NumberText.fixed($0.rmse, decimals: 3)) \(unit) by \($0.estimator.title)" }
            return
                "\(count) withheld values of \(variable(name).longName) (\(results.title(of: gaps))) were estimated with an "
                + "RMSE of " + parts.joined(separator: ", ") + "."
        }
    }
}
