import Studies
import Verification

extension RunResults {
    /// The conclusions from scores, comparisons and estimates, negative ones too, one sentence each.
    func derivedVerdict() -> [String] {
        let context = IndexedResults(self)
        return [context.headline, choice.reason].compactMap { $0 } + context.sameSentences + context.comparisonSentences
            + context.coverageSentences + context.rankSentences + [context.gapSentence].compactMap { $0 }
            + context.fillingSentences
    }

    /// The methods' scores of the primary variable at the leads of short tables, for the terminal.
    func summaryTable(_ score: Score = .rmse, gaps: Gaps = .none) -> TextTable {
        IndexedResults(self).keyTable(score, gaps: gaps)
    }
}

extension IndexedResults {
    private func quantity(_ value: Double?) -> String { unit(format(.rmse).text(value)) }

    private func unit(_ text: String) -> String {
        let unit = UnitText.display(primary.units)
        return unit.isEmpty ? text : "\(text) \(unit)"
    }

    fileprivate var headline: String? {
        guard let lead = typicalLead, let own = score(.rmse, results.chosen, lead: lead), own.value != nil else {
            return nil
        }
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        var sentence =
            "\(results.chosen) forecasts \(primary.longName) \(leadText(lead)) ahead with an RMSE of "
            + "\(quantity(own.value))"
        if let low = own.low, let high = own.high {
            sentence += " (\(confidence) % interval \(quantity(low)) to \(quantity(high)))"
        }
        if let baseline = bestBaseline(at: lead), baseline.name != results.chosen, let value = own.value {
            // Equal after rounding is neither higher nor lower.
            let isSame = quantity(baseline.rmse) == quantity(value)
            let order = isSame ? "the same" : baseline.rmse < value ? "lower" : "higher"
            sentence +=
                "; the best baseline at this lead, \(baseline.name), has \(quantity(baseline.rmse)), which is \(order)"
                + (order == "the same" ? "" : significance(of: baseline.name, lead))
        }
        return sentence + "."
    }

    /// Whether the chosen method differs from another beyond noise, as the comparison with it found.
    private func significance(of other: String, _ lead: Int) -> String {
        let found = results.comparisons.first {
            ($0.first, $0.second, $0.variable) == (results.chosen, other, results.primaryVariable)
                && ($0.lead, $0.score, $0.gaps) == (lead, .rmse, .none)
        }
        return found.map { $0.significant ? " (significantly)" : " (within noise)" } ?? ""
    }

    /// A sentence a group of methods that are the same, and one a kind of network that learned nothing.
    fileprivate var sameSentences: [String] {
        duplicates.map { "\($0.joined(separator: " and ")) are the same to all digits." } + idleSentences
    }

    /// A sentence a kind of network of which some learned nothing.
    var idleSentences: [String] {
        let names = results.learningCurves.map(\.method).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        return names.compactMap { name in
            LearningCurveRecord.idleness(of: name, in: results.learningCurves).map { "\(name) \($0)." }
        }
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
        let family = rows.count
        let sentences = pairs.compactMap { pair -> String? in
            if duplicates.contains(where: { $0.contains(pair.first) && $0.contains(pair.second) }) { return nil }
            let own = rows.filter { ($0.first, $0.second) == pair }.sorted { $0.lead < $1.lead }
            return "\(pair.first) against \(pair.second): \(outcome(own))\(interval(own))."
        }
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        return sentences.isEmpty || family < 2
            ? sentences
            : sentences + [
                "Significant: the \(confidence) % interval of the paired difference excludes zero, and its "
                    + "probability, after Holm's correction for \(family) comparisons, is below "
                    + "\(NumberText.fixed(100 - 100 * results.confidence, decimals: 0)) %."
            ]
    }

    /// The difference at the typical lead with its confidence interval.
    private func interval(_ rows: [ComparisonRecord]) -> String {
        guard let lead = typicalLead, let row = rows.first(where: { $0.lead == lead }), let low = row.low,
            let high = row.high
        else { return "" }
        let format = NumberFormat(difference: row.difference, low: low, high: high)
        let numbers = [row.difference, low, high].map(format.signed)
        return " (\(leadText(lead)) ahead \(unit(numbers[0])), "
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

    /// A sentence on the intervals of each probability.
    fileprivate var coverageSentences: [String] {
        [0.5, 0.9].compactMap { level in
            let own = results.calibration.filter { $0.level == level && $0.coverage.value != nil }
            let values = own.compactMap(\.coverage.value)
            guard let low = values.min(), let high = values.max() else { return nil }
            func percent(_ value: Double?) -> String { NumberText.fixed(value.map { 100 * $0 }, decimals: 0) }
            let range = percent(low) == percent(high) ? percent(low) : "\(percent(low)) to \(percent(high))"
            // Shown with its interval: the lead that is farthest off.
            let worst = own.max {
                abs(($0.coverage.value ?? level) - level) < abs(($1.coverage.value ?? level) - level)
            }
            let example = worst.flatMap { worst in
                worst.coverage.low.map {
                    "; farthest off \(leadText(worst.lead)) ahead, \(percent(worst.coverage.value)) % "
                        + "[\(percent($0)), \(percent(worst.coverage.high))]"
                }
            }
            return
                "The \(percent(level)) % intervals of \(results.chosen) held the truth in \(range) % of the forecasts: "
                + "\(finding(own))\(example ?? "")."
        }
    }

    private func finding(_ records: [CalibrationRecord]) -> String {
        let parts = [CalibrationFinding.tooNarrow, .tooWide].compactMap { finding -> String? in
            let leads = records.filter { $0.finding == finding }.map(\.lead)
            if leads.isEmpty { return nil }
            if leads.count == records.count { return "\(finding.rawValue) at every lead" }
            return "\(finding.rawValue) at lead\(leads.count == 1 ? "" : "s") \(runs(leads))"
        }
        if parts.isEmpty, records.allSatisfy({ $0.finding == .unknown }) { return "too few forecasts for a verdict" }
        return parts.isEmpty ? "consistent with their probability" : parts.joined(separator: ", ")
    }

    /// A sentence on the rank histograms that are not flat.
    fileprivate var rankSentences: [String] {
        let own = results.rankHistograms.filter {
            $0.method == results.chosen && $0.variable == results.primaryVariable && $0.gaps == .none
                && !$0.shapes.isEmpty
        }
        let parts = RankShape.allCases.filter { $0 != .flat }.compactMap { shape -> String? in
            let leads = own.filter { $0.shapes.contains(shape) }.map(\.lead)
            return leads.isEmpty ? nil : "\(shape.rawValue), at lead\(leads.count == 1 ? "" : "s") \(runs(leads))"
        }
        return parts.isEmpty
            ? [] : ["The rank histograms of \(results.chosen) are not flat: \(parts.joined(separator: "; "))."]
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
            let format = NumberFormat(
                own.map(\.rmse),
                widths: own.map { record in record.low.flatMap { low in record.high.map { $0 - low } } })
            let parts = own.map { "\(format.text($0.rmse))\(unit.isEmpty ? "" : " \(unit)") by \($0.estimator.title)" }
            return
                "\(count) withheld values of \(variable(name).longName) (\(results.title(of: gaps))) were estimated "
                + "with an "
                + "RMSE of " + parts.joined(separator: ", ") + "."
        }
    }
}
