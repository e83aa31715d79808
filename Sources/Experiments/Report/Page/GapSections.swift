import Studies

extension IndexedResults {
    var gapSkill: ReportSection {
        var parts: [ReportPart] = []
        if gaps.count > 1 { parts.append(.table(gapTable)) }
        if !fillingTable.rows.isEmpty { parts.append(.table(fillingTable)) }
        parts += results.series.filter(isWorthShowing).prefix(3).map(seriesFigure)
        let isWithheld = !results.gapFilling.isEmpty || gaps.count > 1
        return ReportSection(
            identifier: "gaps", title: isWithheld ? "With observations withheld" : "Where observations are missing",
            parts: parts)
    }

    /// The chosen method's RMSE with and without gaps.
    private var gapTable: TextTable {
        var table = TextTable(
            title: UnitText.label("\(primary.longName): RMSE of forecasts by \(results.chosen)", units: primary.units)
                + " by lead time in \(results.leadUnit)",
            columns: [.init("Observations")] + keyLeads.map { .init("\($0)") })
        for gaps in gaps {
            let cells = keyLeads.map { lead -> TextTable.Cell in
                let record = score(.rmse, results.chosen, lead: lead, gaps: gaps)
                return .quantity(record?.value, low: record?.low, high: record?.high)
            }
            table.add([.text(results.title(of: gaps))] + cells)
        }
        return table
    }

    private var fillingTable: TextTable {
        let units = Set(results.gapFilling.map { variable($0.variable).units })
        let unit = units.count == 1 ? units.first ?? "1" : "1"
        let estimators = [GapEstimator.filter, .smoother, .regression, .interpolation, .seriesInterpolation].filter {
            estimator in
            results.gapFilling.contains { $0.estimator == estimator }
        }
        var table = TextTable(
            title: UnitText.label("RMSE of estimates of the withheld values", units: unit),
            columns: [.init("Withheld"), .init("Variable"), .init("Values")] + estimators.map { .init($0.heading) })
        for gaps in results.gapNames {
            for variable in results.variables {
                let records = results.gapFilling.filter { $0.gaps == gaps && $0.variable == variable.name }
                guard let first = records.first else { continue }
                // Variables may have different units.
                let format = NumberFormat(
                    records.map(\.rmse),
                    widths: records.map { record in record.low.flatMap { low in record.high.map { $0 - low } } })
                let cells = estimators.map { estimator -> TextTable.Cell in
                    let record = records.first { $0.estimator == estimator }
                    return .quantity(record?.rmse, low: record?.low, high: record?.high, format: format)
                }
                table.add(
                    [
                        .text(results.title(of: gaps)), .text(variable.longName),
                        .number(Double(first.count), decimals: 0),
                    ] + cells)
            }
        }
        return table
    }

    /// Whether something was missing or withheld, and estimated.
    private func isWorthShowing(_ series: SeriesRecord) -> Bool {
        !estimated(series).isEmpty && series.times.allSatisfy { TimeAxis.days($0) != nil }
    }

    /// Where something was estimated that was not observed: with a known truth if anything was withheld.
    private func estimated(_ series: SeriesRecord) -> [Int] {
        series.times.indices.filter {
            let isChecked = series.truth[$0] != nil || series.gaps == .none
            return series.observed[$0] == nil && isChecked && $0 < series.smootherMean.count
        }
    }

