import Foundation
import Testing

@testable import Experiments

@Suite struct FilesTimeTests {
    private struct Row: Decodable {
        var text: String
        var seconds: Double
        var phase: Double
    }

    @Test func theCalendarAgreesWithPython() throws {
        let bytes = try InputFile.bytes(Package.path("Tests/Oracles/files_calendar.json"))
        let rows = try #require(ExactJSON.decode([Row].self, from: bytes))
        #expect(rows.count > 300)
        for row in rows {
            let instant = try #require(Instant(iso8601: row.text), "\(row.text)")
            #expect(instant.secondsSince1970 == row.seconds, "\(row.text)")
            #expect(abs(instant.phaseOfYear - row.phase) < 1e-12, "\(row.text)")
            #expect(Instant(iso8601: instant.description) == instant, "\(row.text)")
        }
    }

    @Test func everyDayIsTheDayAfterTheOneBefore() {
        var date = CalendarDate(daysSince1970: -800_000)
        for days in -799_999...800_000 {
            let next = CalendarDate(daysSince1970: days)
            let isNextDay = (next.year, next.month, next.day) == (date.year, date.month, date.day + 1)
            let isNextMonth =
                next.day == 1 && date.day == CalendarDate.daysInMonth(date.month, year: date.year)
                && (next.year * 12 + next.month == date.year * 12 + date.month + 1)
            guard isNextDay || isNextMonth, next.daysSince1970 == days else {
                Issue.record("\(date) \(next)")
                return
            }
            date = next
        }
    }

    @Test(arguments: [
        ("1958", "1958-01-01"), ("1958-03", "1958-03-01"), ("1958-03-29", "1958-03-29"),
        ("1958-03-29T06", "1958-03-29T06:00"), ("1958-03-29 06:05", "1958-03-29T06:05"),
        ("1958-03-29T06:05:01.25Z", "1958-03-29T06:05:01.250"), ("1958-03-29T01:00+02:00", "1958-03-28T23:00"),
        ("-0044-03-15", "-0044-03-15"), ("2000-02-29", "2000-02-29"), ("1958-03-31T24:00", "1958-04-01"),
        ("1980Q1", "1980-01-01"), ("1980-Q4", "1980-10-01"), ("1980-W05", "1980-01-28"), ("2009-W53-7", "2010-01-03"),
        ("2020W01", "2019-12-30"), ("1958-03-29T06:00 GMT", "1958-03-29T06:00"),
    ])
    func isoDatesAreRead(_ text: String, _ expected: String) {
        #expect(Instant(iso8601: text)?.description == expected)
    }

