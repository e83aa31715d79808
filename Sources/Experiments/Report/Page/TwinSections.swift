import Studies

extension TwinResults {
    var report: Report {
        let facts = [
            setting, "\(variables) variables", "\(observed) observed every \(NumberText.short(interval))",
            "\(cycles) cycles, the first \(spinup) not scored", "seed \(seed)", source,
        ]
        let heading = HTML.joined([
            .element("p", ["class": "facts"], facts.joined(separator: " · ")),
            .element("p", summary.isEmpty ? reference : summary),
        ])
        return Report(
            title: title, heading: heading,
            sections: [
                summarySection, modelSection, timeSection, stateSection, learningSection, gainSection,
                robustnessSection, tuningSection, methodSection,
            ])
    }

    private var summarySection: ReportSection {
        ReportSection(
            identifier: "summary", title: "Summary",
            parts: [
                .list(verdict), .table(scoreTable),
                .paragraph(
                    "RMSE: the mean over the scored times of the error of analyses, root mean square over the "
                        + "variables; its median and its mean over the test seeds. The 95 % interval of the mean is "
                        + "Student's on the logarithmic scale, from three seeds on. Lost: seeds on which, in a tenth "
                        + "of the scored times, the error passed that of the climate without the spread's owning up to "
                        + "it, or half of it and three times the spread. Diverged: seeds whose numbers were not "
                        + "finite. Parameters were chosen on seeds of tuning; no choice has seen a test seed."
                ),
                .folded("Differences between the methods", comparisonTable.rows.isEmpty ? [] : [comparisonTable]),
            ])
    }

    /// All pairs of methods.
    private var comparisonTable: TextTable {
        var table = TextTable(
            title:
                "Differences of the mean RMSE over the same seeds, with their 95 % intervals by Student's "
                + "distribution; the probabilities are corrected by Holm for \(comparisons.count) comparisons",
            columns: [
                .init("First"), .init("Second"), .init("First − second"), .init("Probability"), .init("Significant"),
                .init("Seeds"),
            ])
        for row in comparisons {
            table.add([
                .text(title(of: row.first)), .text(title(of: row.second)),
                .quantity(
                    row.difference, low: row.low, high: row.high,
                    format: NumberFormat(difference: row.difference, low: row.low, high: row.high)),
                .number(row.probability, decimals: 3),
                .text(row.low == nil ? "too few seeds" : row.significant ? "yes" : "no"),
                .number(Double(row.seeds), decimals: 0),
            ])
        }
        return table
    }

    // MARK: - Through time

    /// The latest cycles, as many as a figure can show.
    private var shownTimes: Range<Int> { max(0, cycles - 200)..<cycles }

    private var timeSection: ReportSection {
        let panels = methods.filter { isShown($0.name) }.compactMap(timePanel).sharingScales()
        guard !panels.isEmpty else { return ReportSection(identifier: "time", title: "Through time", parts: []) }
        let figure = Figure(
            caption:
                "Error (line) and spread (dashed) of the analyses at the last \(shownTimes.count) times of the first "
                + "test seed, on one logarithmic scale; a single estimate has no spread.",
            panels: panels, columns: 2, rowHeight: 220)
        return ReportSection(
            identifier: "time", title: "Error and spread through time", parts: [.figure(figure, numbers: [])])
    }

    private func timePanel(_ method: TwinMethodRecord) -> Panel? {
        guard let run = method.runs.first, run.outcome == .completed else { return nil }
        let x = shownTimes.map { Double($0) * interval }
        return Panel(
            title: title(of: method.name), horizontal: PanelAxis("Model time", low: x.first, high: x.last),
            vertical: PanelAxis("RMSE, spread", isLogarithmic: true),
            layers: [
                .line(
                    name: "error", x: x, y: positive(run.errors[shownTimes]), style: LineStyle(.vermillion, width: 1.4)),
                .line(
                    name: "spread", x: x, y: positive(run.spreads[shownTimes]),
                    style: LineStyle(.blue, dash: .dashed, width: 1.4)),
            ])
    }

    /// The values that a logarithmic axis can show.
    private func positive(_ values: ArraySlice<Double?>) -> [Double?] {
        values.map { $0.flatMap { $0 > 0 ? $0 : nil } }
    }

