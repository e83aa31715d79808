import Verification

extension RunResults {
    /// The results as `results.nc`: scores by split, method, variable, gaps and lead; estimates over time; forecasts by
    /// start and lead.
    ///
    /// Follows the CF conventions: times in days since 1970, leads as `forecast_period`, starts as
    /// `forecast_reference_time`, units and standard names of the variables. Unknown values are the fill value. The
    /// same results give the same file.
    ///
    /// - Throws: `data` where a time of a series or a forecast is no ISO 8601 time.
    public func netCDF() throws(InputError) -> NetCDFFile {
        var file = NetCDFFile(attributes: [
            "Conventions": "CF-1.10", "title": .text(title), "summary": .text(summary),
            "source": .text(source),
            "comment": .text("Made with seed \(seed); chosen method: \(chosen)"),
        ])
        addLabels(to: &file)
        addScores(to: &file)
        addGapFilling(to: &file)
        try addSeries(to: &file)
        try addForecasts(to: &file)
        return file
    }

    private func addLabels(to file: inout NetCDFFile) {
        file.addCoordinate("variable", .texts(variables.map(\.name)), attributes: ["long_name": "variable"])
        for (name, values) in [
            ("variable_long_name", variables.map(\.longName)), ("variable_units", variables.map(\.units)),
            ("variable_standard_name", variables.map { $0.standardName ?? "" }),
        ] {
            file.addVariable(name, on: ["variable"], .texts(values))
        }
        if !usedGaps.isEmpty {
            file.addCoordinate(
                "gaps", .texts(usedGaps.map(\.rawValue)), attributes: ["long_name": "which observations were withheld"])
            file.addVariable("gaps_title", on: ["gaps"], .texts(usedGaps.map(title)))
        }
        if !leads.isEmpty, !scores.isEmpty || !forecasts.isEmpty {
            file.addCoordinate("lead", .integers(leads.map { Int32($0) }), attributes: leadAttributes)
        }
    }

    /// The gaps that anything is known of, in their order.
    var usedGaps: [Gaps] {
        let used = Set(scores.map(\.gaps) + series.map(\.gaps) + forecasts.map(\.gaps) + gapFilling.map(\.gaps))
        return gapNames.filter(used.contains)
    }

    /// A lead in units of time is the CF conventions' forecast period.
    private var leadAttributes: [String: NetCDFFile.Attribute] {
        // A quarter is no unit of UDUNITS.
        let isTime = TimeStep(leadUnit).map { $0.count == 1 && $0.unit != .quarter } ?? false
        return isTime
            ? ["standard_name": "forecast_period", "long_name": "lead time", "units": .text(leadUnit)]
            : ["long_name": .text("lead time in \(leadUnit)"), "units": "1"]
    }

    /// The attributes of arrays in the unit of the variables: those that all variables share.
    func sharedAttributes(
        _ longName: String, modifier: String? = nil, isStandard: Bool = true
    ) -> [String: NetCDFFile.Attribute] {
        var attributes: [String: NetCDFFile.Attribute] = [
            "long_name": .text(longName), "coordinates": "variable_long_name variable_units variable_standard_name",
        ]
        if let units = variables.map(\.units).onlyOne, !units.isEmpty { attributes["units"] = .text(units) }
        if isStandard, let name = variables.map(\.standardName).onlyOne ?? nil {
            attributes["standard_name"] = .text(name + (modifier.map { " \($0)" } ?? ""))
        }
        return attributes
    }
}

extension Array where Element: Equatable {
    /// The element that all are equal to, if there is one.
    fileprivate var onlyOne: Element? { first.flatMap { one in allSatisfy { $0 == one } ? one : nil } }
}

// MARK: - Scores

