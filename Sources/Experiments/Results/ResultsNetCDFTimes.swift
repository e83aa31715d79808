/// The part of `results.nc` that goes along time: estimates, and forecasts by their start.
extension RunResults {
    func addSeries(to file: inout NetCDFFile) throws(InputError) {
        let times = try instants(series.flatMap(\.times), of: "a series")
        guard !times.isEmpty else { return }
        file.addTime(times.map(\.instant), attributes: ["long_name": "time"].merging(clockAttributes(times)) { $1 })
        let axes = LabelledAxes([usedGaps.map(\.rawValue), variables.map(\.name), times.map(\.text)])
        let parts: [(name: String, longName: String, modifier: String?, values: KeyPath<SeriesRecord, [Double?]>)] = [
            ("truth", "known truth", nil, \.truth),
            ("observed", "observations given to the filter", nil, \.observed),
            ("filter_mean", "mean given the observations up to the time", nil, \.filterMean),
            ("filter_spread", "standard deviation of the filter", "standard_error", \.filterSpread),
            ("smoother_mean", "mean given all observations", nil, \.smootherMean),
            ("smoother_spread", "standard deviation of the smoother", "standard_error", \.smootherSpread),
        ]
        for part in parts where series.contains(where: { !$0[keyPath: part.values].isEmpty }) {
            var numbers = [Double](repeating: .nan, count: axes.count)
            for record in series {
                for (time, value) in zip(record.times, record[keyPath: part.values]) {
                    guard let value, let place = axes.position([record.gaps.rawValue, record.variable, time]) else {
                        continue
                    }
                    numbers[place] = value
                }
            }
            var attributes = sharedAttributes(part.longName, modifier: part.modifier)
            if part.name.hasSuffix("_mean") {
                attributes["ancillary_variables"] = .text(part.name.replacing("_mean", with: "_spread"))
            }
            file.addVariable(part.name, on: ["gaps", "variable", "time"], .numbers(numbers), attributes: attributes)
        }
    }

    func addForecasts(to file: inout NetCDFFile) throws(InputError) {
        let starts = try instants(forecasts.flatMap(\.starts), of: "a forecast")
        let made = Set(forecasts.map(\.method))
        let methods = methods.map(\.name).filter(made.contains)
        guard !starts.isEmpty, !methods.isEmpty else { return }
        file.addTime(
            starts.map(\.instant), as: "start",
            attributes: ["standard_name": "forecast_reference_time", "long_name": "time of the last observation used"]
                .merging(clockAttributes(starts)) { $1 })
        file.addCoordinate("forecast_method", .texts(methods), attributes: ["long_name": "method of the forecast"])
        file.addCoordinate(
            "quantile", .numbers([0.05, 0.25, 0.5, 0.75, 0.95]), attributes: ["long_name": "probability", "units": "1"])
        let names = ["forecast_method", "gaps", "variable", "start", "lead"]
        let axes = LabelledAxes([
            methods, usedGaps.map(\.rawValue), variables.map(\.name), starts.map(\.text), leads.map { "\($0)" },
        ])
        func numbers(_ quantiles: [KeyPath<ForecastsAtLead, [Double?]>]) -> [Double] {
            var numbers = [Double](repeating: .nan, count: axes.count * quantiles.count)
            for record in forecasts {
                for lead in record.leads {
                    for (index, start) in record.starts.enumerated() {
                        let labels = [record.method, record.gaps.rawValue, record.variable, start, "\(lead.lead)"]
                        guard let place = axes.position(labels) else { continue }
                        for (k, quantile) in quantiles.enumerated() where index < lead[keyPath: quantile].count {
                            numbers[place * quantiles.count + k] = lead[keyPath: quantile][index] ?? .nan
                        }
                    }
                }
            }
            return numbers
        }
        file.addVariable(
            "forecast_mean", on: names, .numbers(numbers([\.mean])),
            attributes: sharedAttributes("mean of the forecast"))
        file.addVariable(
            "forecast_quantile", on: names + ["quantile"],
            .numbers(numbers([\.quantile5, \.quantile25, \.quantile50, \.quantile75, \.quantile95])),
            attributes: sharedAttributes("quantiles of the forecast"))
        file.addVariable(
            "forecast_truth", on: names, .numbers(numbers([\.truth])), attributes: sharedAttributes("verification"))
    }

    /// The clock of the data, where it is not UTC: times with an offset are written in UTC, dates as its calendar has
    /// them.
    private func clockAttributes(
        _ times: [(text: String, instant: Instant)]
    ) -> [String: NetCDFFile.Attribute] {
        guard let clock, clock != TableClock.fixed(0).description else { return [:] }
        let areInUTC = times.contains { TimeStamp(iso8601: $0.text)?.offset != nil }
        return ["comment": .text(areInUTC ? "in UTC; the clock of the data is \(clock)" : "dates by \(clock)")]
    }

    /// Different times in their order, with the texts that stand for them.
    private func instants(_ texts: [String], of what: String) throws(InputError) -> [(text: String, instant: Instant)] {
        var found: [(text: String, instant: Instant)] = []
        for text in Set(texts) {
            guard let instant = Instant.period(iso8601: text)?.lowerBound else {
                throw InputError(.data, at: nil, "a time of \(what) is \(text.quoted)", expected: "an ISO 8601 time")
            }
            found.append((text, instant))
        }
        return found.sorted { $0.instant < $1.instant }
    }
}
