import Foundation
import Studies
import Supervised

/// The page of a regression or a classification.
extension SupervisedResults {
    var report: Report {
        let facts = [
            task.rawValue, target.map { "target \($0)" }, "\(samples.training) samples before the test",
            "\(samples.test) in it", folds, "seed \(seed)", source,
        ]
        let heading = HTML.joined(
            [.element("p", ["class": "facts"], facts.compactMap(\.self).joined(separator: " · "))]
                + (summary.isEmpty ? [] : [.element("p", summary)])
                + (credits.isEmpty ? [] : [.element("p", "Data: " + credits.joined(separator: "; "))]))
        return Report(
            title: title, heading: heading,
            sections: [
                summarySection, choiceSection, complexitySection, learningSection, classSection, residualSection,
                wrongSection, coefficientSection,
            ])
    }

    private var summarySection: ReportSection {
        ReportSection(
            identifier: "summary", title: "Summary",
            parts: [
                .list(verdict), .table(scoreTable),
                .paragraph(
                    "Parameters were chosen and models compared by cross-validation of the samples before the test; the "
                        + "scores of the test are of models fitted to all of these. Intervals: 95 %, from test samples drawn "
                        + "with replacement. No fit, scale, imputation or choice has seen a test sample."),
                .table(allScores), .folded("Differences on the same test samples", [comparisonTable]),
            ])
    }

    /// All scores of test and training.
    private var allScores: TextTable {
        var table = TextTable(
            title: "All scores of the test, and in brackets of the training samples",
            columns: [.init("Model")] + SupervisedScore.all(task).map { .init($0.title) }
                + (task == .regression ? [.init("CRPS"), .init("Intervals hold")] : []))
        for model in models {
            let cells = SupervisedScore.all(task).map { name -> TextTable.Cell in
                let (test, training) = (
                    model.test.first { $0.name == name }?.value, model.training.first { $0.name == name }?.value
                )
                let format = NumberFormat([test, training])
                return .text("\(format.text(test)) (\(format.text(training)))")
            }
            let more: [TextTable.Cell] =
                task == .regression
                ? [
                    .quantity(model.crps),
                    .text(
                        model.intervals?.covered.map {
                            "\(NumberText.fixed(100 * $0, decimals: 1)) % of \(NumberText.fixed(100 * (model.intervals?.coverage ?? 0), decimals: 0)) %"
                        } ?? "–"),
                ] : []
            table.add([.text(model.name)] + cells + more, isEmphasized: model.name == chosen)
        }
        return table
    }

    private var comparisonTable: TextTable {
        var table = TextTable(
            title: "\(score.title): first less second, with 95 % intervals",
            columns: [.init("First"), .init("Second"), .init("Difference"), .init("Probability of the other sign")])
        for row in comparisons {
            table.add([
                .text(row.first), .text(row.second),
                .quantity(
                    row.difference, low: row.low, high: row.high,
                    format: NumberFormat(difference: row.difference, low: row.low, high: row.high)),
                .number(row.probability, decimals: 3),
            ])
        }
        return table
    }

    private var choiceSection: ReportSection {
        let tables = models.filter { $0.candidates.count > 0 }.map { model -> TextTable in
            var table = TextTable(
                title: model.name,
                columns: [
                    .init("Parameters"), .init("Held out: \(score.title)"), .init("Standard error"), .init("Training"),
                    .init("Share of the samples"), .init("Folds"),
                ])
            for (place, candidate) in model.candidates.enumerated() {
                let folds = candidate.foldScores.map { NumberFormat([$0]).text($0) }.joined(separator: ", ")
                table.add(
                    [
                        .text(candidate.text.isEmpty ? "–" : candidate.text), .quantity(candidate.score),
                        .quantity(candidate.standardError), .quantity(candidate.trainingScore),
                        .number(candidate.share, decimals: 3), .text(folds),
                    ], isEmphasized: place == model.choice)
            }
            return table
        }
        let isLong = tables.reduce(0) { $0 + $1.rows.count } > 40
        return ReportSection(
            identifier: "choice", title: "Cross-validation",
            parts: isLong ? [.folded("All settings", tables)] : tables.map { .table($0) })
    }