extension RunResults {
    private func addScores(to file: inout NetCDFFile) {
        guard !scores.isEmpty else { return }
        let splitNames = splits.map(\.name).filter { name in scores.contains { $0.split == name } }
        let methodNames = methods.map(\.name)
        guard !splitNames.isEmpty, !methodNames.isEmpty else { return }
        file.addCoordinate("split", .texts(splitNames), attributes: ["long_name": "period"])
        file.addCoordinate("method", .texts(methodNames), attributes: ["long_name": "method"])
        let axes = LabelledAxes([
            splitNames, methodNames, variables.map(\.name), usedGaps.map(\.rawValue), leads.map { "\($0)" },
        ])
        let names = ["split", "method", "variable", "gaps", "lead"]
        func position(_ score: ScoreRecord) -> Int? {
            axes.position([score.split, score.method, score.variable, score.gaps.rawValue, "\(score.lead)"])
        }
        for score in Score.all {
            let own = scores.filter { $0.score == score }
            guard !own.isEmpty else { continue }
            let percent = Int((100 * confidence).rounded())
            let parts: [(String, String, (ScoreRecord) -> Double?)] = [
                ("", score.longName(self), \.value),
                ("_low", "\(score.longName(self)), lower end of the \(percent) % confidence interval", \.low),
                ("_high", "\(score.longName(self)), upper end of the \(percent) % confidence interval", \.high),
            ]
            for (suffix, longName, value) in parts {
                var attributes = sharedAttributes(longName, isStandard: false)
                if score.unit == .one { attributes["units"] = "1" }
                file.addVariable(
                    score.name + suffix, on: names, .numbers(axes.filled(own, position, value)),
                    attributes: attributes)
            }
        }
        let counts = scores.filter { $0.score == .rmse }
        file.addVariable(
            "count", on: names, .numbers(axes.filled(counts, position) { Double($0.count) }),
            attributes: ["long_name": "number of verifying values of the RMSE", "units": "1"])
    }

    private func addGapFilling(to file: inout NetCDFFile) {
        guard !gapFilling.isEmpty else { return }
        let estimators = GapEstimator.allCases.filter { name in gapFilling.contains { $0.estimator == name } }
        file.addCoordinate(
            "estimator", .texts(estimators.map(\.rawValue)),
            attributes: ["long_name": "how withheld values are estimated"])
        let axes = LabelledAxes([usedGaps.map(\.rawValue), variables.map(\.name), estimators.map(\.rawValue)])
        func position(_ record: GapFillingRecord) -> Int? {
            axes.position([record.gaps.rawValue, record.variable, record.estimator.rawValue])
        }
        let parts: [(String, String, (GapFillingRecord) -> Double?)] = [
            ("", "RMSE of estimates of withheld values", \.rmse),
            ("_low", "lower end of its confidence interval", \.low),
            ("_high", "upper end of its confidence interval", \.high),
        ]
        for (suffix, longName, value) in parts {
            file.addVariable(
                "withheld_rmse\(suffix)", on: ["gaps", "variable", "estimator"],
                .numbers(axes.filled(gapFilling, position, value)),
                attributes: sharedAttributes(longName, isStandard: false))
        }
    }
}

/// Arrays whose axes have names for their places.
struct LabelledAxes {
    private let places: [[String: Int]]

    init(_ labels: [[String]]) {
        places = labels.map { Dictionary(zip($0, 0...), uniquingKeysWith: { first, _ in first }) }
    }

    var count: Int { places.map(\.count).reduce(1, *) }

    /// The place in row-major order, or nil if a label is none of the axis.
    func position(_ labels: [String]) -> Int? {
        var position = 0
        for (label, axis) in zip(labels, places) {
            guard let place = axis[label] else { return nil }
            position = position * axis.count + place
        }
        return position
    }

    /// The array of one number a record; NaN, which is the fill value, where there is none.
    func filled<Record>(
        _ records: [Record], _ position: (Record) -> Int?, _ value: (Record) -> Double?
    ) -> [Double] {
        var numbers = [Double](repeating: .nan, count: count)
        for record in records {
            if let position = position(record), let value = value(record) { numbers[position] = value }
        }
        return numbers
    }
}
