import Testing

@testable import Experiments

/// Periods are counted in steps, whatever instant of its step a row is stamped with.
@Suite struct FilesPeriodTests {
    private func rows(_ from: String, _ to: String, _ table: ObservationTable) throws -> Range<Int> {
        let node = try ConfigurationNode(yaml: "[\(from), \(to)]", file: "e.yaml")
        return try table.rows(of: "test", in: try period(node), at: node)
    }

    private func monthly(day: Int, months: Int = 1, count: Int = 24) throws -> ObservationTable {
        let step = TimeStep(months, .month)
        let times = (0..<count).map { step.advance(Instant(year: 1980, month: 1, day: day, hour: 12), by: $0) }
        let values = times.indices.map { Double($0) }
        return try ObservationTable(times: times, variables: [.init("x")], values: [values])
            .regular(step: step, aggregation: .none)
    }

    @Test(arguments: [1, 15, 16, 28])
    func aMonthIsARowWhateverDayItIsStampedWith(_ day: Int) throws {
        let table = try monthly(day: day)
        #expect(try rows("1980-01", "1981-12", table) == 0..<24)
        #expect(try rows("1980-03", "1980-03", table) == 2..<3)
        #expect(try rows("1981", "1981", table) == 12..<24)
        #expect(try rows("1980-02", "1980-04", table[1..<20]) == 0..<3)
        let refused = inputError { _ = try self.rows("1979-12", "1980-06", table) }
        #expect(
            refused.line == "e.yaml:1:1: the test period 1979-12-01 to 1980-07-01 is outside the data "
                + "(expected periods within \(table.times[0]) to \(table.times[23]))")
        #expect(
            inputError { _ = try self.rows("1981-06", "1982-01", table) }.line
                == "e.yaml:1:1: the test period ends at 1982-02-01, after the data (expected an end by 1982-01-01)")
        #expect(inputError { _ = try self.rows("1990", "1991", table) }.kind == .configuration)
    }

    @Test func quartersYearsDaysAndWeeksAreCountedToo() throws {
        let quarterly = try monthly(day: 15, months: 3)
        #expect(try rows("1980-01", "1980-12", quarterly) == 0..<4)
        #expect(try rows("1981-07", "1985-12", quarterly) == 6..<24)
        #expect(inputError { _ = try self.rows("1981-07", "1986-03", quarterly) }.kind == .configuration)
        // Noon of each day, and weeks that begin within their month.
        func table(_ step: TimeStep, _ first: Instant, _ count: Int) throws -> ObservationTable {
            try ObservationTable(
                times: (0..<count).map { step.advance(first, by: $0) }, variables: [.init("x")],
                values: [(0..<count).map { Double($0) }]
            ).regular(step: step, aggregation: .none)
        }
        let daily = try table(TimeStep(1, .day), Instant(year: 2000, month: 2, day: 28, hour: 12), 4)
        #expect(try rows("2000-02-28", "2000-03-02", daily) == 0..<4)
        #expect(try rows("2000-02-29", "2000-02-29", daily) == 1..<2)
        let weekly = try table(TimeStep(1, .week), Instant(year: 1958, month: 3, day: 29), 40)
        #expect(try rows("1958-03-29", "1958-04", weekly) == 0..<5)
        let yearly = try table(TimeStep(1, .year), Instant(year: 1980, month: 7, day: 1), 10)
        #expect(try rows("1980", "1989", yearly) == 0..<10)
    }

    /// Midnight of UTC is half past five in Kolkata: the first and the last day of such a file are not whole.
    @Test func hoursMayBeginAndEndWithinADay() throws {
        let step = TimeStep(1, .hour)
        let first = Instant(year: 2014, month: 1, day: 1, hour: 5, minute: 30)
        let table = try ObservationTable(
            times: (0..<72).map { step.advance(first, by: $0) }, variables: [.init("x")],
            values: [(0..<72).map { Double($0) }]
        ).regular(step: step, aggregation: .none)
        #expect(try rows("2014-01-01", "2014-01-04", table) == 0..<72)
        #expect(try rows("2014-01", "2014-01-02", table).lowerBound == 0)
        for (from, to) in [("2013-12-31", "2014-01-02"), ("2014-01-02", "2014-01-05"), ("2014-01-02", "2014-02")] {
            #expect(inputError { _ = try self.rows(from, to, table) }.kind == .configuration, "\(from) \(to)")
        }
    }

    @Test func quartersAreAUnitOfTheirOwn() {
        #expect(TimeStep("quarter") == TimeStep(1, .quarter) && TimeStep(2, .quarter).description == "2 quarters")
        #expect(TimeStep(1, .quarter).leadUnit == "quarters" && TimeStep(3, .month).leadUnit == "steps of 3 months")
        #expect(TimeStep(1, .quarter).floor(Instant(year: 1980, month: 6, day: 9)) == Instant(year: 1980, month: 4))
        #expect(TimeStep(1, .quarter).stepsPerYear == 4)
    }

    @Test func theEndOfTheCalendarStopsAnAdvance() {
        for unit in TimeStep.Unit.allCases {
            for origin in [Instant(year: CalendarDate.years.upperBound), Instant(year: CalendarDate.years.lowerBound)] {
                let step = TimeStep(1_000_000, unit)
                #expect(step.advance(origin, by: .max / 2).date.year == CalendarDate.years.upperBound)
                #expect(step.advance(origin, by: .min / 2).date.year == CalendarDate.years.lowerBound)
            }
        }
        // One range for dates and instants.
        for year in [CalendarDate.years.lowerBound, CalendarDate.years.upperBound] {
            let instant = Instant(year: year, month: 12, day: 31, hour: 23, minute: 59, second: 59)
            #expect(Instant(iso8601: instant.description) == instant)
            #expect(CalendarDate(year: year + (year < 0 ? -1 : 1)) == nil)
        }
    }
}
