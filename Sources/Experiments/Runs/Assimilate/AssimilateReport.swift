import Studies

extension AssimilateResults {
    var terminalTables: [TextTable] {
        return [methodTable] + (shownParameters.isEmpty ? [] : [parameterTable])
            + (trainings.isEmpty ? [] : [trainingTable]) + (judgement.map { [$0.table] } ?? [])
    }

    var verdict: [String] {
        var sentences = channels.compactMap { channel -> String? in
            let others = channel.counts.filter { $0.key != ValueFlag.used.word && $0.value > 0 }
            guard !others.isEmpty else { return nil }
            let list = others.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.replacing("_", with: " "))" }
            return "\(channel.name): \(channel.counts[ValueFlag.used.word] ?? 0) values used, "
                + list.joined(separator: ", ") + "."
        }
        for method in methods {
            if case .diverged(let step) = method.outcome {
                sentences.append(
                    "\(method.name) diverged at \(timeTexts[min(step, times.count - 1)]): its numbers are not "
                        + "finite from there on, and no estimate of it is shown.")
            }
            for innovation in method.innovations {
                if let sentence = innovation.sentence(method.name) { sentences.append(sentence) }
            }
            sentences += method.notes.map { "\(method.name): \($0)" }
        }
        for training in trainings {
            if training.outcome != .completed {
                sentences.append("\(training.method): the training diverged; the best weights before are used.")
            }
            if training.learnedNothing {
                sentences.append(
                    "\(training.method) has learned nothing: the weights that it started from were the best on truths "
                        + "that no gradient had.")
            }
        }
        return sentences + (judgement?.sentences ?? []) + warnings
    }

    var report: Report {
        let facts = [
            "\(states.count) value\(states.count == 1 ? "" : "s") of the state",
            "\(channels.reduce(0) { $0 + ($1.counts[ValueFlag.used.word] ?? 0) }) observations",
            "\(timeTexts[0]) to \(timeTexts[observedCount - 1])", "seed \(seed)", engine.source(version),
        ]
        let heading = HTML.joined([
            .element("p", ["class": "facts"], facts.joined(separator: " · ")), .element("p", summary),
        ])
        return Report(
            title: title, heading: heading,
            sections: [
                summarySection, stateSection, parameterSection, innovationSection, withheldSection, methodSection,
            ])
    }

    private var summarySection: ReportSection {
        ReportSection(
            identifier: "summary", title: "Summary",
            parts: (verdict.isEmpty ? [] : [.list(verdict)]) + [.table(methodTable)])
    }

    private var methodTable: TextTable {
        var table = TextTable(
            columns: [
                .init("Method"), .init("Parameters"), .init("Log-likelihood"), .init("Values used"), .init("Rejected"),
                .init("Mean square of innovations"),
            ])
        for method in methods {
            let (used, square) = method.innovations.reduce((0, 0.0)) {
                ($0.0 + $1.count, $0.1 + Double($1.count) * ($1.meanSquare ?? 0))
            }
            table.add([
                .text(method.name), .text(method.parameters), .quantity(method.logLikelihood),
                .number(used > 0 ? Double(used) : nil, decimals: 0),
                .number(used > 0 ? Double(method.innovations.reduce(0) { $0 + $1.rejected }) : nil, decimals: 0),
                .number(used > 0 ? square / Double(used) : nil, decimals: 2),
            ])
        }
        return table
    }

    // MARK: - States

    /// The most panels of states.
    private static let mostPanels = 12

    private var stateSection: ReportSection {
        guard let method = series.indices.first(where: { series[$0].best != nil }), let best = series[method].best
        else { return ReportSection(identifier: "states", title: "States", parts: []) }
        let isSmoothed = series[method].smoothed != nil
        // A value that stays as it is needs no panel.
        let moving = states.indices.filter { state in
            let values = times.indices.map { best.median[$0 * states.count + state] }
            return values.contains { abs($0 - values[0]) > 1e-9 * abs(values[0]) }
        }
        let all = moving.isEmpty ? Array(states.indices) : moving
        let shown = all.count <= Self.mostPanels ? all : evenly(all.count, Self.mostPanels).map { all[$0] }
        let axis = timeAxis
        let panels = shown.map { state -> Panel in
            func values(_ all: [Double]) -> [Double?] { axis.places.map { all[$0 * states.count + state].finite } }
            var layers: [PanelLayer] = [
                .band(
                    name: "90 % interval", x: axis.x, low: values(best.low), high: values(best.high), color: .blue,
                    opacity: 0.22),
                .line(name: methods[method].name, x: axis.x, y: values(best.median), style: LineStyle(.blue)),
            ]
            for channel in channels where channel.isOf(states[state]) {
                layers.append(
                    .points(
                        name: "observed", x: axis.x, y: axis.places.map { channel.values[$0] }, marker: .disk,
                        color: .ink))
            }
            if observedCount < times.count {
                layers.append(
                    .upright(
                        axis.position(observedCount - 1), name: "last observation",
                        style: LineStyle(.gray, dash: .dashed, width: 1)))
            }
            return Panel(title: states[state], horizontal: axis.axis, vertical: PanelAxis(""), layers: layers)
        }
        let figure = Figure(
            caption: "States by \(methods[method].name), given "
                + (isSmoothed ? "all observations" : "the observations up to each time")
                + ": median and 90 % interval, with the values that are observations of the state itself.",
            panels: panels, columns: panels.count == 1 ? 1 : 2, rowHeight: 240)
        return ReportSection(identifier: "states", title: "States", parts: [.figure(figure, numbers: [])])
    }

    private func evenly(_ count: Int, _ shown: Int) -> [Int] { (0..<shown).map { $0 * (count - 1) / (shown - 1) } }

    private struct ReportTimes {
        var axis: PanelAxis
        /// The numbers of the times that are drawn, and their positions.
        var places: [Int]
        var x: [Double]
        let times: [Double]
        func position(_ place: Int) -> Double { times[place] }
    }

    /// The most times of a line.
    private static let mostTimes = 2000

    private var timeAxis: ReportTimes {
        let places = times.count <= Self.mostTimes ? Array(times.indices) : evenly(times.count, Self.mostTimes)
        var axis = PanelAxis(timeUnit.isEmpty ? "Time" : "", low: times[0], high: times[times.count - 1])
        // Dates at a few of the times; years are numbers as they are.
        if !timeUnit.isEmpty, timeUnit != TimeUnitName.year.rawValue {
            let marked = evenly(times.count, min(times.count, 4))
            axis.ticks = marked.map { PanelAxis.Tick(times[$0], String(timeTexts[$0].prefix(10))) }
        }
        return ReportTimes(axis: axis, places: places, x: places.map { times[$0] }, times: times)
    }

    // MARK: - Parameters

    /// In their own units, without the weights of corrections.
    private var shownParameters: [ParameterRecord] {
        let hidden = Set(weights.values.flatMap(\.self))
        return parameters.filter {
            $0.scale == BoundedCoordinates.Scale.identity.rawValue && !hidden.contains($0.name)
        }
    }

    private var parameterTable: TextTable {
        var table = TextTable(
            columns: [
                .init("Unknown"), .init("Method"), .init("Median [90 %]"), .init("Mean"), .init("Standard deviation"),
                .init("Prior mean"), .init("Prior deviation"), .init("Determined"),
            ])
        let own = shownParameters
        var names: [String] = []
        for record in own where !names.contains(record.name) { names.append(record.name) }
        for name in names {
            for record in own where record.name == name {
                let format = NumberFormat([record.q50], widths: [record.q95.flatMap { q in record.q05.map { q - $0 } }])
                table.add([
                    .text(record.name), .text(record.method),
                    .quantity(record.q50, low: record.q05, high: record.q95, format: format),
                    .quantity(record.mean, format: format), .quantity(record.sd, format: format),
                    .quantity(record.priorMean, format: NumberFormat([record.priorMean])),
                    .quantity(record.priorSd, format: NumberFormat([record.priorSd])),
                    .text(record.determined ? "yes" : "no"),
                ])
            }
        }
        return table
    }

    private var parameterSection: ReportSection {
        ReportSection(
            identifier: "parameters", title: "Unknowns",
            parts: shownParameters.isEmpty ? [] : [.table(parameterTable)] + parameterFigure)
    }

    /// Parameters in a filter's state, through time.
    private var parameterFigure: [ReportPart] {
        guard let method = series.indices.first(where: { series[$0].parameters != nil }),
            let found = series[method].parameters
        else { return [] }
        let (axis, names) = (timeAxis, series[method].parameterNames)
        let hidden = Set(weights.values.flatMap(\.self))
        let shown = names.indices.filter { !hidden.contains(names[$0]) }.prefix(Self.mostPanels)
        if shown.isEmpty { return [] }
        let panels = shown.map { place -> Panel in
            func values(_ distance: Double) -> [Double?] {
                axis.places.map { time in
                    let index = time * names.count + place
                    return (found.mean[index] + distance * found.deviation[index]).finite
                }
            }
            return Panel(
                title: names[place], horizontal: axis.axis, vertical: PanelAxis(""),
                layers: [
                    .band(
                        name: "± one standard deviation", x: axis.x, low: values(-1), high: values(1), color: .green,
                        opacity: 0.25),
                    .line(name: "mean", x: axis.x, y: values(0), style: LineStyle(.green)),
                ])
        }
        let figure = Figure(
            caption:
                "Unknown parameters in the state of \(methods[method].name), given the observations up to each time.",
            panels: panels, columns: panels.count == 1 ? 1 : 2, rowHeight: 220)
        return [.figure(figure, numbers: [])]
    }

    // MARK: - Innovations

    private var innovationSection: ReportSection {
        var table = TextTable(
            columns: [
                .init("Method"), .init("Channel"), .init("Values"), .init("Rejected"), .init("Mean"),
                .init("Mean square"), .init("Correlation with the one before"),
            ])
        for method in methods {
            for row in method.innovations {
                table.add([
                    .text(method.name), .text(row.channel), .number(Double(row.count), decimals: 0),
                    .number(Double(row.rejected), decimals: 0), .number(row.mean, decimals: 2),
                    .number(row.meanSquare, decimals: 2), .number(row.lagOne, decimals: 2),
                ])
            }
        }
        return ReportSection(
            identifier: "innovations", title: "Innovations",
            parts: table.rows.isEmpty
                ? []
                : [
                    .table(table),
                    .paragraph(
                        "Innovations are values less their forecasts, in units of the standard deviation that the "
                            + "filter expects of them. Of a consistent filter they have mean 0 and mean square 1, and each is "
                            + "independent of the one before."),
                ] + innovationFigure)
    }

    /// Normalised innovations through time, and their ranks.
    private var innovationFigure: [ReportPart] {
        guard let method = series.indices.first(where: { series[$0].forecasts != nil }) else { return [] }
        let axis = timeAxis
        let scores = channels.indices.map { normalized(method, channel: $0) }
        var panels: [Panel] = []
        for (place, channel) in channels.enumerated().prefix(Self.mostPanels / 2) {
            panels.append(
                Panel(
                    title: channel.name, horizontal: axis.axis, vertical: PanelAxis("Normalised innovation"),
                    layers: [
                        .band(
                            name: "95 % of a consistent filter", x: [times[0], times[times.count - 1]],
                            low: [-1.96, -1.96], high: [1.96, 1.96], color: .gray, opacity: 0.18),
                        .points(
                            name: "innovation", x: axis.x, y: axis.places.map { scores[place][$0] }, marker: .disk,
                            color: .vermillion),
                    ]))
            let ranks = scores[place].compactMap { $0 }.map { NormalProbability.below($0) }
            var counts = [Int](repeating: 0, count: 10)
            for rank in ranks { counts[min(9, Int(10 * rank))] += 1 }
            panels.append(
                Panel(
                    title: "\(channel.name): probabilities of the values",
                    horizontal: PanelAxis("Forecast probability below the value", low: 0, high: 1),
                    vertical: PanelAxis("Values", low: 0),
                    layers: [
                        .histogram(name: "values", counts: counts, color: .sky),
                        .level(
                            Double(ranks.count) / 10, name: "of a consistent filter",
                            style: LineStyle(.gray, dash: .dashed)),
                    ]))
        }
        let figure = Figure(
            caption: "Innovations of \(methods[method].name): normalised through time, and the probabilities that its "
                + "forecasts gave to lower values, which are uniform for a consistent filter.",
            panels: panels, columns: 2, rowHeight: 220)
        return [.figure(figure, numbers: [])]
    }

    /// Of values that were used; nil at other times.
    private func normalized(_ method: Int, channel: Int) -> [Double?] {
        guard let forecasts = series[method].forecasts, let deviations = series[method].forecastDeviations,
            let used = series[method].used
        else { return [] }
        return times.indices.map { time in
            let place = time * channels.count + channel
            guard let value = channels[channel].compared[time], used[place] > 0,
                channels[channel].flags[time] == ValueFlag.used.rawValue, deviations[place] > 0
            else { return nil }
            return ((value - forecasts[place]) / deviations[place]).finite
        }
    }

    private var withheldSection: ReportSection {
        let explanation =
            "Each value was estimated by a run that had not been given the values of its fold. CRPS is the continuous "
            + "ranked probability score of the estimate with the error of the observation, over all channels in "
            + "standard deviations of their values; less is better. Intervals and differences are by blocks of time, "
            + "with Holm's correction. Methods that use all times have observations after a value as well, and are not "
            + "compared with the others."
        return ReportSection(
            identifier: "withheld", title: "Withheld values",
            parts: judgement.map { judgement in
                [.table(judgement.table), .paragraph(explanation)] + (judgement.channelTable.map { [.table($0)] } ?? [])
            } ?? [])
    }

    /// Methods that were trained on truths of the model.
    private var trainingTable: TextTable {
        var table = TextTable(
            title: "Training on truths of the model",
            columns: [
                .init("Method"), .init("Parameters"), .init("Steps"), .init("First loss"), .init("Last loss"),
                .init("Outcome"), .init("Learned"),
            ])
        for training in trainings {
            table.add([
                .text(training.method), .number(Double(training.parameters), decimals: 0),
                .number(Double(training.steps), decimals: 0), .quantity(training.firstLoss),
                .quantity(training.lastLoss),
                .text(training.outcome == .completed ? "completed" : "diverged"), .text(training.found ?? ""),
            ])
        }
        return table
    }

    private var methodSection: ReportSection {
        var table = TextTable(columns: [.init("Method"), .init("Description"), .init("Parameters")])
        for method in methods { table.add([.text(method.name), .text(method.summary), .text(method.parameters)]) }
        var observed = TextTable(
            columns: [.init("Observation"), .init("Formula"), .init("Transform"), .init("Used"), .init("Not used")])
        for channel in channels {
            let used = channel.counts[ValueFlag.used.word] ?? 0
            observed.add([
                .text(channel.name), .text(channel.formula), .text(channel.transform),
                .number(Double(used), decimals: 0),
                .number(Double(channel.counts.values.reduce(0, +) - used), decimals: 0),
            ])
        }
        return ReportSection(
            identifier: "methods", title: "Methods and observations",
            parts: [.table(table), .table(observed)] + (trainings.isEmpty ? [] : [.table(trainingTable)])
                + (credits.isEmpty ? [] : [.list(credits)]))
    }
}

extension AssimilateResults.ChannelRecord {
    /// Whether the values are those of a state, as they stand in the table.
    func isOf(_ state: String) -> Bool {
        formula == state && transform.isEmpty || formula == "log(\(state))" && transform == "log"
    }
}

extension AssimilateResults.InnovationRecord {
    /// How many values a verdict on innovations needs.
    private static let least = 20

    /// A remark where the innovations are not those of a consistent filter, beyond chance.
    func sentence(_ method: String) -> String? {
        guard count >= Self.least, let meanSquare else { return nil }
        // The variance of the mean square of independent normal numbers is 2 / n.
        let noise = 3 * (2 / Double(count)).squareRoot()
        guard abs(meanSquare - 1) > noise else { return nil }
        let factor = NumberText.short((100 * meanSquare.squareRoot()).rounded() / 100)
        return meanSquare > 1
            ? "\(method): innovations of \(channel) are \(factor) times as large as it expects: its intervals are too "
                + "narrow."
            : "\(method): innovations of \(channel) are \(factor) times as large as it expects: its intervals are too "
                + "wide."
    }
}
