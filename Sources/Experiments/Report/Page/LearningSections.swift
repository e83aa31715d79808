import Studies
import Verification

extension IndexedResults {
    var differences: ReportSection {
        var section = ReportSection(identifier: "differences", title: "Which differences are significant?", parts: [])
        let primaryOnes = results.comparisons.filter { $0.variable == results.primaryVariable && $0.gaps == .none }
        guard !results.comparisons.isEmpty else { return section }
        let confidence = NumberText.fixed(100 * results.confidence, decimals: 0)
        section.parts.append(
            .paragraph(
                "Both methods were scored on the same times, resampled together in blocks. A difference is called "
                    + "significant where its \(confidence) % confidence interval excludes zero and its probability is "
                    + "low also after Holm's correction for all comparisons of the score; below zero the first method "
                    + "has the lower score."))
        let panels = differencePanels(primaryOnes)
        if !panels.isEmpty {
            let figure = Figure(
                caption: "Differences of scores of \(primary.longName) by lead time with \(confidence) % confidence "
                    + "intervals; filled marks are significant.",
                panels: panels, columns: min(2, panels.count), rowHeight: 260)
            section.parts.append(.figure(figure, numbers: [differenceTable(primaryOnes)]))
        } else if !primaryOnes.isEmpty {
            section.parts.append(.table(differenceTable(primaryOnes)))
        }
        let others = results.comparisons.filter { $0.variable != results.primaryVariable || $0.gaps != .none }
        if !others.isEmpty { section.parts.append(.folded("Other variables and gaps", [differenceTable(others)])) }
        return section
    }

    private func differencePanels(_ comparisons: [ComparisonRecord]) -> [Panel] {
        var groups: [(first: String, second: String, score: Score)] = []
        for one in comparisons
        where !groups.contains(where: { $0 == (one.first, one.second, one.score) }) {
            groups.append((one.first, one.second, one.score))
        }
        let panels = groups.compactMap { group -> Panel? in
            let rows = comparisons.filter { ($0.first, $0.second, $0.score) == group }.sorted { $0.lead < $1.lead }
            guard rows.count > 1 else { return nil }
            let x = rows.map { Double($0.lead) }
            let color = style(group.first).color
            return Panel(
                title: "\(group.first) − \(group.second)", horizontal: .whole(leadLabel, rows.map(\.lead)),
                vertical: .quantity("Δ\(group.score.title)", units: group.score.units(primary)),
                layers: [
                    .level(0, name: nil, style: LineStyle(.ink, dash: .dashed, width: 1)),
                    .band(name: nil, x: x, low: rows.map(\.low), high: rows.map(\.high), color: color, opacity: 0.22),
                    .line(name: nil, x: x, y: rows.map(\.difference), style: LineStyle(color, width: 2)),
                    .points(
                        name: nil, x: x, y: rows.map { $0.significant ? $0.difference : nil }, marker: .disk,
                        color: color),
                    .points(
                        name: nil, x: x, y: rows.map { $0.significant ? nil : $0.difference }, marker: .circle,
                        color: color),
                ])
        }
        return panels.sharingScales()
    }

    private func differenceTable(_ comparisons: [ComparisonRecord]) -> TextTable {
        var table = TextTable(
            columns: [
                .init("First"), .init("Second"), .init("Variable"), .init("Withheld"), .init("Score"), .init("Lead"),
                .init("First − second"), .init("Significant"),
            ])
        for row in comparisons {
            let variable = variable(row.variable)
            table.add([
                .text(row.first), .text(row.second), .text(variable.longName), .text(results.title(of: row.gaps)),
                .text(UnitText.label(row.score.title, units: row.score.units(variable))),
                .number(Double(row.lead), decimals: 0),
                .quantity(
                    row.difference, low: row.low, high: row.high,
                    format: NumberFormat(difference: row.difference, low: row.low, high: row.high)),
                .text(row.significant ? "yes" : "no"),
            ])
        }
        return table
    }

    var learning: ReportSection {
        var section = ReportSection(identifier: "learning", title: "Learning curves", parts: [])
        let curves = results.learningCurves.filter { !$0.training.isEmpty }
        guard !curves.isEmpty else { return section }
        let names = curves.map(\.method).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let panels = names.map { name in curvePanel(name, curves.filter { $0.method == name }) }
        let figure = Figure(
            caption:
                "Loss after each epoch of training, one line a fold; circles mark the epochs whose weights were kept.",
            panels: panels, columns: min(2, panels.count), rowHeight: 300)
        section.parts = idleSentences.map { .paragraph($0) } + [.figure(figure, numbers: [curveTable(curves)])]
        return section
    }

