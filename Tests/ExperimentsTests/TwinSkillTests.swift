import Studies
import Testing

@testable import Experiments

/// The skill of a forecast model that outlives its longest forecast is a lower bound, and is shown as one.
@Suite struct TwinSkillTests {
    @Test func skillThatIsCutIsALowerBound() throws {
        let file = try ExperimentFile(
            yaml: """
                experiment: twin
                name: skill
                model: {variables: 12, step: 0.05}
                cycles: 300
                spinup: 10
                seeds: {test: 1}
                models:
                  - {name: right, kind: physical, physics: {forcing: 8}}
                  - {name: wrong, kind: physical, physics: {forcing: 5}}
                long_run: 1000
                methods: [{method: climatology}]
                """, file: "skill.yaml")
        try withTemporaryFolder { folder in
            let claimed = try RunFolder(claiming: folder + "/out", fingerprint: "1", as: .new)
            let results = try #require(
                file.experiment.run(in: claimed, options: RunOptions(threads: 2, isQuiet: true)) as? TwinResults)
            let growth = try #require(results.models[0].exponents.first.flatMap { $0 })
            let right = try #require(results.models.first { $0.name == "right" })
            let wrong = try #require(results.models.first { $0.name == "wrong" })
            // The model of the truth forecasts it to its end, the first lead beyond six Lyapunov times.
            let end = (6 / (growth * 0.05)).rounded(.up) * 0.05 * growth
            #expect(right.skillIsLeast && right.forecast.allSatisfy { ($0 ?? 1) < 1e-9 })
            #expect(abs(try #require(right.skill) - end) < 1e-9)
            #expect(!wrong.skillIsLeast && (wrong.skill ?? 9) < 4)
            let text = results.modelTable(growth).rendered(color: false)
            #expect(text.contains("> \(NumberText.fixed(end, decimals: 2))"), "\(text)")
            #expect(text.components(separatedBy: "> ").count == 2)
        }
    }
}
