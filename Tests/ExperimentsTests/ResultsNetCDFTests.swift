import Testing

@testable import Experiments

@Suite struct ResultsNetCDFTests {
    private let results = ReportFixture.results()

    @Test func everyNumberIsFoundUnderItsLabels() throws {
        let file = try results.netCDF()
        let lengths = Dictionary(uniqueKeysWithValues: file.dimensions.map { ($0.name, $0.length) })
        #expect(lengths["method"] == 7 && lengths["variable"] == 4 && lengths["lead"] == 12 && lengths["gaps"] == 3)
        #expect(lengths["time"] == 252)
        func place(_ labels: [String], of name: String) throws -> Double {
            let variable = try #require(file.variable(name))
            let axes = try variable.dimensions.map { try labelsOf($0, file) }
            let position = try #require(LabelledAxes(axes).position(labels))
            guard case .numbers(let numbers) = variable.values else { return .nan }
            return numbers[position]
        }
        for score in results.scores where score.score == .crps {
            let labels = ["test", score.method, score.variable, score.gaps.rawValue, "\(score.lead)"]
            #expect(try place(labels, of: "crps") == score.value)
            #expect(try place(labels, of: "crps_low") == score.low)
        }
        // Only the chosen method has scores with gaps: the others are fill.
        #expect(try place(["test", "network", "nino34", "random", "3"], of: "rmse").isNaN)
        let series = results.series[1]
        #expect(try place(["random", "nino34", "1994-03"], of: "smoother_mean") == series.smootherMean[50])
        let forecast = results.forecasts[0]
        let start = forecast.starts[17]
        #expect(
            try place(["linear + network", "none", "nino34", start, "5"], of: "forecast_mean")
                == forecast.leads[4].mean[17])
        #expect(
            try place(["linear + network", "none", "nino34", start, "5", "0.95"], of: "forecast_quantile")
                == forecast.leads[4].quantile95[17])
    }

    private func labelsOf(_ dimension: String, _ file: NetCDFFile) throws -> [String] {
        switch try #require(file.variable(dimension)).values {
        case .texts(let texts): texts
        case .integers(let numbers): numbers.map { "\($0)" }
        case .numbers(let numbers): dimension == "quantile" ? numbers.map { "\($0)" } : ReportFixture.times
        }
    }

    @Test func attributesFollowTheConventions() throws {
        let file = try results.netCDF()
        #expect(file.attributes["Conventions"] == "CF-1.10")
        #expect(file.attributes["history"] == nil)
        #expect(file.variable("rmse")?.attributes["units"] == "degC")
        #expect(file.variable("correlation")?.attributes["units"] == "1")
        #expect(file.variable("truth")?.attributes["standard_name"] == "sea_surface_temperature_anomaly")
        #expect(file.variable("start")?.attributes["standard_name"] == "forecast_reference_time")
        #expect(file.variable("lead")?.attributes["standard_name"] == "forecast_period")
    }

    /// Hours are written in UTC, for every reader takes them so; dates stay those of the local calendar.
    @Test(arguments: [
        (true, -5.0 / 24, "in UTC; the clock of the data is UTC+05:00"), (false, 0, "dates by UTC+05:00"),
    ])
    func timesOfALocalClock(_ isHourly: Bool, _ first: Double, _ comment: String) throws {
        var local = results
        local.clock = "UTC+05:00"
        (local.forecasts, local.series) = ([], Array(local.series.prefix(1)))
        local.series[0].times = local.series[0].times.indices.map {
            let time = Instant(secondsSince1970: Double($0) * (isHourly ? 3600 : 86_400))
            return TimeStep(1, isHourly ? .hour : .day).text(time, clock: .fixed(18_000))
        }
        let time = try #require(try local.netCDF().variable("time"))
        guard case .numbers(let days) = time.values else { return }
        #expect(abs(days[0] - first) < 1e-12 && time.attributes["comment"] == .text(comment))
        #expect(time.attributes["units"] == "days since 1970-01-01")
        #expect(local.report.page().html.contains("times by UTC+05:00"))
        local.clock = "UTC"
        #expect(try local.netCDF().variable("time")?.attributes["comment"] == nil)
    }

    @Test func resultsWithoutForecastsAndATimeThatIsNone() throws {
        var few = results
        (few.scores, few.forecasts, few.gapFilling) = ([], [], [])
        #expect(try few.netCDF().variable("rmse") == nil)
        few.series[0].times[3] = "yesterday"
        #expect(throws: InputError.self) { try few.netCDF() }
        few.series = []
        #expect(try few.netCDF().dimensions.map(\.name) == ["variable"])
    }
}
