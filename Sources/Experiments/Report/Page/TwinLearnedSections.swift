import Studies

/// The sections on learned methods alone: their gains, and their scores in other conditions.
extension TwinResults {
    /// Gains as pictures on one scale, that of a Kalman filter the last.
    var gainSection: ReportSection {
        var section = ReportSection(identifier: "gains", title: "Learned gains", parts: [])
        let largest = gains.flatMap { $0.rows.flatMap { $0 } }.compactMap { $0.map(abs) }.max() ?? 0
        guard gains.count > 1, largest > 0 else { return section }
        let panels = gains.map { gain in
            Panel(
                title: gain.name, horizontal: PanelAxis("Observed value", low: -0.5, high: Double(observed) - 0.5),
                vertical: PanelAxis("Variable", low: -0.5, high: Double(variables) - 0.5),
                layers: [.field(rows: gain.rows, x: -0.5, width: 1, y: -0.5, height: 1, limit: largest)])
        }
        let figure = Figure(
            caption:
                "By how much an innovation of one moves each variable: blue below zero, red above, ± "
                + NumberFormat([largest]).text(largest)
                + " in every panel. Of a network it is the mean derivative by the observations; of the Kalman filter, "
                + "an ensemble of more members than variables, the mean over the times.",
            panels: panels, columns: min(3, panels.count), rowHeight: 300)
        section.parts = [.figure(figure, numbers: [])]
        return section
    }

    /// The robustness sheet: a row a condition, a column a method.
    var robustnessSection: ReportSection {
        var section = ReportSection(identifier: "robustness", title: "Away from the training conditions", parts: [])
        guard !robustness.isEmpty else { return section }
        let panels = RobustnessKey.allCases.compactMap(robustnessPanel).sharingScales()
        var parts: [ReportPart] = [
            .paragraph(
                "Every method keeps its tuned parameters and its weights. The model and the "
                    + "climate that it is given are those of the condition, and so is the error that ensemble and "
                    + "variational methods believe of the observations; what was learned does not know of the change.")
        ]
        if !panels.isEmpty {
            let figure = Figure(
                caption:
                    "RMSE of the analyses away from the conditions of tuning and training, which the upright lines "
                    + "mark.",
                panels: panels, columns: min(2, panels.count), rowHeight: 260)
            parts.append(.figure(figure, numbers: []))
        }
        section.parts = parts + [.table(robustnessTable)]
        return section
    }

    private var robustnessTable: TextTable {
        var table = TextTable(columns: [.init("Condition")] + methods.map { .init($0.name) })
        var conditions: [(key: RobustnessKey?, value: Double?)] = []
        for record in robustness where !conditions.contains(where: { $0 == (record.key, record.value) }) {
            conditions.append((record.key, record.value))
        }
        for condition in conditions {
            let own = robustness.filter { ($0.key, $0.value) == condition }
            let title = condition.key.map { "\($0.title) \(NumberText.short(condition.value ?? .nan))" }
            table.add(
                [.text(title ?? "as tuned and trained")]
                    + methods.map { method in cell(own.first { $0.method == method.name }) },
                isEmphasized: condition.key == nil)
        }
        return table
    }

    /// An error, with the seeds that it hides.
    private func cell(_ record: RobustnessRecord?) -> TextTable.Cell {
        guard let record else { return .quantity(nil) }
        let notes = [(record.lost, "lost"), (record.failed, "diverged"), (record.broken, "without a truth")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let format = NumberFormat(robustness.filter { $0.method == record.method }.map(\.error))
        return notes.isEmpty
            ? .quantity(record.error) : .text("\(format.text(record.error)) (\(notes.joined(separator: ", ")))")
    }

    /// The errors of all methods but those that need no forecast, along one of the conditions.
    private func robustnessPanel(_ key: RobustnessKey) -> Panel? {
        let own = robustness.filter { $0.key == key }
        guard !own.isEmpty else { return nil }
        let usual = usualConditions[key.rawValue]
        let baselines = Methods.baselines.map { $0.name }
        let shown = methods.filter { !baselines.contains($0.kind) }
        let lines = shown.enumerated().compactMap { place, method -> PanelLayer? in
            var points = own.filter { $0.method == method.name }.map { ($0.value ?? .nan, $0.error) }
            if points.isEmpty { return nil }
            if let usual {
                points.append((usual, robustness.first { $0.key == nil && $0.method == method.name }?.error))
            }
            points.sort { $0.0 < $1.0 }
            let style = LineStyle(
                FigureColor.sequence[place % FigureColor.sequence.count],
                dash: method.training != nil ? .solid : .dashed,
                width: method.training != nil ? 2 : 1.4, marker: method.training != nil ? .disk : .circle)
            return .line(name: method.name, x: points.map(\.0), y: points.map(\.1), style: style)
        }
        let mark =
            usual.map { [PanelLayer.upright($0, name: nil, style: LineStyle(.gray, dash: .dotted, width: 1))] } ?? []
        return Panel(
            title: key.title, horizontal: PanelAxis(key.title), vertical: PanelAxis("RMSE", low: 0),
            layers: mark + lines)
    }
}
