import Foundation
import Testing

@testable import Experiments
@testable import Studies

/// Systems that a column tells apart are each what they are by themselves.
@Suite struct EachTests {
    private static func text(_ more: String) -> String {
        """
        model:
          states: [level, wave, other]
          map: {level: level, wave: 0.8 * wave + 0.6 * other, other: 0.8 * other - 0.6 * wave}
          time_unit: hour
          start: {time: 2020-01-01, level: "normal(10, 5)", wave: "normal(0, 3)", other: "normal(0, 3)"}
          error: {level: 0.2, wave: 0.05, other: 0.05}
        observations:
          - {file: t.csv, time: {column: time}, of: level + wave, column: t, error: 0.4, valid: [-50, 60]\(more)}
        methods: [{method: kalman}]
        forecast: {leads: 2}
        """
    }
    private static let rows: [(station: String, hour: Int, value: String)] = (0..<31).flatMap { hour in
        ["A", "B", "C"].enumerated().compactMap { place, station in
            (hour + 3 * place) % 7 == 0
                ? nil
                : (station, hour, hour == 11 ? "99" : "\(10 + 3 * place + (hour * (place + 2)) % 5)")
        }
    }
    private static let table =
        "station,time,t\n"
        + rows.map {
            String(format: "%@,2020-01-%02dT%02d:00,%@\n", $0.station, $0.hour / 24 + 1, $0.hour % 24, $0.value)
        }
        .joined()

    @Test func eachSystemIsAsByItself() throws {
        let (labels, file, means) = try withTemporaryFolder { folder in
            try Data(Self.table.utf8).write(to: URL(filePath: folder + "/t.csv"))
            let file = try ExperimentFile(
                yaml: AssimilationRun.header + Self.text("") + "\neach: station", file: folder + "/own.yaml")
            let claimed = try RunFolder(claiming: folder + "/out", fingerprint: "1", as: .new)
            let found = try file.experiment.run(in: claimed, options: RunOptions(threads: 1, isQuiet: true))
            let netCDF = try found.netCDF()
            func numbers(_ name: String) throws -> [Double] {
                guard case .numbers(let values) = try #require(netCDF.variable(name)).values else { return [] }
                return values
            }
            guard case .texts(let labels) = try #require(netCDF.variable("system")).values else {
                throw InputError(.data, at: nil, "systems without names")
            }
            return (
                labels, try numbers("log_likelihood"), [try numbers("analysis_mean"), try numbers("smoothed_spread")]
            )
        }
        #expect(labels.sorted() == ["A", "B", "C"])
        for (place, station) in labels.enumerated() {
            let own = try AssimilationRun(Self.text(", select: {station: \(station)}"), files: ["t.csv": Self.table])
                .results
            #expect(abs(try #require(own.methods[0].logLikelihood) - file[place]) < 1e-9)
            let series = own.series[0]
            let count = own.times.count * 3
            #expect(count == means[0].count / 3)
            for (whole, alone) in zip(means, [series.analysis?.mean ?? [], series.smoothed?.deviation ?? []]) {
                let part = whole[(place * count)..<((place + 1) * count)]
                #expect(zip(part, alone).allSatisfy { abs($0 - $1) < 1e-8 })
            }
        }
    }
}