    @Test(arguments: [
        "", "58", "1958-3", "1958-13", "1958-00", "1900-02-29", "1958-04-31", "1958-03-29T24:01", "1958-03-29T25:00",
        "1958-W54", "1958-W53", "1958-Q5", "1958-03-29T06:60",
        "1958-03-29x", "1958/03/29", "1958-03-29T", "1958-03-", "1958-03-29T06:00+25:00", "１９５８", "99999999999-01-01",
    ])
    func otherTextIsRefusedAsIsoDate(_ text: String) { #expect(Instant(iso8601: text) == nil) }

    @Test func aPeriodIsAsLongAsItsText() throws {
        let month = try #require(Instant.period(iso8601: "1979-12"))
        #expect(month == Instant(year: 1979, month: 12)..<Instant(year: 1980))
        let year = try #require(Instant.period(iso8601: "1980"))
        #expect(year.upperBound == Instant(year: 1981))
    }

    @Test(arguments: [
        ("dd.MM.yyyy", "29.03.1958", "1958-03-29"), ("yyyyMMdd", "19580329", "1958-03-29"),
        ("d MMM yyyy H:mm", "3 mar 1958 6:05", "1958-03-03T06:05"), ("yyyy-DDD", "1960-366", "1960-12-31"),
        ("decimal year", "1960.5", "1960-07-02"), ("days since 1950-1-1 0:0", "59", "1950-03-01"),
        ("hours since 1950-01-01", "-1.5", "1949-12-31T22:30"), ("months since 1950-01-16", "13", "1951-02-16"),
        ("seconds since 1970-01-01 00:00:00 UTC", "86400", "1970-01-02"), ("yyyy'y'M", "1958y3", "1958-03-01"),
        ("MM/dd/yyyy HH:mm:ss", "03/29/1958 01:02:03.5", "1958-03-29T01:02:03.500"),
        ("minutes since 2000-01-01 12:00 +1:00", "30", "2000-01-01T11:30"),
        ("MM/dd/yy", "03/29/69", "1969-03-29"), ("MM/dd/yy", "03/29/68", "2068-03-29"),
        ("yy-MM", "58-03", "2058-03-01"),
        ("M/d/yyyy h:mm a", "3/9/1958 12:05 AM", "1958-03-09T00:05"), ("yyyy-MM-dd HH", "1958-12-31 24", "1959-01-01"),
        ("M/d/yyyy h:mm a", "3/9/1958 1:05 pm", "1958-03-09T13:05"), ("d MMMM yyyy", "9 March 1958", "1958-03-09"),
        ("yyyy'Q'Q", "1958Q3", "1958-07-01"), ("quarter", "1958-Q2", "1958-04-01"),
        ("yyyy-MM-dd'T'HH:mmX", "1958-03-29T01:00+02:00", "1958-03-28T23:00"),
        ("months since 1960-01-01", "240.5", "1980-01-16T12:00"), ("years since 1960-01-01", "0.5", "1960-07-01"),
        ("milliseconds since 1970-01-01", "86400500", "1970-01-02T00:00:00.500"),
        ("days since 1900-01-01", "0.0417", "1900-01-01T01:00"), ("days since 1-1-1", "730121", "2000-01-01"),
    ])
    func formatsAreRead(_ format: String, _ text: String, _ expected: String) throws {
        #expect(try #require(TimeFormat(format)).instant(text)?.description == expected)
    }

    @Test(arguments: [
        ("dd.MM.yyyy", "29.3.1958"), ("dd.MM.yyyy", "31.02.1958"), ("yyyy-DDD", "1958-366"), ("decimal year", "1e9"),
        ("months since 1950-01-31", "1"), ("days since 1950-01-01", "1e300"),
        ("days since 1950-01-01", "nan"), ("decimal year", "year"), ("yyyy", "19580"),
    ])
    func textOfAnotherFormatIsRefused(_ format: String, _ text: String) throws {
        #expect(try #require(TimeFormat(format)).instant(text) == nil)
    }

    @Test(arguments: [
        "yyy-MM", "yyyy-MM hh", "yyyy-Q-MM", "MM-dd", "yyyy-MM-MM", "yyyy-QQ", "fortnights since 1950-01-01",
        "days since then",
    ])
    func unknownFormatIsRefused(_ text: String) { #expect(TimeFormat(text) == nil) }

    @Test func stepsFollowTheCalendar() throws {
        let origin = Instant(year: 2000, month: 1, day: 31, hour: 6)
        #expect(TimeStep(1, .month).advance(origin, by: 1) == Instant(year: 2000, month: 2, day: 29, hour: 6))
        #expect(TimeStep(1, .month).advance(origin, by: 2) == Instant(year: 2000, month: 3, day: 31, hour: 6))
        #expect(TimeStep(2, .year).advance(origin, by: -1) == Instant(year: 1998, month: 1, day: 31, hour: 6))
        #expect(TimeStep(6, .hour).advance(origin, by: 4) == Instant(year: 2000, month: 2, day: 1, hour: 6))
    }

    @Test(arguments: TimeStep.Unit.allCases, [1, 3, 7])
    func theIndexInvertsTheAdvance(_ unit: TimeStep.Unit, _ count: Int) {
        let step = TimeStep(count, unit)
        for origin in [Instant(year: 1999, month: 12, day: 31, hour: 23), Instant(year: 2004, month: 2, day: 29)] {
            for index in -50...50 {
                let instant = step.advance(origin, by: index)
                #expect(step.index(of: instant, from: origin) == index)
                let before = Instant(secondsSince1970: instant.secondsSince1970 - 0.5)
                #expect(step.index(of: before, from: origin) == index - 1)
            }
        }
    }

    @Test func stepsAreReadFromText() {
        #expect(TimeStep("month") == TimeStep(1, .month))
        #expect(TimeStep("1 week") == TimeStep(1, .week))
        #expect(TimeStep("6 Hours") == TimeStep(6, .hour))
        for text in ["", "0 days", "-1 day", "1.5 hours", "fortnight", "6  hours x", "hours 6"] {
            #expect(TimeStep(text) == nil, "\(text)")
        }
        #expect(TimeStep(6, .hour).description == "6 hours")
        #expect(abs(TimeStep(1, .week).stepsPerYear - 52.1775) < 1e-4)
    }

    @Test func unitsCountAndDescribe() throws {
        let units = try #require(TimeUnits("hours since 1900-1-1 0:0:0.0"))
        #expect(units.description == "hours since 1900-01-01")
        #expect(TimeUnits(units.description) == units)
        let instant = Instant(year: 1950, month: 3, day: 1, hour: 7)
        #expect(units.instant(units.number(instant)) == instant)
    }
}
