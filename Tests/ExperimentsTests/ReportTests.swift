import Foundation
import Studies
import Testing
import Verification

@testable import Experiments

@Suite struct ReportTests {
    private struct Refusing: FigureRenderer {
        func draw(_ figure: Figure, identifier: String) throws(FigureFailure) -> String {
            throw FigureFailure(description: "no <pen> at hand")
        }
    }

    /// Set REPORT_PREVIEW to a file name to look at the page.
    @Test func allFiguresAreDrawnAndTheSameEachTime() throws {
        let report = Report(ReportFixture.results())
        let page = report.page()
        if let preview = ProcessInfo.processInfo.environment["REPORT_PREVIEW"] {
            try page.html.write(toFile: preview, atomically: true, encoding: .utf8)
        }
        #expect(page.failures == [])
        #expect(page.html.split(separator: "role=\"img\"").count - 1 == 10)
        #expect(page.html == report.page().html)
    }

    @Test func idsAreUniqueAndReferencesHaveTheirTargets() throws {
        let html = Report(ReportFixture.results()).page().html
        let identifiers = html.matches(of: #/\bid=['"]([^'"]+)['"]/#).map { String($0.output.1) }
        #expect(identifiers.count > 50 && Set(identifiers).count == identifiers.count)
        for reference in html.matches(of: #/href=['"]#([^'"]+)['"]/#) {
            #expect(identifiers.contains(String(reference.output.1)))
        }
    }

    @Test func thePageNeedsNoOtherFile() {
        let html = Report(ReportFixture.results()).page().html
        for needle in ["src=", "<script", "@import", "url(http", "<link", "href=\"http"] {
            #expect(!html.contains(needle))
        }
    }

    @Test func aMissingRendererLeavesNotesAndNumbers() {
        let page = Report(ReportFixture.results(), renderer: Refusing()).page()
        #expect(page.failures.count == 10)
        #expect(page.html.contains("This figure is missing: no &lt;pen&gt; at hand."))
        #expect(page.html.contains("<details open=\"open\"><summary>Numbers</summary>"))
        let nowhere = Gnuplot(searchPath: "")
        #expect(throws: FigureFailure(description: "gnuplot was not found in the search path")) {
            try nowhere.draw(Figure(caption: "", panels: []), identifier: "x")
        }
    }

    @Test func namesCannotEscapeTheirPlace() throws {
        let evil = "<b>&'\"`touch x`$(x)\\\n'; exit status 9 #"
        var results = ReportFixture.results()
        results.title = evil
        results.variables[0].longName = evil
        results.verdict = ["<script>alert(1)</script>"]
        let page = Report(results).page()
        #expect(page.failures == [])
        #expect(!page.html.contains("<script") && !page.html.contains("<b>&'"))
        #expect(page.html.contains("&lt;b&gt;&amp;&#39;"))
    }

    @Test func anEmptyRunHasAPage() {
        var results = ReportFixture.results()
        (results.scores, results.forecasts, results.series, results.comparisons) = ([], [], [], [])
        (results.rankHistograms, results.learningCurves, results.folds, results.gapFilling) = ([], [], [], [])
        let page = Report(results).page()
        #expect(page.failures == [] && page.html.contains("Reproducibility"))
    }

    @Test func aSmallRunOfWeeksHasAllItsFigures() throws {
        var results = ReportFixture.results()
        let start = Date(timeIntervalSince1970: 315_532_800)
        let weeks = (0..<520).map { week in
            start.addingTimeInterval(Double(week) * 604_800).formatted(.iso8601.year().month().day())
        }
        results.variables = [
            VariableRecord(name: "co2", longName: "CO2", units: "ppm", standardName: nil)
        ]
        (results.primaryVariable, results.leads, results.leadUnit) = ("co2", [1], "weeks")
        results.methods = [MethodRecord(name: "smoother", kind: .linear, description: "")]
        results.choice = ChoiceRecord(method: "smoother", criterion: "The only one.")
        results.scores = [Score.rmse, .coverage90].map {
            ScoreRecord(
                method: "smoother", variable: "co2", lead: 1, split: "test", gaps: .none, score: $0, value: 0.4,
                low: 0.3,
                high: 0.5, count: 9)
        }
        let truth = weeks.indices.map { 340 + 0.03 * Double($0) + 3 * sin(Double($0) / 8.3) }
        results.series = [
            SeriesRecord(
                gaps: .outage, variable: "co2", times: weeks, truth: truth,
                observed: truth.enumerated().map { (300..<352).contains($0.offset) ? nil : $0.element },
                smootherMean: truth, smootherSpread: truth.map { _ in 0.3 })
        ]
        (results.forecasts, results.comparisons, results.rankHistograms) = ([], [], [])
        (results.learningCurves, results.folds, results.verdict) = ([], [], results.derivedVerdict())
        let page = Report(results).page()
        if let preview = ProcessInfo.processInfo.environment["REPORT_PREVIEW"] {
            try page.html.write(toFile: preview + ".small.html", atomically: true, encoding: .utf8)
        }
        #expect(page.failures == [])
        #expect(page.html.contains("RMSE (ppm)") && page.html.contains("CO2 (ppm)"))
        #expect(page.html.contains(">1985-10<") && page.html.split(separator: "role=\"img\"").count - 1 == 3)
        #expect(!page.html.contains("filter mean"))
    }

