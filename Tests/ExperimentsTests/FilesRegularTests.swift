import Testing

@testable import Experiments

@Suite struct FilesRegularTests {
    /// Values at irregular times: two in January, none in February, three (one of them missing) in March.
    private let irregular = ObservationTable(
        times: [(1, 3), (1, 20), (3, 1), (3, 2), (3, 31)].map { Instant(year: 2000, month: $0.0, day: $0.1) },
        variables: [.init("x")], values: [[1, 4, nil, 5, 8]], errorStandardDeviations: [[3, 4, .nan, 1, 2]])
    private let month = TimeStep(1, .month)

    @Test func aggregationFillsStepsWithoutObservations() throws {
        let mean = try irregular.regular(step: month, aggregation: .mean)
        #expect(mean.times == (1...3).map { Instant(year: 2000, month: $0) })
        #expect(mean.series(0) == [2.5, nil, 6.5])
        #expect(mean.errorStandardDeviations(0) == [2.5, nil, 5.0.squareRoot() / 2])
        #expect(try irregular.regular(step: month, aggregation: .median).series(0) == [2.5, nil, 6.5])
        let last = try irregular.regular(step: month, aggregation: .last)
        #expect(last.series(0) == [4, nil, 8])
        #expect(last.errorStandardDeviations(0) == [4, nil, 2])
    }

    @Test func sumsAndExtremesCarryTheirErrors() throws {
        let table = ObservationTable(
            times: (1...3).map { Instant(year: 2000, month: 3, day: $0) }, variables: [.init("x")],
            values: [[5, 2, 8]], errorStandardDeviations: [[1, 2, 4]])
        for (aggregation, value, error) in [
            (Aggregation.sum, 15.0, 21.0.squareRoot()), (.min, 2, 2), (.max, 8, 4), (.last, 8, 4),
            (.mean, 5, 21.0.squareRoot() / 3),
        ] {
            let result = try table.regular(step: month, aggregation: aggregation, complete: 0)
            #expect(result.series(0) == [value] && result.errorStandardDeviations(0) == [error], "\(aggregation)")
        }
    }

    @Test func aSumOfAPartOfItsStepIsMissing() throws {
        // 1.0 every six hours; the second day lacks one value, the fourth three, the last day is cut off.
        let hours = Array(0..<22).filter { ![5, 13, 14, 15].contains($0) }
        let table = ObservationTable(
            times: hours.map { Instant(year: 2000, day: 1 + $0 / 4, hour: $0 % 4 * 6) }, variables: [.init("rain")],
            values: [hours.map { _ in 1 }])
        func series(_ aggregation: Aggregation, _ complete: Double?) throws -> [Double?] {
            try table.regular(step: TimeStep(1, .day), aggregation: aggregation, complete: complete).series(0)
        }
        #expect(try series(.sum, nil) == [4, nil, 4, nil, 4, nil])
        #expect(try series(.sum, 0.75) == [4, 3, 4, nil, 4, nil])
        #expect(try series(.sum, 0) == [4, 3, 4, 1, 4, 2])
        #expect(try series(.mean, nil) == [1, 1, 1, 1, 1, 1])
        #expect(try series(.max, 0.5) == [1, 1, 1, nil, 1, 1])
        // Months of different lengths, from days; a missing value is one that does not exist.
        let daily = ObservationTable(
            times: (0..<60).map { TimeStep(1, .day).advance(Instant(year: 2000), by: $0) }, variables: [.init("rain")],
            values: [(0..<60).map { $0 == 40 ? nil : 1 }])
        #expect(try daily.regular(step: month, aggregation: .sum).series(0) == [31, nil])
        #expect(try daily.regular(step: month, aggregation: .sum, complete: 0.9).series(0) == [31, 28])
        // Years of months.
        let monthly = ObservationTable(
            times: (0..<23).map { month.advance(Instant(year: 2000), by: $0) }, variables: [.init("rain")],
            values: [(0..<23).map { _ in 2 }])
        #expect(try monthly.regular(step: TimeStep(1, .year), aggregation: .sum).series(0) == [24, nil])
    }

