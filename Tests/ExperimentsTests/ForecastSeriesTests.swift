import Foundation
import Learning
import Testing

@testable import Experiments

/// Daily discharge that follows rain, in a folder of its own: two and a half years, leap day included.
private struct River {
    let folder: URL
    let discharge: [Double]

    /// - Parameters:
    ///   - days: how many rows the file has.
    ///   - keys: further lines of the configuration.
    init(
        days: Int = 900, name: String = "river", variable: String = "{name: flow, transform: log, error: 0.05}",
        keys: String = "inputs: [{name: rain, future: known}]", rain: String = ", {name: rain, transform: sqrt}"
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let noise = Key(5).normal([1000, 2]).values
        var store = 1.0
        var (lines, discharge) = (["date,flow,rain"], [Double]())
        for t in 0..<days {
            // Wet days are independent: no past of the river foretells them.
            let rain = max(0, noise[2 * t] - 0.4) * 3
            store = 0.8 * store + 0.5 * rain + 0.1
            let flow = store * exp(0.05 * noise[2 * t + 1])
            discharge.append(flow)
            // Gaps of both.
            let texts = [t % 41 == 7 ? "" : "\(flow)", t % 53 == 9 ? "" : "\(rain)"]
            let day = TimeStep(1, .day).advance(Instant(year: 2019, month: 3), by: t)
            lines.append("\(day),\(texts[0]),\(texts[1])")
        }
        self.discharge = discharge
        try lines.joined(separator: "\n").write(to: folder.appending(path: "d.csv"), atomically: true, encoding: .utf8)
        try """
        experiment: forecast
        name: \(name)
        data: {file: d.csv, time: {column: date}, step: day, variables: [\(variable)\(rain)]}
        split: {train: [2019-03-01, 2020-10-31], validation: [2020-11-01, 2021-01-31], test: [2021-02-01, 2021-07-31]}
        season: {year: 1, week: 1}
        target: flow
        forecast: {leads: [1, 3], starts: {every: 2}, members: 16}
        cross_validation: {folds: 3}
        linear: {memory: [2], ridge: [1]}
        assimilation: {filters: [etkf]}
        bootstrap: {resamples: 100}
        \(keys)
        """.write(to: folder.appending(path: "c.yaml"), atomically: true, encoding: .utf8)
    }

    var configuration: String { folder.appending(path: "c.yaml").path }
    var model: String { folder.appending(path: "out/models/linear.safetensors").path }

    func run() throws -> RunResults {
        let file = try ExperimentFile(configuration)
        let run = try file.run(
            output: folder.appending(path: "out").path, claim: .new, options: RunOptions(isQuiet: true))
        return try #require(run.results as? RunResults)
    }
}

@Suite struct ForecastSeriesTests {
    /// Two ways to the same number: errors, transforms, inputs and seasons reach both.
    @Test func savedModelsForecastAsTheRun() throws {
        let river = try River()
        let results = try river.run()
        #expect(results.leads == [1, 3] && results.leadUnit == "days")
        let forecast = try #require(results.forecasts.first { $0.variable == "flow" && $0.gaps == .none })
        // A start every other day, the last of them the day before the test.
        #expect(forecast.starts.contains("2021-01-31") && !forecast.starts.contains("2021-02-01"))
        let position = try #require(forecast.starts.firstIndex(of: "2021-05-31"))
        let start = TimeStep(1, .day).index(
            of: Instant(year: 2021, month: 5, day: 31), from: Instant(year: 2019, month: 3))
        // The file ends where the forecast starts, but for the rain of the leads.
        let rows = try String(contentsOf: river.folder.appending(path: "d.csv"), encoding: .utf8).split(separator: "\n")
        let ahead = rows[(start + 2)...(start + 4)].map { row in
            let fields = row.split(separator: ",", omittingEmptySubsequences: false)
            return "\(fields[0]),,\(fields[2])"
        }
        try (rows[...(start + 1)].map(String.init) + ahead).joined(separator: "\n").write(
            to: river.folder.appending(path: "d.csv"), atomically: true, encoding: .utf8)
        let saved = try SavedForecast(model: river.model, configuration: river.configuration, leads: 3)
        let lines = saved.csv.split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.count == 4 && lines.dropFirst().map { $0[0] } == ["2021-06-01", "2021-06-02", "2021-06-03"])
        for (lead, line) in [(0, lines[1]), (1, lines[3])] {
            let found = forecast.leads[lead]
            let (mean, truth) = (try #require(found.mean[position]), try #require(found.truth[position]))
            // Results are values, as the observations are.
            #expect(abs(truth - river.discharge[start + found.lead]) < 1e-9 * truth)
            #expect(abs(try #require(Double(line[3])) - mean) < 1e-6 * mean, "lead \(found.lead)")
            #expect(try #require(Double(line[4])) > 0)
        }
    }

