import Studies
import Verification

extension IndexedResults {
    var intervals: ReportSection {
        let scores = [Score.coverage50, .coverage90].filter { !methods(with: $0).isEmpty }
        guard !scores.isEmpty else { return .init(identifier: "intervals", title: "", parts: []) }
        let panels = scores.map { score -> Panel in
            let nominal = score == .coverage50 ? 50.0 : 90
            let band = band(score, results.chosen, scale: 100)
            let level = PanelLayer.level(nominal, name: "nominal", style: LineStyle(.ink, dash: .dashed, width: 1))
            let layers = [level] + (band.map { [$0] } ?? []) + lines(score, scale: 100)
            let reached = layers.flatMap(\.heights).map { $0 / 10 } + [nominal / 10 - 3, min(10, nominal / 10 + 3)]
            return Panel(
                title: "Central \(Int(nominal)) % interval", horizontal: .whole(leadLabel, results.leads),
                vertical: PanelAxis(
                    "Truth inside the interval (%)", low: 10 * (reached.min() ?? 0).rounded(.down),
                    high: 10 * (reached.max() ?? 10).rounded(.up)),
                layers: layers)
        }
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        let figure = Figure(
            caption: "How often the truth of \(primary.longName) lay inside the forecast's interval, by lead time. "
                + "Shading: \(confidence) % confidence interval of \(results.chosen).",
            panels: panels, columns: panels.count, rowHeight: 310)
        return ReportSection(
            identifier: "intervals", title: "Calibration of the intervals",
            parts: [.figure(figure, numbers: scores.map { scoreTable($0) })])
    }

    var spread: ReportSection {
        guard !methods(with: .spreadErrorRatio).isEmpty else {
            return .init(identifier: "spread", title: "", parts: [])
        }
        let band = band(.spreadErrorRatio, results.chosen)
        var panels = [
            Panel(
                title: "Spread over error", horizontal: .whole(leadLabel, results.leads),
                vertical: PanelAxis("Spread / error"),
                layers: [.level(1, name: "reliable", style: LineStyle(.ink, dash: .dashed, width: 1))]
                    + (band.map { [$0] } ?? []) + lines(.spreadErrorRatio))
        ]
        let errors = results.leads.map { score(.rmse, results.chosen, lead: $0)?.value }
        let spreads = results.leads.enumerated().map { index, lead -> Double? in
            guard let ratio = score(.spreadErrorRatio, results.chosen, lead: lead)?.value else { return nil }
            return errors[index].map { $0 * ratio }
        }
        let look = style(results.chosen)
        panels.append(
            Panel(
                title: "Spread and error of \(results.chosen)", horizontal: .whole(leadLabel, results.leads),
                vertical: .quantity("Spread, RMSE", units: primary.units, low: 0),
                layers: [
                    .line(
                        name: "RMSE of the mean", x: results.leads.map { Double($0) }, y: errors,
                        style: LineStyle(.ink, width: 2, marker: .circle)),
                    .line(
                        name: "spread of \(results.chosen)", x: results.leads.map { Double($0) }, y: spreads,
                        style: LineStyle(look.color, dash: .dashed, width: 2)),
                ]))
        let figure = Figure(
            caption:
                "Spread of the forecasts of \(primary.longName) against the error of their mean; that of an ensemble "
                + "is corrected for its number of members: √((N + 1) / N). A reliable forecast has a ratio of one; "
                + "below, it is too sure of itself.",
            panels: panels, columns: 2, rowHeight: 310)
        return ReportSection(
            identifier: "spread", title: "Spread and error",
            parts: [.figure(figure, numbers: [scoreTable(.spreadErrorRatio)])])
    }

    var ranks: ReportSection {
        let records = results.rankHistograms.filter {
            $0.method == results.chosen && $0.variable == results.primaryVariable && $0.gaps == .none
                && keyLeads.contains($0.lead)
        }
        guard !records.isEmpty else { return .init(identifier: "ranks", title: "", parts: []) }
        let highest = records.flatMap(\.counts).max() ?? 1
        let figure = Figure(
            caption: "Where the truth of \(primary.longName) fell among equally likely bins of the forecasts by "
                + "\(results.chosen). A calibrated forecast fills them evenly (line; shading: 90 % of the counts of "
                + "independent times). A U is too narrow a forecast, a dome too wide, a slope biased; shapes are named "
                + "by the mean and the dispersion of the truth's probability, ½ and 1 if calibrated, whose intervals "
                + "honour that times depend on each other.",
            panels: records.map { rankPanel($0, high: 1.15 * Double(highest)) }, columns: min(5, records.count),
            rowHeight: 240)
        var table = TextTable(
            title: "Rank histograms of \(results.chosen)",
            columns: [
                .init("Lead"), .init("Counts, from the lowest bin"), .init("P (as uneven or more)"),
                .init("Mean probability of the truth"), .init("Dispersion"), .init("Shape"),
            ])
        for record in records {
            table.add([
                .number(Double(record.lead), decimals: 0),
                .text(record.counts.map { "\($0)" }.joined(separator: " ")), .number(record.probability, decimals: 3),
                .quantity(
                    record.meanProbability?.value, low: record.meanProbability?.low, high: record.meanProbability?.high),
                .quantity(record.dispersion?.value, low: record.dispersion?.low, high: record.dispersion?.high),
                .text(record.shapes.map(\.rawValue).joined(separator: "; ")),
            ])
        }
        return ReportSection(
            identifier: "ranks", title: "Rank histograms", parts: [.figure(figure, numbers: [table])])
    }

    private func shape(_ record: RankHistogramRecord) -> String {
        let shapes = record.shapes.filter { $0 != .flat }.compactMap { $0.rawValue.split(separator: ":").first }
        return shapes.isEmpty ? "" : ": " + shapes.joined(separator: ", ")
    }

    private func rankPanel(_ record: RankHistogramRecord, high: Double) -> Panel {
        let total = Double(record.counts.reduce(0, +))
        let share = 1 / Double(max(1, record.counts.count))
        let expected = total * share
        let margin = 1.645 * (total * share * (1 - share)).squareRoot()
        let quarters = [0.0, 0.5, 1].map { PanelAxis.Tick($0, NumberText.fixed($0, decimals: $0 == 0.5 ? 1 : 0)) }
        return Panel(
            title: "Lead \(leadText(record.lead))\(shape(record))",
            horizontal: PanelAxis("Forecast probability", low: 0, high: 1, ticks: quarters),
            vertical: PanelAxis("Count", low: 0, high: high),
            layers: [
                .histogram(counts: record.counts, color: style(record.method).color),
                .band(
                    name: nil, x: [0, 1], low: [max(0, expected - margin), max(0, expected - margin)],
                    high: [expected + margin, expected + margin], color: .gray, opacity: 0.3),
                .line(
                    name: nil, x: [0, 1], y: [expected, expected], style: LineStyle(.ink, dash: .dashed, width: 1.2)),
            ])
    }
}
