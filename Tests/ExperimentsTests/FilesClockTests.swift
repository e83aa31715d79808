import Studies
import Testing

@testable import Experiments

/// Decimal years as precise as their text, and clocks ahead of UTC.
@Suite struct FilesClockTests {
    private func table(
        _ stamps: [String], _ format: TimeFormat = .iso8601, _ step: TimeStep, _ aggregation: Aggregation = .none,
        clock: FileClock? = nil
    ) throws -> ObservationTable {
        let text = "date,x\n" + stamps.enumerated().map { "\($1),\($0)\n" }.joined()
        return try CSVTable(text: text, file: "t.csv").table(
            time: .one("date", format), variables: [.init(.init("x"), column: "x")],
            reading: TableReading(step: step, isAggregated: aggregation != .none, clock: clock)
        ).regular(step: step, aggregation: aggregation)
    }

    @Test(arguments: [2, 3, 4, 6])
    func decimalYearsOfMonthsAreMonths(_ decimals: Int) throws {
        let month = TimeStep(1, .month)
        let months = (0..<360).map { month.advance(Instant(year: 1980), by: $0) }
        func text(_ year: Double) -> String { NumberText.plain(year, decimals: decimals) }
        let styles: [[Double]] = [
            (0..<360).map { 1980 + Double($0) / 12 }, (0..<360).map { 1980 + (Double($0) + 0.5) / 12 },
            months.map(\.decimalYear),
            months.map { ($0.decimalYear + month.advance($0, by: 1).decimalYear) / 2 },
        ]
        for years in styles {
            let stamps = years.map(text)
            for aggregation in [Aggregation.none, .mean] {
                let table = try table(stamps, .decimalYear, month, aggregation)
                #expect(table.count == 360 && table.warnings.isEmpty)
                #expect(table.series(0) == (0..<360).map { Double($0) })
                #expect(table.times.map { month.floor($0) } == months)
            }
        }
    }

    @Test func decimalYearsOfDaysQuartersAndHoursAreTheirs() throws {
        let day = TimeStep(1, .day)
        let days = (0..<800).map { day.advance(Instant(year: 1999, month: 3, day: 1), by: $0) }
        for shift in [0.0, 43_200] {
            let stamps = days.map {
                NumberText.plain(Instant(secondsSince1970: $0.secondsSince1970 + shift).decimalYear, decimals: 4)
            }
            let table = try table(stamps, .decimalYear, day)
            #expect(table.times.map(day.floor) == days)
        }
        let quarters = try table(["1980.00", "1980.25", "1980.50", "1980.75"], .decimalYear, TimeStep(1, .quarter))
        #expect(quarters.times.map(\.date.month) == [1, 4, 7, 10])
    }

    @Test func localStampsAreOfTheLocalCalendar() throws {
        let month = TimeStep(1, .month)
        for offset in ["+05:00", "-08:00", "+05:30"] {
            let stamps = (1...12).map { "2000-\($0 < 10 ? "0" : "")\($0)-01T00:00\(offset)" }
            for aggregation in [Aggregation.none, .mean] {
                let table = try table(stamps, .iso8601, month, aggregation)
                #expect(table.times == (1...12).map { Instant(year: 2000, month: $0) }, "\(offset)")
            }
        }
        // Daylight saving time: midnights are midnights, hours are as long as hours.
        let days = try table(
            ["2000-03-25T00:00+01:00", "2000-03-26T00:00+01:00", "2000-03-27T00:00+02:00"], .iso8601, TimeStep(1, .day))
        #expect(days.times.map(\.date.day) == [25, 26, 27])
        let hours = try table(
            ["2000-03-26T01:00+01:00", "2000-03-26T03:00+02:00", "2000-03-26T04:00+02:00"], .iso8601, TimeStep(1, .hour)
        )
        #expect(hours.times.map(\.description) == ["2000-03-26T01:00", "2000-03-26T02:00", "2000-03-26T03:00"])
    }