    // MARK: - Under- and over-fitting

    /// Error against each parameter of numbers that was varied, training beside what was held out.
    private var complexitySection: ReportSection {
        let panels = models.enumerated().flatMap { number, model -> [Panel] in
            guard let chosen = model.candidates.indices.contains(model.choice) ? model.candidates[model.choice] : nil
            else {
                return []
            }
            return chosen.parameters.keys.sorted().compactMap { name in
                panel(model, chosen, name, FigureColor.sequence[number % FigureColor.sequence.count])
            }
        }
        guard !panels.isEmpty else { return ReportSection(identifier: "complexity", title: "", parts: []) }
        return ReportSection(
            identifier: "complexity", title: "Under- and over-fitting",
            parts: [
                .figure(
                    Figure(
                        caption:
                            "\(score.title) of the folds by one parameter, the others as chosen: what was held out with its "
                            + "standard error, and (dashed) what was fitted to. Where both are bad a model under-fits; where "
                            + "they part it over-fits. The line marks the choice.",
                        panels: panels, columns: min(2, panels.count), rowHeight: 300), numbers: [])
            ])
    }

    private func panel(
        _ model: SupervisedModelRecord, _ chosen: SupervisedModelRecord.Candidate, _ name: String, _ color: FigureColor
    ) -> Panel? {
        let rows = model.candidates.filter { candidate in
            candidate.parameters.allSatisfy { $0.key == name || chosen.parameters[$0.key] == $0.value }
        }.sorted { ($0.parameters[name] ?? 0) < ($1.parameters[name] ?? 0) }
        let x = rows.map { $0.parameters[name] ?? 0 }
        guard Set(x).count > 2 else { return nil }
        let isWide = (x.min() ?? 0) > 0 && (x.max() ?? 1) / (x.min() ?? 1) > 30
        let held = rows.map(\.score)
        let known = (rows.map(\.score) + rows.map(\.trainingScore)).compactMap { $0 }
        let isTall = (known.min() ?? 0) > 0 && (known.max() ?? 1) / (known.min() ?? 1) > 30
        func shifted(_ sign: Double) -> [Double?] {
            rows.map { row in row.score.map { $0 + sign * (row.standardError ?? 0) } }
        }
        return Panel(
            title: model.name, horizontal: PanelAxis(name, isLogarithmic: isWide),
            vertical: PanelAxis(score.title, isLogarithmic: isTall),
            layers: [
                .band(name: nil, x: x, low: shifted(-1), high: shifted(1), color: color, opacity: 0.2),
                .line(name: "held out", x: x, y: held, style: LineStyle(color, width: 2)),
                .line(
                    name: "training", x: x, y: rows.map(\.trainingScore),
                    style: LineStyle(.gray, dash: .dashed, width: 1.5)),
                .upright(chosen.parameters[name] ?? 0, name: nil, style: LineStyle(.ink, dash: .dotted, width: 1)),
            ])
    }

    private var learningSection: ReportSection {
        var panels: [Panel] = []
        let curve = learningCurve.filter { $0.score != nil }
        if curve.count > 1 {
            let x = curve.map { Double($0.samples) }
            func shifted(_ sign: Double) -> [Double?] {
                curve.map { one in one.score.map { $0 + sign * (one.standardError ?? 0) } }
            }
            panels.append(
                Panel(
                    title: "\(chosen) by amount of data", horizontal: PanelAxis("Training samples", low: 0),
                    vertical: PanelAxis(score.title),
                    layers: [
                        .band(name: nil, x: x, low: shifted(-1), high: shifted(1), color: .blue, opacity: 0.2),
                        .line(name: "held out", x: x, y: curve.map(\.score), style: LineStyle(.blue, width: 2)),
                        .line(
                            name: "training", x: x, y: curve.map(\.trainingScore),
                            style: LineStyle(.gray, dash: .dashed, width: 1.5)),
                    ]))
        }
        for model in models where model.losses.count > 1 {
            func x(_ values: [Double?]) -> [Double] { values.indices.map { Double($0 + 1) } }
            panels.append(
                Panel(
                    title: "\(model.name) by epoch", horizontal: PanelAxis("Epoch", low: 0),
                    vertical: PanelAxis(
                        "Loss", isLogarithmic: (model.losses + model.testLosses).allSatisfy { ($0 ?? 1) > 0 }),
                    layers: [
                        .line(
                            name: "training", x: x(model.losses), y: model.losses,
                            style: LineStyle(.gray, dash: .dashed, width: 1.5)),
                        .line(
                            name: "test", x: x(model.testLosses), y: model.testLosses,
                            style: LineStyle(.vermillion, width: 1.5)),
                    ]))
        }
        guard !panels.isEmpty else { return ReportSection(identifier: "learning", title: "", parts: []) }
        return ReportSection(
            identifier: "learning", title: "Learning curves",
            parts: [
                .figure(
                    Figure(
                        caption:
                            "The score of the folds by the number of samples that are fitted to, and losses by epoch of "
                            + "the last fits; the losses of the test are shown, nothing is chosen by them.",
                        panels: panels, columns: min(2, panels.count), rowHeight: 300), numbers: [curveTable])
            ])
    }

