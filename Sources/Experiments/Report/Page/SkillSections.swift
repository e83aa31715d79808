import Studies
import Verification

extension IndexedResults {
    var skill: ReportSection {
        guard !methods(with: .rmse).isEmpty else { return .init(identifier: "skill", title: "", parts: []) }
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        let banded = bandedMethods.joined(separator: " and ")
        let panels = [
            skillPanel(.rmse, low: 0), skillPanel(.crps, low: 0), skillPanel(.correlation, high: 1), relativePanel,
        ].filter { !$0.layers.isEmpty }
        let main = Figure(
            caption: "Skill of forecasts of \(primary.longName) over the \(split) period, by lead time. "
                + "Shading: \(confidence) % block-bootstrap confidence intervals of \(banded).",
            panels: panels, columns: min(2, panels.count), rowHeight: 330)
        let tables = [Score.rmse, .crps, .correlation].map { scoreTable($0) }.filter { !$0.rows.isEmpty }
        var parts: [ReportPart] = [.figure(main, numbers: tables)]
        let others = results.variables.filter { $0.name != results.primaryVariable }
            .filter { !methods(with: .rmse, variable: $0.name).isEmpty }
        if !others.isEmpty {
            let panels = others.map { skillPanel(.rmse, variable: $0, low: 0) }.sharingScales()
            let figure = Figure(
                caption: "RMSE of the other variables over the \(split) period, by lead time.", panels: panels,
                columns: min(3, panels.count), rowHeight: 280)
            parts.append(.figure(figure, numbers: others.map { scoreTable(.rmse, variable: $0.name) }))
        }
        return ReportSection(identifier: "skill", title: "Skill by lead time", parts: parts)
    }

    /// The chosen method and the baseline that is hardest to beat at the lead that sentences speak of.
    private var bandedMethods: [String] {
        [results.chosen] + (typicalLead.flatMap { bestBaseline(at: $0) }.map { [$0.name] } ?? [])
    }

    private func skillPanel(
        _ score: Score, variable: VariableRecord? = nil, low: Double? = nil, high: Double? = nil
    ) -> Panel {
        let variable = variable ?? primary
        let isPrimary = variable.name == results.primaryVariable
        let bands = (isPrimary ? bandedMethods : [results.chosen]).compactMap {
            band(score, $0, variable: variable.name)
        }
        return Panel(
            title: isPrimary ? score.title : variable.longName, horizontal: .whole(leadLabel, results.leads),
            vertical: .quantity(score.title, units: score.units(variable), low: low, high: high),
            layers: bands + lines(score, variable: variable.name))
    }

    /// The RMSE of all methods that are no baselines in percent of that of the best baseline at each lead.
    private var relativePanel: Panel {
        let names = methods(with: .rmse).filter { name in
            isShown(name) && results.methods.contains { $0.name == name && $0.kind != .baseline }
        }
        let lines = names.map { method -> PanelLayer in
            let values = results.leads.map { lead -> Double? in
                guard let base = bestBaseline(at: lead)?.rmse, base > 0 else { return nil }
                return score(.rmse, method, lead: lead)?.value.map { 100 * ($0 / base - 1) }
            }
            return .line(name: title(of: method), x: results.leads.map { Double($0) }, y: values, style: style(method))
        }
        return Panel(
            title: "RMSE against the best baseline of each lead", horizontal: .whole(leadLabel, results.leads),
            vertical: PanelAxis("RMSE above the best baseline (%)"),
            layers: lines.contains(where: \.hasData)
                ? [.level(0, name: nil, style: LineStyle(.gray, dash: .dashed))] + lines : [])
    }

    /// The confidence interval of a method's score by lead.
    func band(
        _ score: Score, _ method: String, variable: String? = nil, gaps: Gaps = .none, scale: Double = 1
    ) -> PanelLayer? {
        let records = results.leads.map { self.score(score, method, lead: $0, variable: variable, gaps: gaps) }
        guard records.contains(where: { $0?.low != nil }) else { return nil }
        return .band(
            name: nil, x: results.leads.map { Double($0) }, low: records.map { $0?.low.map { $0 * scale } },
            high: records.map { $0?.high.map { $0 * scale } }, color: style(method).color, opacity: 0.16)
    }

    /// A score of every method that has it, by lead; the chosen one, the heaviest, is below, so that it hides no other.
    func lines(_ score: Score, variable: String? = nil, scale: Double = 1) -> [PanelLayer] {
        let names = methods(with: score, variable: variable).filter(isShown)
        return (names.filter { $0 == results.chosen } + names.filter { $0 != results.chosen }).map { method in
            .line(
                name: title(of: method), x: results.leads.map { Double($0) },
                y: results.leads.map { lead in
                    self.score(score, method, lead: lead, variable: variable)?.value.map { $0 * scale }
                }, style: style(method))
        }
    }
}
