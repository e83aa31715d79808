import Foundation
import Testing

@testable import Experiments

/// NetCDF files as other programs write them, against what these read.
@Suite struct FilesConventionsTests {
    private struct Expected: Decodable {
        var times: [String: [String]]
        var values: [String: [Double?]]
    }

    private let file = Package.path("Tests/Oracles/files_conventions.nc")

    private func expected() throws -> Expected {
        let bytes = try InputFile.bytes(Package.path("Tests/Oracles/files_conventions.json"))
        return try #require(ExactJSON.decode(Expected.self, from: bytes))
    }

    private func table(_ time: String, _ name: String, _ reading: TableReading = .init()) throws -> ObservationTable {
        try NetCDFTable(file: file).table(
            time: time, variables: [.init(.init("x"), column: name)], reading: reading)
    }

    @Test func everyPackingAndEveryFillIsRead() throws {
        // Every value of a byte is in use: bytes have no default fill here.
        for (name, values) in try expected().values where !["fill_i1", "fill_u1"].contains(name) {
            // Numbers of 64 bits without a sign are larger than what is computed with.
            let scale = name.hasSuffix("8") && name.hasPrefix("fill_u") || name == "fill_i8" ? 1e-3 : 1
            let read = try NetCDFTable(file: file).table(
                time: "time", variables: [.init(.init("x"), column: name, scale: scale)], reading: .init()
            ).series(0).map { $0.map { $0 / scale } }
            #expect(read.count == values.count)
            for (read, value) in zip(read, values) {
                if let read, var value {
                    // netCDF4 leaves unsigned bytes as they are; by the NetCDF Users' Guide "_Unsigned"
                    // of "false" makes them signed.
                    if name == "signed_byte", value > 127 { value -= 256 }
                    #expect(abs(read - value) <= 1e-12 * max(1, abs(value)), "\(name)")
                } else {
                    #expect(read == nil && value == nil, "\(name): \(read ?? .nan) \(value ?? .nan)")
                }
            }
        }
    }

    @Test func everyUnitOfTimeIsRead() throws {
        for (name, texts) in try expected().times where name != "offset_utc" {
            let seconds = try table(name, "fill_f8").times.map(\.secondsSince1970)
            let wanted = try texts.map { try #require(Instant(iso8601: $0)).secondsSince1970 }
            #expect(seconds == wanted, "\(name)")
        }
        let halves = try table("halves", "fill_f8").times
        #expect(halves[0] == Instant(year: 1980, month: 1, day: 16, hour: 12))
        #expect(halves[1] == Instant(year: 1980, month: 2, day: 15, hour: 12))
    }

    /// Days of a clock ahead of UTC are that clock's days.
    @Test func anOffsetInUnitsIsAClock() throws {
        let utc = try #require(try expected().times["offset_utc"]).map { try #require(Instant(iso8601: $0)) }
        let daily = try table("offset", "fill_f8", .init(step: TimeStep(1, .day)))
        for (local, utc) in zip(daily.times, utc) { #expect(local.secondsSince1970 == utc.secondsSince1970 + 18_000) }
        #expect(daily.times[0] == Instant(year: 2000, month: 1, day: 2))
    }

    @Test(arguments: ["end", "middle"])
    func aStampBelongsToTheIntervalOfItsBounds(_ time: String) throws {
        let monthly = try table(time, "fill_f8").regular(step: TimeStep(1, .month), aggregation: .none)
        #expect(monthly.times == (1...12).map { Instant(year: 2001, month: $0) })
        #expect(monthly[0, 11] == 11)
        let mean = try table(time, "fill_f8", .init(step: TimeStep(1, .year), isAggregated: true))
            .regular(step: TimeStep(1, .year), aggregation: .mean)
        #expect(mean.times == [Instant(year: 2001)])
        #expect(abs(try #require(mean[0, 0]) - 63.0 / 11) < 1e-12)
    }

    @Test func hiddenValuesOfARangeAreCounted() throws {
        #expect(
            try table("time", "range_packed").warnings == [
                "the valid range of 'range_packed' hides 4 of 12 values"
            ])
        #expect(try table("time", "fill_f8").warnings.isEmpty)
    }

    @Test func oneStationOfSeveralIsSelected() throws {
        let file = Package.path("Tests/Oracles/files_stations.nc")
        func series(_ selection: [String: SelectionLabel]) throws -> [Double?] {
            var mapping = VariableMapping(.init("x"), column: "flow")
            mapping.selection = selection
            return try NetCDFTable(file: file).table(variables: [mapping]).series(0)
        }
        #expect(try series(["station": .text("Bonn"), "level": .text("850")]) == [2, 8, 14, 20])
        #expect(try series(["station_name": .text("Essen"), "level": .text("0.7")]) == [5, 11, 17, 23])
        #expect(try series(["station": .position(1), "level": .position(2)]) == [1, 7, 13, 19])
        func line(_ selection: [String: SelectionLabel]) -> String { inputError { _ = try series(selection) }.line }
        #expect(
            line(["station": .text("Kiel"), "level": .position(1)])
                == "\(file): station: there is no 'Kiel' (expected one of: Koeln, Bonn, Essen)")
        #expect(
            line(["station": .position(4), "level": .position(1)])
                == "\(file): station: there is no position 4 (expected 1 to 3)")
        #expect(
            line(["basin": .position(1)])
                == "\(file): flow: has no dimension 'basin' to select from (expected one of: time, station, level)")
        #expect(line(["station": .position(1)]).contains("has the dimensions (time = 4, station = 3, level = 2)"))
    }
}