    private var curveTable: TextTable {
        var table = TextTable(
            columns: ["Samples", "Held out", "Standard error", "Training"].map { .init($0) })
        for one in learningCurve {
            table.add([
                .number(Double(one.samples), decimals: 0), .quantity(one.score), .quantity(one.standardError),
                .quantity(one.trainingScore),
            ])
        }
        return table
    }

    // MARK: - Predictions

    private var chosenModel: SupervisedModelRecord? { models.first { $0.name == chosen } }

    private var classSection: ReportSection {
        guard let model = chosenModel, let confusion = model.confusion, classes.count <= 40 else {
            return ReportSection(identifier: "classes", title: "", parts: [])
        }
        var table = TextTable(
            title: "Test samples by true class (rows) and class that \(chosen) finds (columns)",
            columns: [.init("True")] + classes.map { .init($0) } + [.init("Recognised")])
        for (row, counts) in confusion.enumerated() {
            let total = counts.reduce(0, +)
            table.add(
                [.text(classes[row])] + counts.map { .number(Double($0), decimals: 0) }
                    + [.number(total == 0 ? nil : 100 * Double(counts[row]) / Double(total), decimals: 1)])
        }
        var parts: [ReportPart] = [.table(table)]
        let panels = models.enumerated().compactMap { number, model -> Panel? in
            guard let bins = model.reliability, !bins.isEmpty else { return nil }
            let color = FigureColor.sequence[number % FigureColor.sequence.count]
            let x = bins.map(\.confidence)
            return Panel(
                title: model.name, horizontal: PanelAxis("Probability of the class found", low: 0, high: 1),
                vertical: PanelAxis("Share that is right", low: 0, high: 1),
                layers: [
                    .line(name: nil, x: [0, 1], y: [0, 1], style: LineStyle(.gray, dash: .dashed, width: 1)),
                    .line(name: nil, x: x, y: bins.map(\.accuracy), style: LineStyle(color, width: 2)),
                    .points(name: nil, x: x, y: bins.map(\.accuracy), marker: .disk, color: color),
                ])
        }
        if !panels.isEmpty {
            parts.append(
                .figure(
                    Figure(
                        caption:
                            "Reliability: of test samples whose class was given some probability, the share for which it "
                            + "was right. On the line probabilities mean what they say; below it they are too sure.",
                        panels: panels, columns: min(3, panels.count), rowHeight: 300), numbers: [reliabilityTable]))
        }
        return ReportSection(identifier: "classes", title: "Classes and probabilities", parts: parts)
    }

    private var reliabilityTable: TextTable {
        var table = TextTable(columns: ["Model", "Probability", "Right", "Samples"].map { .init($0) })
        for model in models {
            for bin in model.reliability ?? [] {
                table.add([
                    .text(model.name), .number(bin.confidence, decimals: 3), .number(bin.accuracy, decimals: 3),
                    .number(Double(bin.count), decimals: 0),
                ])
            }
        }
        return table
    }