    /// Hovmöller diagrams: the truth, and the error of each method.
    private var stateSection: ReportSection {
        var section = ReportSection(identifier: "states", title: "Truth and errors in space and time", parts: [])
        // Of a truth that diverges there is no picture.
        guard variables >= 8, let truth = methods.flatMap(\.runs).compactMap(\.truth).first,
            truth.allSatisfy(\.isFinite)
        else { return section }
        let shown = max(0, cycles - 120)..<cycles
        func field(_ values: [Double?]) -> [[Double?]] {
            (0..<variables).map { i in shown.map { values[$0 * variables + i] } }
        }
        let whole = field(truth.map { $0 })
        let errors = methods.filter { isShown($0.name) }.compactMap { method -> (name: String, rows: [[Double?]])? in
            guard let analysis = method.runs.compactMap(\.analysis).first else { return nil }
            let rows = zip(field(analysis), whole).map {
                zip($0, $1).map { a, b in a.flatMap { a in b.map { a - $0 } } }
            }
            return (title(of: method.name), rows)
        }
        // One scale for the truth and the errors.
        let limit = largest([whole] + errors.map(\.rows))
        let panels =
            [map("truth", whole, shown, limit)]
            + errors.map { map("\($0.name): analysis − truth", $0.rows, shown, limit) }
        let figure = Figure(
            caption:
                "Hovmöller diagrams of the last \(shown.count) times: blue below zero, red above, "
                + "± \(NumberFormat([limit]).text(limit)) in every panel.",
            panels: panels, columns: 2, rowHeight: 240)
        section.parts = [.figure(figure, numbers: [])]
        return section
    }

    private func largest(_ fields: [[[Double?]]]) -> Double {
        fields.flatMap { $0 }.flatMap { $0 }.compactMap { $0.map(abs) }.max() ?? 1
    }

    private func map(_ title: String, _ rows: [[Double?]], _ times: Range<Int>, _ limit: Double) -> Panel {
        Panel(
            title: title,
            horizontal: PanelAxis(
                "Model time", low: Double(times.lowerBound) * interval, high: Double(times.upperBound) * interval),
            vertical: PanelAxis("Variable", low: -0.5, high: Double(rows.count) - 0.5),
            layers: [
                .field(
                    rows: rows, x: Double(times.lowerBound) * interval, width: interval, y: -0.5, height: 1,
                    limit: max(limit, 1e-300))
            ])
    }

    // MARK: - Description

    private var learningSection: ReportSection {
        let trained =
            models.compactMap { model in model.training.flatMap { $0.losses.isEmpty ? nil : (model.name, $0) } }
            .filter { model in !methods.contains { $0.name == model.0 } }
            + methods.compactMap { method in method.training.map { (method.name, $0) } }
        guard !trained.isEmpty else { return ReportSection(identifier: "learning", title: "Learning", parts: []) }
        let panels = trained.map { name, record in
            Panel(
                title: name, horizontal: PanelAxis("Step", low: 0), vertical: PanelAxis("Loss", isLogarithmic: true),
                layers: [
                    .line(
                        name: nil, x: record.losses.indices.map { Double(record.stride * ($0 + 1)) }, y: record.losses,
                        style: LineStyle(.blue))
                ])
        }
        var table = TextTable(
            columns: [
                .init("Method"), .init("Parameters"), .init("Steps"), .init("Last loss"), .init("Found"),
            ])
        for (name, record) in trained {
            table.add([
                .text(name), .number(Double(record.parameters), decimals: 0),
                .number(Double(record.steps), decimals: 0),
                .quantity(record.losses.compactMap { $0 }.last), .text(record.found ?? ""),
            ])
        }
        let figure = Figure(
            caption: "The loss of each step of training.", panels: panels, columns: min(2, panels.count), rowHeight: 240
        )
        return ReportSection(
            identifier: "learning", title: "Learning", parts: [.figure(figure, numbers: []), .table(table)])
    }

    private var tuningSection: ReportSection {
        let tuned = methods.filter { !$0.tried.isEmpty }
        let tables = tuned.map { method in
            var table = TextTable(
                title: method.name,
                columns: [.init("Parameters"), .init("Seed"), .init("RMSE")])
            for tried in method.tried {
                table.add(
                    [
                        .text(tried.parameters), .number(Double(tried.seed), decimals: 0),
                        .quantity(tried.error),
                    ], isEmphasized: tried.parameters == method.parameters)
            }
            return table
        }
        return ReportSection(
            identifier: "tuning", title: "Tuning",
            parts: tables.isEmpty ? [] : [.folded("What was tried on seeds of tuning", tables)])
    }

    private var methodSection: ReportSection {
        var table = TextTable(columns: [.init("Method"), .init("What it is"), .init("Parameters")])
        for method in methods { table.add([.text(method.name), .text(method.description), .text(method.parameters)]) }
        return ReportSection(
            identifier: "methods", title: "Methods",
            parts: [.table(table)])
    }
}