    /// What was withheld is what is shown, although the greatest value lies elsewhere.
    @Test func aShortPeriodThatWasWithheldIsShown() {
        var results = ReportFixture.results()
        let times = (0..<400).map { "\(Instant(secondsSince1970: 86_400 * Double($0)))" }
        var truth: [Double?] = times.indices.map { sin(Double($0) / 9) }
        truth[40] = 9
        let observed = truth.enumerated().map { (300..<306).contains($0.offset) ? nil : $0.element }
        results.series = [
            SeriesRecord(
                gaps: .outage, variable: results.primaryVariable, times: times, truth: truth, observed: observed,
                smootherMean: truth, smootherSpread: truth.map { _ in 0.3 })
        ]
        let html = Report(results).page().html
        #expect(html.contains(">1970-10-28<") && html.contains("withheld, used only to check"))
    }

    /// Coverages beyond the usual axis are inside it.
    @Test func coveragesAreNotCutOff() throws {
        var results = ReportFixture.results()
        for index in results.scores.indices where results.scores[index].score == .coverage50 {
            results.scores[index].value = 0.87
            (results.scores[index].low, results.scores[index].high) = (0.11, 0.93)
        }
        let section = IndexedResults(results).intervals
        guard case .figure(let figure, _) = try #require(section.parts.first) else { return }
        #expect(figure.panels[0].vertical.low == 10 && figure.panels[0].vertical.high == 100)
    }

    /// Marks of leads lie about the start.
    @Test func plumesHaveAMarkAtTheirStart() throws {
        var results = ReportFixture.results()
        results.forecasts = results.forecasts.map {
            var record = $0
            record.leads = Array(record.leads.prefix(7))
            return record
        }
        let section = IndexedResults(results).forecasts
        guard case .figure(let figure, _) = try #require(section.parts.first) else { return }
        #expect(figure.panels[0].horizontal.ticks.map(\.label) == ["−6", "−3", "0", "3", "6"])
    }

    @Test func unitsAndMissingNumbersReadWell() {
        let html = Report(ReportFixture.results()).page().html
        #expect(html.contains("°C") && !html.contains("degC") && html.contains("Lead time (months)"))
        #expect(!html.contains(">nan") && !html.contains("NaN"))
        #expect(UnitText.display("m s-1") == "m s⁻¹" && UnitText.display("kg m-2") == "kg m⁻²")
        #expect(UnitText.label("CO2", units: "ppm") == "CO2 (ppm)" && UnitText.label("p", units: "1") == "p")
    }
}