    @Test func roundedTimesThatShareAStepAreWarnedOf() throws {
        let table = ObservationTable(
            times: [(1, 1), (1, 31), (3, 2), (4, 1)].map { Instant(year: 2001, month: $0.0, day: $0.1) },
            variables: [.init("x")], values: [[1, 2, 3, 4]])
        #expect(
            try table.regular(step: month, aggregation: .mean).warnings == [
                "two rows fall into the month from 2001-01-01 and none into the next; "
                    + "are the times rounded, or the ends of their steps?"
            ])
        #expect(try irregular.regular(step: month, aggregation: .mean).warnings.isEmpty)
    }

    @Test func theMedianOfThreeIsTheMiddle() throws {
        let table = ObservationTable(
            times: (1...3).map { Instant(year: 2000, day: $0) }, variables: [.init("x")], values: [[9, 1, 2]])
        #expect(try table.regular(step: month, aggregation: .median).series(0) == [2])
    }

    @Test func noAggregationDemandsTheStep() throws {
        func line(_ text: String, _ step: TimeStep) throws -> String {
            let csv = try CSVTable(text: text, file: "t.csv")
            let table = try csv.table(
                time: .one("date", .iso8601), variables: [.init(.init("x"), column: "x")])
            return inputError { _ = try table.regular(step: step, aggregation: .none) }.line
        }
        let expected =
            "t.csv:4: irregular step: 2000-04-15 follows 2000-02-15 "
            + "(expected each row one month after the one before; or 'aggregate: mean', to fill in missing values)"
        #expect(try line("date,x\n2000-01-15,1\n2000-02-15,1\n2000-04-15,1\n", month) == expected)
        #expect(try line("date,x\n2000-01-01,1\n2000-01-30,1\n", month).hasPrefix("t.csv:3: irregular step"))
        #expect(
            try line("date,x\n2000-01-01,1\n2000-01-08,1\n2000-01-16,1\n", TimeStep(1, .week)).hasPrefix("t.csv:4: irr")
        )
        // Days of months differ; what counts is that each month has one row.
        let monthly = ObservationTable(
            times: [16, 15, 16].enumerated().map { Instant(year: 2000, month: $0 + 1, day: $1) },
            variables: [.init("x")], values: [[1, 2, 3]])
        #expect(try monthly.regular(step: month, aggregation: .none).times == monthly.times)
    }

    @Test func tablesWithTheSameGapsAreEqual() {
        #expect(irregular == irregular[0..<5])
        let other = ObservationTable(
            times: irregular.times, variables: irregular.variables, values: [[nil, 4, nil, 5, 8]],
            errorStandardDeviations: [irregular.errorStandardDeviations(0)!.map { $0 ?? .nan }])
        #expect(irregular != other)
        #expect(irregular != irregular[0..<4])
    }

    @Test func partsOfATableKeepTheirRows() {
        let rows = irregular.rows(in: Instant(year: 2000, month: 1, day: 20)..<Instant(year: 2000, month: 3, day: 2))
        #expect(rows == 1..<3)
        #expect(irregular[rows].series(0) == [4, nil])
        #expect(irregular.rows(in: Instant(year: 1990)..<Instant(year: 1991)).isEmpty)
    }

    /// `[time][variable]` from the reader on, errors too.
    @Test func partsOfTheVariablesKeepRowsAndErrors() {
        let table = ObservationTable(
            times: irregular.times, variables: [.init("x"), .init("y"), .init("z")],
            values: [[1, 4, nil, 5, 8], [nil, 1, 2, 3, 4], [9, 9, 9, 9, nil]],
            errorStandardDeviations: [nil, [.nan, 2, 3, 4, 5], nil])
        #expect(Array(table.numbers[1]) == [4, 1, 9] && table.numbers[2, 0].isNaN && table[1, 2] == 2)
        #expect(table.errorStandardDeviations(0) == nil && table.errorStandardDeviations(1) == [nil, 2, 3, 4, 5])
        let last = table.selecting(1..<3)
        #expect(last.series(0) == [nil, 1, 2, 3, 4] && last.series(1) == [9, 9, 9, 9, nil])
        #expect(last.errorStandardDeviations(0) == [nil, 2, 3, 4, 5] && last.errorStandardDeviations(1) == nil)
        #expect(table.selecting(2..<3).deviations == nil)
    }
}