    private var residualSection: ReportSection {
        guard task == .regression, let model = chosenModel, !model.predictions.isEmpty else {
            return ReportSection(identifier: "predictions", title: "", parts: [])
        }
        // A page of a million points opens nowhere.
        let step = max(1, testTruth.count / 2000)
        let places = stride(from: 0, to: testTruth.count, by: step).map { $0 }
        let (low, high) = (testTruth.min() ?? 0, testTruth.max() ?? 1)
        var layers: [PanelLayer] = [
            .line(name: nil, x: [low, high], y: [low, high], style: LineStyle(.gray, dash: .dashed, width: 1)),
            .points(
                name: nil, x: places.map { testTruth[$0] }, y: places.map { model.predictions[$0] }, marker: .circle,
                color: .blue),
        ]
        if let half = model.intervals?.halfWidth {
            layers.insert(
                .band(
                    name: "interval", x: [low, high], low: [low - half, high - half], high: [low + half, high + half],
                    color: .gray, opacity: 0.15), at: 0)
        }
        return ReportSection(
            identifier: "predictions", title: "Predictions",
            parts: [
                .figure(
                    Figure(
                        caption:
                            "Predictions of \(chosen) by the true value of the test samples; the band is as wide as the "
                            + "intervals that errors of cross-validation promise.",
                        panels: [
                            Panel(
                                horizontal: PanelAxis("True value"), vertical: PanelAxis("Prediction"), layers: layers)
                        ], columns: 1, rowHeight: 420), numbers: [])
            ])
    }

    private var wrongSection: ReportSection {
        guard !mostWrong.isEmpty else { return ReportSection(identifier: "wrong", title: "", parts: []) }
        var table = TextTable(
            title: task == .regression ? "The largest errors on the test" : "Wrong with the highest probability",
            columns: [
                .init("Row"), .init("True"), .init("Found"), .init(task == .regression ? "Error" : "Probability"),
            ])
        for one in mostWrong {
            table.add([
                .number(Double(one.row), decimals: 0), .text(one.truth), .text(one.found), .quantity(one.measure),
            ])
        }
        guard !pictures.isEmpty else {
            return ReportSection(identifier: "wrong", title: "Most wrong", parts: [.table(table)])
        }
        let panels = zip(mostWrong, pictures).map { one, picture in
            let limit = picture.flatMap { $0 }.map(abs).max() ?? 1
            let (height, width) = (Double(picture.count), Double(picture.first?.count ?? 1))
            return Panel(
                title: "\(one.truth), taken for \(one.found)", horizontal: PanelAxis("", low: 0, high: width),
                vertical: PanelAxis("", low: 0, high: height),
                layers: [
                    .field(
                        rows: picture.reversed().map { $0.map { $0 } }, x: 0, width: 1, y: 0, height: 1,
                        limit: max(limit, 1e-12))
                ])
        }
        return ReportSection(
            identifier: "wrong", title: "Most wrong",
            parts: [
                .figure(
                    Figure(
                        caption: "The test pictures that \(chosen) is surest of and wrong about.", panels: panels,
                        columns: 4, rowHeight: 230), numbers: [table])
            ])
    }

    private var coefficientSection: ReportSection {
        let tables = models.filter { !$0.coefficients.isEmpty }.map { model -> TextTable in
            let outputs = model.coefficients.compactMap(\.output).reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            var table = TextTable(
                title: model.name,
                columns: [.init("Input")] + (outputs.isEmpty ? [.init("Coefficient")] : outputs.map { .init($0) }))
            let width = max(1, outputs.count)
            let rows = stride(from: 0, to: model.coefficients.count, by: width).map {
                Array(model.coefficients[$0..<min(model.coefficients.count, $0 + width)])
            }
            for row in rows { table.add([.text(row[0].feature)] + row.map { .quantity($0.value) }) }
            return table
        }
        guard !tables.isEmpty else { return ReportSection(identifier: "coefficients", title: "", parts: []) }
        return ReportSection(
            identifier: "coefficients", title: "Coefficients",
            parts: [
                .paragraph("Of standardised inputs, so that their sizes can be compared."),
                .folded("Coefficients", tables),
            ])
    }
}