    private func curvePanel(_ method: String, _ curves: [LearningCurveRecord]) -> Panel {
        let color = style(method).color
        let all = curves.flatMap { $0.training + $0.validation }.compactMap { $0 }
        let isWide = (all.min() ?? 0) > 0 && (all.max() ?? 1) > 8 * (all.min() ?? 1)
        func x(_ losses: [Double?]) -> [Double] { losses.indices.map { Double($0 + 1) } }
        let lines = curves.flatMap { curve -> [PanelLayer] in
            [
                .line(
                    name: "training", x: x(curve.training), y: curve.training,
                    style: LineStyle(.gray, dash: .dashed, width: 1.1)),
                .line(
                    name: "validation (\(method))", x: x(curve.validation), y: curve.validation,
                    style: LineStyle(color, width: 1.4)),
            ]
        }
        let kept = curves.compactMap { curve -> (Double, Double?)? in
            guard let epoch = curve.epochKept else { return nil }
            let losses = curve.validation.isEmpty ? curve.training : curve.validation
            return losses.indices.contains(epoch - 1) ? (Double(epoch), losses[epoch - 1]) : nil
        }
        let marks = PanelLayer.points(
            name: "kept", x: kept.map(\.0), y: kept.map(\.1), marker: .circle, color: .ink)
        return Panel(
            title: method, horizontal: PanelAxis("Epoch", low: 0), vertical: PanelAxis("Loss", isLogarithmic: isWide),
            layers: lines + (kept.isEmpty ? [] : [marks]))
    }

    private func curveTable(_ curves: [LearningCurveRecord]) -> TextTable {
        var table = TextTable(
            columns: [
                "Method", "Fold", "Epochs", "Epoch kept", "Training loss", "Validation loss", "Size of the output",
            ].map { .init($0) })
        for curve in curves {
            let kept = (curve.epochKept ?? curve.training.count) - 1
            table.add([
                .text(curve.method), .text(curve.fold.map { "\($0)" } ?? "final"),
                .number(Double(curve.training.count), decimals: 0),
                .number(curve.epochKept.map { Double($0) }, decimals: 0),
                .quantity(curve.training.indices.contains(kept) ? curve.training[kept] : nil),
                .quantity(curve.validation.indices.contains(kept) ? curve.validation[kept] : nil),
                .quantity(curve.effect),
            ])
        }
        return table
    }

    var folds: ReportSection {
        var section = ReportSection(identifier: "folds", title: "Cross-validation and choice", parts: [])
        if !results.choice.candidates.isEmpty {
            var table = TextTable(
                columns: ["Candidate", "Validation score", "Above the lowest", "Standard error"].map { .init($0) })
            for candidate in results.choice.candidates {
                let numbers = [candidate.score, candidate.difference, candidate.standardError]
                table.add(
                    [.text(candidate.name)] + numbers.map { .quantity($0) },
                    isEmphasized: candidate.name == results.chosen)
            }
            let criterion = "\(results.choice.method) was chosen by \(results.choice.criterion)."
            section.parts +=
                [criterion, results.choice.reason].compactMap { $0.map { .paragraph($0) } } + [.table(table)]
        }
        if !results.folds.isEmpty { section.parts.append(.table(foldTable)) }
        return section
    }

    /// A row a configuration, a column a fold.
    private var foldTable: TextTable {
        var periods: [Int: String] = [:]
        for fold in results.folds where periods[fold.fold] == nil { periods[fold.fold] = fold.period }
        let numbers = periods.keys.sorted()
        var table = TextTable(
            title: "Scores of the folds (lower is better), by the period that was held out",
            columns: [.init("Candidate"), .init("Configuration"), .init("Mean")]
                + numbers.map { .init(periods[$0] ?? "\($0)") })
        var rows: [(candidate: String, configuration: String)] = []
        for fold in results.folds where !rows.contains(where: { $0 == (fold.candidate, fold.configuration) }) {
            rows.append((fold.candidate, fold.configuration))
        }
        for row in rows {
            let own = results.folds.filter { ($0.candidate, $0.configuration) == row }
            let scores = numbers.map { number in own.first { $0.fold == number }?.score }
            let known = scores.compactMap { $0 }
            let mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
            table.add(
                [.text(row.candidate), .text(row.configuration)] + ([mean] + scores).map { .quantity($0) })
        }
        return table
    }
}
