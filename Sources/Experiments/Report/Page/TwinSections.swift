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
                    "RMSE: the mean over the scored times of the error of analyses, root mean square over the variables, on average "
                        + "over the test seeds with its 95 % interval. Parameters were chosen on seeds of tuning; no choice has "
                        + "seen a test seed."),
            ])
    }

    // MARK: - Through time

    /// The latest cycles, as many as a figure can show.
    private var shownTimes: Range<Int> { max(0, cycles - 200)..<cycles }

    private var timeSection: ReportSection {
        let panels = methods.compactMap(timePanel)
        guard !panels.isEmpty else { return ReportSection(identifier: "time", title: "Through time", parts: []) }
        let figure = Figure(
            caption:
                "Error (line) and spread (dashed) of the analyses at the last \(shownTimes.count) times of the first test seed.",
            panels: panels, columns: 2, rowHeight: 220)
        return ReportSection(
            identifier: "time", title: "Error and spread through time", parts: [.figure(figure, numbers: [])])
    }

    private func timePanel(_ method: TwinMethodRecord) -> Panel? {
        guard let run = method.runs.first, run.outcome == .completed else { return nil }
        let x = shownTimes.map { Double($0) * interval }
        return Panel(
            title: method.name, horizontal: PanelAxis("Model time", low: x.first, high: x.last),
            vertical: PanelAxis("RMSE, spread", low: 0),
            layers: [
                .line(name: "error", x: x, y: Array(run.errors[shownTimes]), style: LineStyle(.vermillion, width: 1.4)),
                .line(
                    name: "spread", x: x, y: Array(run.spreads[shownTimes]),
                    style: LineStyle(.blue, dash: .dashed, width: 1.4)),
            ])
    }

    /// Hovmöller diagrams: the truth, and what each method has wrong.
    private var stateSection: ReportSection {
        var section = ReportSection(identifier: "states", title: "Truth and errors in space and time", parts: [])
        guard variables >= 8, let truth = methods.flatMap(\.runs).compactMap(\.truth).first else { return section }
        let shown = max(0, cycles - 120)..<cycles
        func field(_ values: [Double?]) -> [[Double?]] {
            (0..<variables).map { i in shown.map { values[$0 * variables + i] } }
        }
        let whole = field(truth.map { $0 })
        var panels = [map("truth", whole, shown)]
        for method in methods {
            guard let analysis = method.runs.compactMap(\.analysis).first else { continue }
            let errors = zip(field(analysis), whole).map {
                zip($0, $1).map { a, b in a.flatMap { a in b.map { a - $0 } } }
            }
            panels.append(map("\(method.name): analysis − truth", errors, shown))
        }
        let figure = Figure(
            caption:
                "Hovmöller diagrams of the last \(shown.count) times: blue below zero, red above; each panel on a scale of its own.",
            panels: panels, columns: 2, rowHeight: 240)
        section.parts = [.figure(figure, numbers: [])]
        return section
    }

    private func map(_ title: String, _ rows: [[Double?]], _ times: Range<Int>) -> Panel {
        let largest = rows.flatMap { $0 }.compactMap { $0.map(abs) }.max() ?? 1
        return Panel(
            title: "\(title) (± \(NumberText.fixed(largest, decimals: 2)))",
            horizontal: PanelAxis(
                "Model time", low: Double(times.lowerBound) * interval, high: Double(times.upperBound) * interval),
            vertical: PanelAxis("Variable", low: -0.5, high: Double(rows.count) - 0.5),
            layers: [
                .field(
                    rows: rows, x: Double(times.lowerBound) * interval, width: interval, y: -0.5, height: 1,
                    limit: max(largest, 1e-300))
            ])
    }

    // MARK: - What was done

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
                .number(record.losses.compactMap { $0 }.last, decimals: 4), .text(record.found ?? ""),
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
                columns: [.init("Parameters"), .init("Seed"), .init("RMSE", best: .lowest)])
            for tried in method.tried {
                table.add(
                    [
                        .text(tried.parameters), .number(Double(tried.seed), decimals: 0),
                        .number(tried.error, decimals: 3),
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