    /// Under a logarithm a linear answer to rain multiplies; its square root is advised where it forecasts better.
    @Test func aRootOfAnInputIsAdvised() throws {
        for (rain, isAdvised) in [(", {name: rain}", true), (", {name: rain, transform: sqrt}", false)] {
            let river = try River(rain: rain)
            let experiment = try #require(try ExperimentFile(river.configuration).experiment as? ForecastExperiment)
            let data = try ForecastData(experiment.configuration)
            let advice = data.warnings.filter { $0.contains("'rain' has no transform: under 'transform: sqrt'") }
            #expect(advice.count == (isAdvised ? 1 : 0))
        }
        #expect(
            InputAdvice(input: "rain", plain: 21.67, rooted: 6.03).text(units: "m3 s-1").hasSuffix(
                "has an RMSE of 6.03 m³ s⁻¹ in the training period, against 21.67 m³ s⁻¹"))
    }

    /// Rain that is known makes forecasts of the river better, beyond noise.
    @Test func aKnownInputHelps() throws {
        let driven = try River(variable: "{name: flow}", rain: ", {name: rain}").run()
        let alone = try River(variable: "{name: flow}", keys: "", rain: "").run()
        for lead in [1, 3] {
            func score(_ results: RunResults) throws -> ScoreRecord {
                try #require(
                    results.scores.first {
                        $0.method == "linear-etkf" && $0.lead == lead && $0.score == .rmse && $0.variable == "flow"
                    })
            }
            let (with, without) = (try score(driven), try score(alone))
            #expect(try #require(with.high) < #require(without.low), "lead \(lead)")
        }
        #expect(driven.variables.map(\.name) == ["flow"])
        for record in driven.scores { #expect(record.value?.isFinite == true, "\(record)") }
    }

    @Test(arguments: [
        ("forecast: {leads: 3, members: 1000000}", "members: 1000000 is out of range (expected 8 to 100000)"),
        ("forecast: {leads: 1000000}", "leads: 1000000 is out of range (expected 1 to 10000)"),
        ("forecast: {leads: [1, 6], decisive_leads: 3}", "the lead 3 is not forecast (expected of 1, 6)"),
        ("forecast: {leads: [6, 1]}", "the leads do not increase"),
        ("forecast: {leads: 3, starts: {every: 900}}", "a start every 900 steps"),
        ("linear: {memory: [2], ridge: [1], seasonal_lags: [1]}", "seasonal coefficients of the linear model need"),
        ("linear: {memory: [2], ridge: [1], harmonics: 1000}", "harmonics: 1000 is out of range (expected 1 to 100)"),
        ("season: {year: 400}", "400 is out of range"),
        ("season: {week: 4}", "4 harmonics of a week with a step of 'day' (expected at most 3)"),
        ("season: {year: 1, day_by_year: 1}", "1 harmonics with 1 of the year and 0 of the day"),
        ("inputs: [flow]", "the target 'flow' cannot be an input"),
        ("inputs: [rain, rain]", "the input 'rain' is listed twice"),
        ("gaps: {lost: {variable: rain, period: [2020-01, 2020-02]}}", "'rain' is not a variable of the data"),
    ])
    func refusesInOneLine(_ keys: String, _ message: String) throws {
        let river = try River()
        let name = keys.prefix { $0 != ":" }
        var lines = try String(contentsOf: river.folder.appending(path: "c.yaml"), encoding: .utf8).split(
            separator: "\n")
        lines.removeAll { $0.hasPrefix("\(name):") }
        try (lines + [Substring(keys)]).joined(separator: "\n").write(
            to: river.folder.appending(path: "c.yaml"), atomically: true, encoding: .utf8)
        let error = #expect(throws: InputError.self) {
            guard let experiment = try ExperimentFile(river.configuration).experiment as? ForecastExperiment else {
                return
            }
            _ = try ForecastData(experiment.configuration)
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    /// Lists are counted before their combinations are made, and sizes before they are allocated.
    @Test func productsOfSizesAreBounded() throws {
        let list = (1...200).map(String.init).joined(separator: ", ")
        let error = #expect(throws: InputError.self) {
            try ConfigurationNode(
                yaml: "{memory: [\(list)], ridge: [\(list)], ridge_decay: [\(list)]}", file: "c.yaml"
            ).mapping(LinearCandidates.keys, LinearCandidates.read)
        }
        #expect(error?.description.contains("200 memories × 200 ridges × 200 ridge decays") == true)
    }

    @Test func transformsAreInvertedAndKeepTheirDomain() throws {
        let transforms: [ValueTransform] = [
            .log(offset: 0), .log(offset: 0.1), .squareRoot, .boxCox(exponent: 0.3, offset: 1),
            .boxCox(exponent: 0, offset: 0), .boxCox(exponent: 2, offset: 0),
        ]
        for transform in transforms {
            for value in [0.01, 1, 250] {
                #expect(abs(transform.inverse(transform(value)) - value) < 1e-9 * value, "\(transform)")
                #expect(transform.deviation(0.5, at: value) > 0)
            }
            // Numbers that no value has are the least value, and not NaN.
            #expect(transform.inverse(-1e3).isFinite)
        }
        // For small errors the derivative.
        #expect(abs(ValueTransform.log(offset: 0).deviation(1e-4, at: 2) - 0.5e-4) < 1e-8)
        #expect(abs(ValueTransform.squareRoot.deviation(1e-4, at: 4) - 0.25e-4) < 1e-8)
        let table = ObservationTable(
            times: [Instant(year: 2000), Instant(year: 2001)], variables: [.init("dust")], values: [[3, 0]])
        let error = #expect(throws: InputError.self) { try table.rows([.log(offset: 0)]) }
        #expect(error?.description.contains("the value 0.0 of 'dust' at 2001-01-01 has no 'log'") == true)
    }

    /// A name with a comma or quotes comes back from the reader as it was.
    @Test(arguments: ["a,b", "a \"b\"", " a", "plain", "a;b", "#a"])
    func writtenNamesAreReadBack(_ name: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
        try "time,\(CSVText.field(name))\n2001-01-01,4\n".write(to: file, atomically: true, encoding: .utf8)
        let table = try CSVTable(file: file.path).table(
            time: .one("time", .iso8601), variables: [VariableMapping(.init(name), column: name)])
        #expect(table[0, 0] == 4)
    }
}