    private func seriesFigure(_ series: SeriesRecord) -> ReportPart {
        let window = window(of: series)
        let x = window.map { TimeAxis.days(series.times[$0]) ?? 0 }
        let variable = variable(series.variable)
        func values(_ all: [Double?]) -> [Double?] { window.map { $0 < all.count ? all[$0] : nil } }
        func ends(_ mean: [Double?], _ spread: [Double?], _ sign: Double) -> [Double?] {
            zip(values(mean), values(spread)).map { pair in pair.0.flatMap { m in pair.1.map { m + sign * 1.645 * $0 } }
            }
        }
        let missing = Set(estimated(series))
        let checks = window.map { missing.contains($0) ? series.truth[$0] : nil }
        let panel = Panel(
            horizontal: PanelAxis(
                "Time", low: x.first, high: x.last, ticks: TimeAxis.ticks(from: x.first ?? 0, to: x.last ?? 1)),
            vertical: .quantity(variable.longName, units: variable.units),
            layers: [
                .band(
                    name: "filter, 90 % interval", x: x, low: ends(series.filterMean, series.filterSpread, -1),
                    high: ends(series.filterMean, series.filterSpread, 1), color: .orange, opacity: 0.25),
                .band(
                    name: "smoother, 90 % interval", x: x, low: ends(series.smootherMean, series.smootherSpread, -1),
                    high: ends(series.smootherMean, series.smootherSpread, 1), color: .blue, opacity: 0.3),
                .line(name: "filter mean", x: x, y: values(series.filterMean), style: LineStyle(.orange, width: 1.6)),
                .line(name: "smoother mean", x: x, y: values(series.smootherMean), style: LineStyle(.blue, width: 2)),
                .points(name: "observed", x: x, y: values(series.observed), marker: .disk, color: .gray),
            ]
                + (checks.contains { $0 != nil }
                    ? [
                        .points(
                            name: "withheld, used only to check", x: x, y: checks, marker: .circle, color: .ink)
                    ] : []))
        let method = series.method.map { " by \($0)" } ?? ""
        let place = series.gaps == .none ? "around the longest gap in the data" : results.title(of: series.gaps)
        let figure = Figure(
            caption:
                "Estimates\(method) of \(variable.longName), \(place): the filter knows the observations "
                + "up to each time, the smoother all of them.",
            panels: [panel], rowHeight: 340)
        return .figure(figure, numbers: [seriesTable(series, window)])
    }

    /// The times around the longest gap, or the stretch in which most is withheld if gaps are short.
    private func window(of series: SeriesRecord) -> [Int] {
        let missing = estimated(series)
        var longest = missing.first.map { $0...$0 } ?? 0...0
        var current = longest
        for index in missing.dropFirst() {
            current = index == current.upperBound + 1 ? current.lowerBound...index : index...index
            if current.count > longest.count { longest = current }
        }
        let isLong = longest.count >= 8
        let size = isLong ? max(longest.count + 36, 5 * longest.count / 2) : 96
        // A few gaps side by side are shown as one.
        let all = (missing.first ?? 0)...(missing.last ?? 0)
        let shown = isLong ? longest : all.count <= size / 2 ? all : nil
        let center = shown.map { ($0.lowerBound + $0.upperBound) / 2 } ?? mostEventful(series, size)
        let first = max(0, min(center - size / 2, series.times.count - size))
        return Array(first..<min(series.times.count, first + size))
    }

    /// The time of the truth that is farthest from its mean.
    private func mostEventful(_ series: SeriesRecord, _ size: Int) -> Int {
        let known = series.truth.compactMap { $0 }
        let mean = known.reduce(0, +) / Double(max(1, known.count))
        return series.truth.indices.max { one, other in
            abs((series.truth[one] ?? mean) - mean) < abs((series.truth[other] ?? mean) - mean)
        } ?? 0
    }

    private func seriesTable(_ series: SeriesRecord, _ window: [Int]) -> TextTable {
        let units = variable(series.variable).units
        var table = TextTable(
            title: UnitText.label(
                series.gaps == .none ? "Missing values, estimated" : "Withheld values and their estimates", units: units
            ),
            columns: ["Time", "Truth", "Filter", "Filter spread", "Smoother", "Smoother spread"].map { .init($0) })
        let missing = Set(estimated(series))
        let shown = window.filter(missing.contains)
        func known(_ values: [Double?]) -> [Double?] { shown.map { $0 < values.count ? values[$0] : nil } }
        table.format = NumberFormat(
            known(series.truth) + known(series.smootherMean),
            widths: known(series.smootherSpread) + known(series.filterSpread))
        for index in window where missing.contains(index) {
            let estimates = [
                series.truth, series.filterMean, series.filterSpread, series.smootherMean, series.smootherSpread,
            ]
            table.add(
                [.text(TimeAxis.display(series.times[index], among: series.times))]
                    + estimates.map { .quantity(index < $0.count ? $0[index] : nil) })
        }
        return table
    }
}

extension GapEstimator {
    /// The estimator at the head of a column.
    fileprivate var heading: String {
        switch self {
        case .filter: "Filter"
        case .smoother: "Smoother"
        case .interpolation: "Interpolated anomalies"
        case .regression: "Regression on the others"
        case .seriesInterpolation: "Interpolated values"
        }
    }
}
