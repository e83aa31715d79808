import Studies

/// The section on forecast models by themselves.
extension TwinResults {
    var modelSection: ReportSection {
        var section = ReportSection(identifier: "models", title: "Forecast models", parts: [])
        guard let truth = models.first, models.count > 1 else { return section }
        let growth = max(truth.exponents.first.flatMap { $0 } ?? 0, 1e-3)
        let figure = Figure(
            caption:
                "Errors of forecasts from test truths over the standard deviation of the climate, where the level is "
                + "what its mean scores; Lyapunov exponents; and in the long run the density of the values and the "
                + "power of their variations. The model of the truth in the colour of the text.",
            panels: [skillPanel(growth), exponentPanel, densityPanel, spectrumPanel], columns: 2, rowHeight: 260)
        section.parts = [
            .paragraph(
                "A Lyapunov time of the model of the truth is \(NumberFormat([1 / growth]).text(1 / growth)) units of "
                    + "time. Skill: for how many of them a forecast from the truth is better than the mean of the "
                    + "climate; then its error after one, over the standard deviation of the climate, and the largest "
                    + "Lyapunov exponent. Density and spectrum: how far those of the long run are from the truth's, "
                    + "the share of the values that lie elsewhere and decades of power."),
            .table(modelTable(growth)), .figure(figure, numbers: []), .table(originTable),
        ]
        if !sensitivity.isEmpty { section.parts += sensitivityParts }
        return section
    }

    func modelTable(_ growth: Double) -> TextTable {
        var table = TextTable(
            columns: [
                .init("Model"), .init("Skill"), .init("Error after one"), .init("Exponent"),
                .init("Density"), .init("Spectrum"), .init("Long run"),
            ])
        for model in models {
            let lead = min(model.forecast.count, max(1, Int((1 / (growth * interval)).rounded())))
            table.add([
                .text(model.name), .text(skillText(model.skill, model.skillIsLeast)),
                .quantity(lead > 0 ? model.forecast[lead - 1] : nil),
                .quantity(model.exponents.first.flatMap { $0 }),
                .number(model.densityDistance, decimals: 3), .quantity(model.spectralDistance),
                .text(model.end.map { "ends at \($0)" } ?? "stays"),
            ])
        }
        return table
    }

    private var originTable: TextTable {
        var table = TextTable(
            columns: [
                .init("Model"), .init("What it is"), .init("Parameters"),
                .init("Model error"), .init("Found"),
            ])
        for model in models {
            table.add([
                .text(model.name), .text(model.description),
                .number(model.training.map { Double($0.parameters) }, decimals: 0),
                .quantity(model.modelError),
                .text(model.training?.found ?? ""),
            ])
        }
        return table
    }

    /// A skill, as a bound where no forecast was long enough to lose it.
    private func skillText(_ skill: Double?, _ isLeast: Bool) -> String {
        (isLeast ? "> " : "") + NumberText.fixed(skill, decimals: 2)
    }

    // MARK: - Figures

    private func style(_ place: Int) -> LineStyle {
        place == 0
            ? LineStyle(.ink, width: 2)
            : LineStyle(
                FigureColor.sequence[(place - 1) % FigureColor.sequence.count],
                dash: place <= FigureColor.sequence.count ? .solid : .dashed, width: 1.6)
    }

    private func skillPanel(_ growth: Double) -> Panel {
        let lines = models.enumerated().filter { !$1.forecast.isEmpty }.map { place, model in
            PanelLayer.line(
                name: model.name, x: model.forecast.indices.map { Double($0 + 1) * interval * growth },
                y: model.forecast.map { $0.map { min($0, 2) } }, style: style(place))
        }
        return Panel(
            title: "Forecasts", horizontal: PanelAxis("Lead in Lyapunov times", low: 0),
            vertical: PanelAxis("Error / deviation", low: 0, high: 1.6),
            layers: [.level(1, name: nil, style: LineStyle(.gray, dash: .dotted, width: 1))] + lines)
    }

    private var exponentPanel: Panel {
        let lines = models.enumerated().map { place, model in
            PanelLayer.line(
                name: model.name, x: model.exponents.indices.map { Double($0 + 1) }, y: model.exponents,
                style: style(place))
        }
        return Panel(
            title: "Lyapunov exponents", horizontal: PanelAxis("Number"), vertical: PanelAxis("Rate in a unit of time"),
            layers: [.level(0, name: nil, style: LineStyle(.gray, dash: .dotted, width: 1))] + lines)
    }

    private var densityPanel: Panel {
        let lines = models.enumerated().map { place, model in
            PanelLayer.line(
                name: model.name, x: model.density.indices.map { (Double($0) + 0.5) / Double(model.density.count) },
                y: model.density.map(Optional.some), style: style(place))
        }
        return Panel(
            title: "Density",
            horizontal: PanelAxis("Value, between the smallest and the largest of the truth", low: 0, high: 1),
            vertical: PanelAxis("Share in a bin", low: 0), layers: lines)
    }

    private var spectrumPanel: Panel {
        let lines = models.enumerated().map { place, model in
            PanelLayer.line(
                name: model.name,
                x: model.spectrum.indices.map { Double($0 + 1) / (2 * Double(model.spectrum.count) * interval) },
                y: model.spectrum.map { $0.flatMap { $0 > 0 ? $0 : nil } }, style: style(place))
        }
        return Panel(
            title: "Spectrum", horizontal: PanelAxis("Frequency in a unit of time", low: 0),
            vertical: PanelAxis("Power", isLogarithmic: true), layers: lines)
    }

    // MARK: - Sensitivity

    private var sensitivityParts: [ReportPart] {
        var table = TextTable(
            title: "What is learned from observations, learned from others",
            columns: [
                .init("Model"), .init("Condition"), .init("Skill"), .init("Error after one"),
                .init("Model error"),
            ])
        for record in sensitivity {
            let title = record.key.map { "\($0.title) \(NumberText.short(record.value ?? .nan))" }
            table.add(
                [
                    .text(record.model), .text(title ?? "as configured"),
                    .text(skillText(record.skill, record.skillIsLeast)),
                    .quantity(record.error), .quantity(record.modelError),
                ], isEmphasized: record.key == nil)
        }
        let panels = [RobustnessKey.error, .missing].compactMap(sensitivityPanel)
        let figure = Figure(
            caption: "Skill of models against the data of their training; upright lines mark the configuration.",
            panels: panels, columns: 2, rowHeight: 220)
        return [.table(table)] + (panels.isEmpty ? [] : [.figure(figure, numbers: [])])
    }

    private func sensitivityPanel(_ key: RobustnessKey) -> Panel? {
        guard sensitivity.contains(where: { $0.key == key }), let usual = usualConditions[key.rawValue] else {
            return nil
        }
        let names = models.map(\.name).filter { name in sensitivity.contains { $0.model == name } }
        let lines = names.enumerated().map { place, name in
            let own = sensitivity.filter { $0.model == name && ($0.key == key || $0.key == nil) }
                .map { ($0.value ?? usual, $0.skill) }.sorted { $0.0 < $1.0 }
            return PanelLayer.line(
                name: name, x: own.map(\.0), y: own.map(\.1),
                style: LineStyle(FigureColor.sequence[place % FigureColor.sequence.count], marker: .disk))
        }
        return Panel(
            title: key.title, horizontal: PanelAxis(key.title), vertical: PanelAxis("Skill in Lyapunov times", low: 0),
            layers: [.upright(usual, name: nil, style: LineStyle(.gray, dash: .dotted, width: 1))] + lines)
    }
}
