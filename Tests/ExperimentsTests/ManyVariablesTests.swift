import Foundation
import Testing

@testable import Experiments

/// Tables of more variables than a choice of memories has times.
@Suite struct ManyVariablesTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "many-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// - Parameter value: of a month and a column, nil where missing.
    private func data(
        columns: Int, months: Int, memory: String, _ value: (Int, Int) -> Double?
    ) throws -> ForecastData {
        let names = (0..<columns).map { "v\($0)" }
        func month(_ t: Int) -> String { "\(2000 + t / 12)-\(t % 12 < 9 ? "0" : "")\(t % 12 + 1)" }
        let rows = (0..<months).map { t in
            ([month(t)] + (0..<columns).map { value(t, $0).map { "\($0)" } ?? "" }).joined(separator: ",")
        }
        try ((["time"] + names).joined(separator: ",") + "\n" + rows.joined(separator: "\n") + "\n").write(
            to: folder.appending(path: "data.csv"), atomically: true, encoding: .utf8)
        let (first, second) = (months * 3 / 5, months * 4 / 5)
        let text = """
            experiment: forecast
            name: many
            data:
              file: data.csv
              time: {column: time}
              step: month
              variables: [\(names.map { "{name: \($0)}" }.joined(separator: ", "))]
            split:
              train: [\(month(0)), \(month(first - 1))]
              validation: [\(month(first)), \(month(second - 1))]
              test: [\(month(second)), \(month(months - 1))]
            target: v0
            forecast: {leads: 6}
            linear: {memory: \(memory), ridge: 1}
            """
        try text.write(to: folder.appending(path: "c.yaml"), atomically: true, encoding: .utf8)
        let experiment = try ExperimentFile(folder.appending(path: "c.yaml").path).experiment
        return try ForecastData(#require(experiment as? ForecastExperiment).configuration)
    }

    private func number(_ t: Int, _ v: Int) -> Double {
        let mixed: Int = t * 7919 + v * 104_729 + (t * v) * 31
        return Double((mixed + t * t * (v + 3)) % 1009) / 100
    }

    /// A Kalman smoother on the state of all lags would have needed 49 GB.
    @Test func memoryIsThatOfTheMissingValues() throws {
        let data = try data(columns: 200, months: 360, memory: "[1, 3, 12]") { t, v in
            (t * 31 + v * 17) % 100 == 3 ? nil : number(t, v)
        }
        #expect(data.series.variables == 200 && data.series.hasGaps)
    }

    @Test(arguments: [10, 50]) func aCopyOfAColumnIsRefused(columns: Int) throws {
        let error = #expect(throws: InputError.self) {
            try data(columns: columns, months: 80, memory: "1") { t, v in
                v == columns - 1 ? 2 * number(t, 3) + 1 : number(t, v)
            }
        }
        let text = error?.description ?? ""
        #expect(text.contains(columns == 10 ? "linear combination" : "follows from 'v3'"), "\(text)")
        #expect(!text.contains("\n"))
    }

    /// With no more members than values of the state the smoother's spread vanishes: it is not shown.
    @Test func aSmootherOfFewMembersHasNoSpread() throws {
        let names = (0..<6).map { "v\($0)" }
        var (rows, state) = ([String](), [Double](repeating: 0, count: 6))
        for t in 0..<180 {
            state = state.indices.map { 0.6 * state[$0] + 0.3 * state[($0 + 1) % 6] + number(t, $0) / 5 - 1 }
            rows.append(
                "\(1990 + t / 12)-\(t % 12 < 9 ? "0" : "")\(t % 12 + 1)," + state.map { "\($0)" }.joined(separator: ",")
            )
        }
        try ((["time"] + names).joined(separator: ",") + "\n" + rows.joined(separator: "\n") + "\n").write(
            to: folder.appending(path: "few.csv"), atomically: true, encoding: .utf8)
        func smootherHasSpread(_ members: Int) throws -> Bool {
            let text = """
                experiment: forecast
                name: few
                data:
                  file: few.csv
                  time: {column: time}
                  step: month
                  variables: [\(names.map { "{name: \($0)}" }.joined(separator: ", "))]
                split: {train: [1990-01, 1998-12], validation: [1999-01, 2001-12], test: [2002-01, 2004-12]}
                target: v0
                forecast: {leads: 2, members: \(members)}
                linear: {memory: 3, ridge: 1}
                """
            let experiment = try ExperimentFile(yaml: text, file: folder.appending(path: "c.yaml").path).experiment
            let claimed = try RunFolder(
                claiming: folder.appending(path: "out\(members)").path, fingerprint: "1", as: .new)
            let results = try experiment.run(in: claimed, options: RunOptions(threads: 2, isQuiet: true))
            let series = try #require((results as? RunResults)?.series.first)
            #expect(series.filterSpread.contains { ($0 ?? 0) > 0 })
            return series.smootherSpread.contains { $0 != nil }
        }
        #expect(try !smootherHasSpread(12))
        #expect(try smootherHasSpread(60))
    }
}