    @Test func aZoneReadsStampsWithoutAnOffset() throws {
        let berlin = try #require(FileClock("Europe/Berlin"))
        let hour = TimeStep(1, .hour)
        let hours = try table(
            ["2000-03-26T01:00", "2000-03-26T03:00", "2000-03-26T04:00"], .iso8601, hour, clock: berlin)
        #expect(hours.times.map(\.description) == ["2000-03-26T01:00", "2000-03-26T02:00", "2000-03-26T03:00"])
        let days = try table(
            ["2000-03-25T00:00", "2000-03-26T00:00", "2000-03-27T00:00"], .iso8601, TimeStep(1, .day), clock: berlin)
        #expect(days.times.map(\.date.day) == [25, 26, 27])
        #expect(
            inputError { _ = try self.table(["2000-03-26T02:30", "2000-03-26T03:30"], .iso8601, hour, clock: berlin) }
                .line
                .hasPrefix("t.csv:2:1: the clock of the zone never shows 2000-03-26T02:30"))
        #expect(
            inputError { _ = try self.table(["2000-10-29T01:30", "2000-10-29T02:30"], .iso8601, hour, clock: berlin) }
                .line
                .hasPrefix("t.csv:3:1: the clock of the zone shows 2000-10-29T02:30 twice"))
        let fixed = try table(
            ["2000-10-29T01:30", "2000-10-29T02:30"], .iso8601, hour, clock: FileClock("+01:00"))
        #expect(fixed.times[0].description == "2000-10-29T01:30")
        #expect(FileClock("Mars/Olympus") == nil && FileClock("+25:00") == nil)
    }

    /// Which clock the times of a table are by is told with them.
    @Test func timesTellTheirClock() throws {
        let (hour, day) = (TimeStep(1, .hour), TimeStep(1, .day))
        let local = ["2000-03-25T00:00", "2000-03-25T01:00"]
        let fixed = try table(local, .iso8601, hour, clock: FileClock("+05:30"))
        #expect(fixed.clock == .fixed(19_800) && fixed.clock?.description == "UTC+05:30")
        #expect(fixed.times.map(fixed.text) == ["2000-03-25T00:00+05:30", "2000-03-25T01:00+05:30"])
        #expect(fixed.times.map { hour.text($0, clock: fixed.clock) } == fixed.times.map(fixed.text))
        let shifted = try table(local.map { $0 + "-03:00" }, .iso8601, hour, .mean)
        #expect(shifted[1..<2].text(shifted.times[1]) == "2000-03-25T01:00-03:00")
        // Hours of a zone are by its clock without daylight saving time.
        let berlin = try table(["2000-07-25T00:00"], .iso8601, hour, clock: FileClock("Europe/Berlin"))
        #expect(berlin.times.map(berlin.text) == ["2000-07-24T23:00+01:00"])
        // Days are dates.
        let dates = ["2000-03-25", "2000-03-26"]
        let days = try table(dates, .iso8601, day, clock: FileClock("Europe/Berlin"))
        #expect(days.times.map(days.text) == dates && days.clock?.description == "Europe/Berlin")
        #expect(try table(dates, .iso8601, day, clock: FileClock("-03:00")).clock?.description == "UTC-03:00")
        // UTC goes without an offset, and so does what nothing is told of.
        let (utc, unknown) = (try table(local.map { $0 + "Z" }, .iso8601, hour), try table(local, .iso8601, hour))
        #expect(utc.clock?.description == "UTC" && unknown.clock == nil)
        for table in [utc, unknown] { #expect(table.times.map(table.text) == ["2000-03-25", "2000-03-25T01:00"]) }
    }

    /// The dates of a configuration are by the clock of the data, whatever that is.
    @Test func datesOfConfigurationsHaveNoOffset() throws {
        func period(_ text: String) throws -> Range<Instant> { try ConfigurationNode(yaml: text, file: "c").period() }
        #expect(try period("2000-03-25T06:00Z").lowerBound == Instant(year: 2000, month: 3, day: 25, hour: 6))
        let error = inputError {
            _ = try ConfigurationNode(yaml: "2000-03-25T06:00+05:00", file: "c.yaml").period()
        }
        #expect(error.line.contains("has an offset (expected a date by the clock of the data)"), "\(error.line)")
    }

    @Test func numbersAreReadAsTheLibraryReadsThem() {
        var random = SplitMix(state: 5)
        for _ in 0..<20_000 {
            let digits = (0..<Int.random(in: 1...22, using: &random)).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }.joined()
            let mark = Int.random(in: 0...digits.count, using: &random)
            let exponent = Bool.random(using: &random) ? "e\(Int.random(in: -330...330, using: &random))" : ""
            let text =
                (Bool.random(using: &random) ? "-" : "") + digits.prefix(mark) + "." + digits.dropFirst(mark) + exponent
            #expect(Double(decimal: text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
        for text in ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "nan", "inf", "1 2", "+-1", "-."] {
            #expect(Double(decimal: text) == nil, "\(text)")
        }
        for (text, value) in [("5.", 5.0), (".5", 0.5), ("+7", 7), ("1E3", 1000), ("-0", -0.0), ("00012", 12)] {
            #expect(Double(decimal: text) == value, "\(text)")
        }
    }
}