@Suite struct FigureTests {
    @Test func gapsInterruptLinesAndFailuresAreListed() throws {
        let axis = PanelAxis("x")
        let figure = Figure(
            caption: "c",
            panels: [
                Panel(
                    horizontal: axis, vertical: axis,
                    layers: [
                        .line(name: "a", x: [1, 2, 3, 4, 5], y: [1, 2, nil, .nan, 4], style: LineStyle(.blue)),
                        .band(
                            name: "b", x: [1, 2, 3, 4, 5], low: [0, 1, nil, 1, 2], high: [1, 2, 3, 4, 5], color: .blue,
                            opacity: 0.3),
                    ])
            ])
        #expect(GnuplotScript(figure).text.contains("1.0 1.0\n2.0 2.0\n\n5.0 4.0\nEND"))
        let svg = try Gnuplot().draw(figure, identifier: "f")
        #expect(svg.matches(of: #/<polygon/#).count == 2)
        #expect(figure.legend.map(\.name) == ["a", "b"])
        let broken = Gnuplot(searchPath: "/nowhere:/usr/bin:/bin")
        var failing = broken
        failing.program = URL(fileURLWithPath: "/bin/false")
        #expect(throws: FigureFailure(description: "gnuplot failed: exit status 1")) {
            try failing.draw(figure, identifier: "f")
        }
        failing.program = URL(fileURLWithPath: "/nowhere/gnuplot")
        #expect(throws: FigureFailure.self) { try failing.draw(figure, identifier: "f") }
    }

    @Test func timesBecomeDaysAndYearsBecomeTicks() {
        #expect(TimeAxis.days("1970-01-01") == 0 && TimeAxis.days("2000-03-01") == 11017)
        #expect(TimeAxis.days("1969-12-31T12:00:00Z") == -0.5 && TimeAxis.days("1958") == -4383)
        #expect(TimeAxis.days("May 1997") == nil && TimeAxis.days("1997-13") == nil)
        let ticks = TimeAxis.ticks(from: TimeAxis.days("1990-01")!, to: TimeAxis.days("1999-12")!)
        #expect(ticks.map(\.label) == (1990...1999).map { "\($0)" })
        #expect(ticks[7].position == TimeAxis.days("1997-01-01"))
        let short = TimeAxis.ticks(from: TimeAxis.days("1997-03")!, to: TimeAxis.days("1998-03")!)
        #expect(short.map(\.label).contains("1997-05") || short.map(\.label).contains("1997-07"))
    }

    @Test func daysAndHoursHaveTheirMarks() {
        func labels(_ first: String, _ last: String) -> [String] {
            TimeAxis.ticks(from: TimeAxis.days(first) ?? .nan, to: TimeAxis.days(last) ?? .nan).map(\.label)
        }
        #expect(labels("2019-06-30T07:00", "2019-07-03T20:00") == ["2019-07-01", "2019-07-02", "2019-07-03"])
        #expect(labels("2019-06-12T18:00", "2019-06-13T06:00").prefix(3) == ["18:00", "20:00", "22:00"])
        #expect(labels("2019-06-12T18:00", "2019-06-13T06:00").contains("06-13"))
        #expect(labels("1969-12-31T23:00", "1970-01-01T01:00").contains("23:15"))
        #expect(labels("2019-06-12T18:01", "2019-06-12T18:01") == ["18:01"])
        #expect(TimeAxis.days("2019-06-12T12:30+05:00") == TimeAxis.days("2019-06-12T12:30"))
    }

    /// Numbers at an axis are short, whatever the unit, and leave room for the label.
    @Test func numbersOfAnAxisAreShort() {
        func panel(_ values: [Double], _ label: String = "x (mol m⁻³)") -> Panel {
            Panel(
                horizontal: PanelAxis("t"), vertical: PanelAxis(label, low: 0),
                layers: [.line(name: nil, x: [0, 1], y: values, style: LineStyle(.blue))])
        }
        let small = [panel([1.2e-4, 3.5e-4]), panel([2e-6, 5e-6]), panel([1, 2], "y")].inReadableUnits()
        #expect(small.map(\.vertical.label) == ["x (10⁻⁶ mol m⁻³)", "x (10⁻⁶ mol m⁻³)", "y"])
        guard case .line(_, _, let y, _) = small[0].layers[0] else { return }
        #expect(abs((y[1] ?? 0) - 350) < 1e-9 && small[0].vertical.low == 0)
        #expect([panel([2e7, 4e7], "y")].inReadableUnits()[0].vertical.label == "y (10⁶)")
        #expect([panel([0.02, 0.05])].inReadableUnits() == [panel([0.02, 0.05])])
        var narrow = panel([1013.25, 1013.5])
        narrow.vertical.low = 1013.2
        #expect(narrow.widthOfNumbers == 7 && panel([0.4, 0.9]).widthOfNumbers == 3)
        let script = GnuplotScript(Figure(caption: "c", panels: [narrow])).text
        #expect(script.contains("set lmargin at screen \((30 + 7.6 * 7) / 900)"))
    }

    /// Starts within a day are told apart.
    @Test func timesOfHoursAreShownWithTheirHour() {
        let hours = ["2013-10-05", "2013-10-05T06:00", "2013-10-05T12:00"]
        #expect(
            hours.map { TimeAxis.display($0, among: hours) }
                == ["2013-10-05 00:00", "2013-10-05 06:00", "2013-10-05 12:00"])
        let daily = ["2013-10-05T06:00+05:30", "2013-10-06T06:00+05:30"]
        #expect(TimeAxis.display(daily[0], among: daily) == "2013-10-05 06:00")
        let months = ["1980-01-16T12:00", "1980-02-15T12:00", "1980-03-16T12:00"]
        #expect(TimeAxis.display(months[0], among: months) == "1980-01-16")
        #expect(TimeAxis.display("1980-01", among: ["1980-01", "1980-02"]) == "1980-01")
        #expect(TimeAxis.display("1980-01-01", among: ["1980-01-01", "1980-02-01"]) == "1980-01")
        #expect(TimeAxis.display("1980-01-08", among: ["1980-01-01", "1980-01-08"]) == "1980-01-08")
    }
}
