import Studies

extension IndexedResults {
    var forecasts: ReportSection {
        var section = ReportSection(identifier: "forecasts", title: "Forecasts of the largest changes", parts: [])
        let record = results.forecasts.first {
            $0.method == results.chosen && $0.variable == results.primaryVariable && $0.gaps == .none
        }
        guard let record, !record.leads.isEmpty else { return section }
        let starts = largestChanges(record, count: 6)
        guard !starts.isEmpty else { return section }
        let ranges = ranges(record, starts)
        let figure = Figure(
            caption:
                "Forecasts of \(primary.longName) by \(record.method) from the starts with the largest changes in the "
                + "following \(results.leads.last ?? 0) \(results.leadUnit): median, and central 50 and 90 % "
                + "intervals. The starts were picked by the verifying observations, not by the errors of forecasts.",
            panels: zip(starts, ranges).map { plume(record, $0, $1) }, columns: min(3, starts.count), rowHeight: 270)
        section.parts = [.figure(figure, numbers: [plumeTable(record, starts)])]
        return section
    }

    /// Starts whose truth ranges most widely over the leads, at least the longest lead apart, in the order of time.
    private func largestChanges(_ record: ForecastRecord, count: Int) -> [Int] {
        let changes = record.starts.indices.compactMap { start -> (start: Int, change: Double)? in
            let truths = record.leads.compactMap { start < $0.truth.count ? $0.truth[start] : nil }
            guard truths.count == record.leads.count, let low = truths.min(), let high = truths.max() else {
                return nil
            }
            return (start, high - low)
        }
        var chosen: [Int] = []
        for candidate in changes.sorted(by: { ($0.change, $1.start) > ($1.change, $0.start) }) {
            let apart = max(record.leads.last?.lead ?? 1, 1)
            if chosen.count < count, chosen.allSatisfy({ abs($0 - candidate.start) >= apart }) {
                chosen.append(candidate.start)
            }
        }
        return chosen.sorted()
    }

    private func plume(_ record: ForecastRecord, _ start: Int, _ range: ClosedRange<Double>) -> Panel {
        let x = record.leads.map { Double($0.lead) }
        func values(_ quantile: KeyPath<ForecastsAtLead, [Double?]>) -> [Double?] {
            record.leads.map { start < $0[keyPath: quantile].count ? $0[keyPath: quantile][start] : nil }
        }
        let course = course(around: record.starts[start])
        let color = style(record.method).color
        let longest = record.leads.last?.lead ?? 12
        let step = max(1, longest / 2)
        let ticks = stride(from: -(longest / step * step), through: longest, by: step)
        return Panel(
            title: "from \(TimeAxis.display(record.starts[start], among: record.starts))",
            horizontal: PanelAxis(
                leadLabel, low: Double(-longest), high: Double(longest) + 0.3,
                ticks: ticks.map { .init(Double($0), "\($0)".replacing("-", with: "−")) }),
            vertical: .quantity(primary.longName, units: primary.units, low: range.lowerBound, high: range.upperBound),
            layers: [
                .upright(0, name: nil, style: LineStyle(.gray, dash: .dotted, width: 1)),
                .band(
                    name: "90 % interval", x: x, low: values(\.quantile5), high: values(\.quantile95), color: color,
                    opacity: 0.2),
                .band(
                    name: "50 % interval", x: x, low: values(\.quantile25), high: values(\.quantile75), color: color,
                    opacity: 0.35),
                .line(
                    name: "median of \(record.method)", x: x, y: values(\.quantile50),
                    style: LineStyle(color, width: 2.2)),
                .line(
                    name: "verification", x: course.x.isEmpty ? x : course.x,
                    y: course.x.isEmpty ? values(\.truth) : course.y,
                    style: LineStyle(.ink, width: 1.8)),
            ])
    }

    /// The truth before and after a start, where the series has it.
    private func course(around start: String) -> (x: [Double], y: [Double?]) {
        let series = results.series.first { $0.variable == results.primaryVariable && $0.times.contains(start) }
        guard let series, let position = series.times.firstIndex(of: start) else { return ([], []) }
        let longest = results.leads.last ?? 12
        let times = max(0, position - longest)...min(series.times.count - 1, position + longest)
        return (times.map { Double($0 - position) }, times.map { series.truth[$0] })
    }

    /// One range for all panels, so that they can be compared; if the series drifts, ranges of one length about each.
    private func ranges(_ record: ForecastRecord, _ starts: [Int]) -> [ClosedRange<Double>] {
        let own = starts.map { start -> ClosedRange<Double> in
            let quantiles = record.leads.flatMap { lead in
                [lead.quantile5, lead.quantile95, lead.truth].compactMap { start < $0.count ? $0[start] : nil }
            }
            let values = quantiles + course(around: record.starts[start]).y.compactMap { $0 }
            return (values.min() ?? 0)...(values.max() ?? 0)
        }
        let (low, high) = (own.map(\.lowerBound).min() ?? 0, own.map(\.upperBound).max() ?? 1)
        let widest = own.map { $0.upperBound - $0.lowerBound }.max() ?? 0
        guard low < high, widest > 0 else { return starts.map { _ in 0...1 } }
        if high - low <= 1.5 * widest {
            let margin = 0.04 * (high - low)
            return starts.map { _ in low - margin...high + margin }
        }
        return own.map { range in
            let center = (range.lowerBound + range.upperBound) / 2
            return center - 0.54 * widest...center + 0.54 * widest
        }
    }

    private func plumeTable(_ record: ForecastRecord, _ starts: [Int]) -> TextTable {
        let units = primary.units
        var table = TextTable(
            title: UnitText.label("Forecasts of \(primary.longName) by \(record.method)", units: units),
            columns: ["Start", "Lead", "5 %", "25 %", "50 %", "75 %", "95 %", "Truth"].map { .init($0) })
        let shown = record.leads.filter { keyLeads.contains($0.lead) }
        func values(_ quantile: KeyPath<ForecastsAtLead, [Double?]>) -> [Double?] {
            shown.flatMap { lead in
                starts.map { $0 < lead[keyPath: quantile].count ? lead[keyPath: quantile][$0] : nil }
            }
        }
        let widths = zip(values(\.quantile5), values(\.quantile95)).map { low, high in
            low.flatMap { l in high.map { $0 - l } }
        }
        table.format = NumberFormat(values(\.truth) + values(\.quantile50), widths: widths)
        for start in starts {
            for lead in record.leads where keyLeads.contains(lead.lead) {
                let quantiles = [
                    lead.quantile5, lead.quantile25, lead.quantile50, lead.quantile75, lead.quantile95, lead.truth,
                ]
                table.add(
                    [
                        .text(TimeAxis.display(record.starts[start], among: record.starts)),
                        .number(Double(lead.lead), decimals: 0),
                    ] + quantiles.map { .quantity(start < $0.count ? $0[start] : nil) })
            }
        }
        return table
    }
}
