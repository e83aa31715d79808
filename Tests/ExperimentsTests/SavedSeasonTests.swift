import Foundation
import Learning
import Testing

@testable import Experiments

/// A saved model tells of which time its season is.
@Suite struct SavedSeasonTests {
    private func saved(_ rows: [String], _ keys: String) throws -> ForecasterDescription {
        try withTemporaryFolder { folder in
            try Data(("date,v\n" + rows.joined(separator: "\n") + "\n").utf8).write(
                to: URL(filePath: folder + "/x.csv"))
            let file = try ExperimentFile(
                yaml: """
                    experiment: forecast
                    name: x
                    target: v
                    forecast: {leads: 1, members: 8}
                    cross_validation: {folds: 3}
                    linear: {memory: 1, ridge: 1}
                    assimilation: {filters: etkf}
                    bootstrap: {resamples: 100}
                    \(keys)
                    """, file: folder + "/x.yaml")
            let claimed = try RunFolder(claiming: folder + "/out", fingerprint: "1", as: .new)
            _ = try file.experiment.run(in: claimed, options: RunOptions(threads: 1, isQuiet: true))
            return try ModelFile.read(folder + "/out/models/linear.safetensors").description
        }
    }

    /// Months from an April on: the first phase is the fourth month, and the normal of January is that of January.
    @Test func phasesOfMonths() throws {
        let rows = (3..<147).map { t in
            "\(1990 + t / 12)-\(String(format: "%02d", t % 12 + 1)),\(100 * (t % 12) + Int(10 * ReportFixture.noise(t)))"
        }
        let description = try saved(
            rows,
            """
            data: {file: x.csv, time: {column: date}, step: month, variables: [{name: v}]}
            split: {train: [1990-04, 1996-12], validation: [1997-01, 1998-12], test: [1999-01, 2002-03]}
            """)
        #expect(description.learnedFrom?.start == "1990-04-01" && description.learnedFrom?.step == "month")
        #expect(description.layout.season.period == 12 && description.layout.season.firstPhase == 3)
        for month in 0..<12 {
            #expect(abs(description.climatology.means[month][0] - 100 * Double(month)) < 20, "month \(month)")
        }
    }

    /// Hours with a cycle of a day: where the first hour stands in it.
    @Test func phasesOfHours() throws {
        let rows = (6..<726).map { t in
            let stamp = String(format: "2001-01-%02dT%02d:00", t / 24 + 1, t % 24)
            return "\(stamp),\(5 * sin(2 * Double.pi * Double(t) / 24) + 0.2 * ReportFixture.noise(t))"
        }
        let description = try saved(
            rows,
            """
            data: {file: x.csv, time: {column: date}, step: hour, variables: [{name: v}]}
            season: {day: 1}
            split: {train: [2001-01-01, 2001-01-15], validation: [2001-01-16, 2001-01-22], test: [2001-01-23, \
            2001-01-30]}
            """)
        #expect(description.learnedFrom?.start.hasPrefix("2001-01-01T06:00") == true)
        let cycle = try #require(description.layout.season.cycles.first)
        #expect(abs(cycle.length - 24) < 1e-9 && abs(cycle.start - 0.25) < 1e-9)
    }
}
