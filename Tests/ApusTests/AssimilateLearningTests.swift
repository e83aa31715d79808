import Foundation
import Testing

/// Learned methods on a model and observations of one's own, from the command line.
@Suite struct AssimilateLearningTests {
    private static let configuration = """
        experiment: assimilate
        name: own
        model:
          states: [x]
          parameters: {a: {prior: "normal(0.8, 0.1)"}}
          map: {x: a * x}
          start: {x: "normal(0, 2)"}
          error: {x: 1}
        observations: [{file: a.csv, time: {column: t}, of: x, column: x, error: 1}]
        methods: [{method: etkf, members: 20}, {method: learned-inflation, steps: 30}]
        """

    private struct Results: Decodable {
        struct Withheld: Decodable {
            struct Score: Decodable {
                let method: String
                let count: Int
                let crps: Double?
                let coverage: Double?
            }
            let by: String
            let scores: [Score]
        }
        struct Training: Decodable {
            let method: String
            let steps: Int
        }
        let trainings: [Training]
        let withheld: Withheld?
    }

    private func folder() throws -> Folder {
        let folder = try Folder()
        // A column with two gaps.
        let rows = (0..<40).map { time in time % 17 == 5 ? "\(time),\n" : "\(time),\(2 * sin(Double(time)))\n" }
        try folder.write("t,x\n" + rows.joined(), to: "a.csv")
        try folder.write(Self.configuration, to: "own.yaml")
        return folder
    }

    @Test func comparesWhatWasTrained() throws {
        let folder = try folder()
        let training = try Tool.run("train", "own.yaml", "--quiet", "--output", "out", in: folder)
        #expect(training.status == 0 && training.output.contains("learned-inflation"), "\(training.errors)")
        let model = try folder.read("out/models/learned-inflation.safetensors")
        let compared = try Tool.run("compare", "own.yaml", "--quiet", "--output", "out", in: folder)
        #expect(compared.status == 0, "\(compared.errors)")
        #expect(try folder.read("out/models/learned-inflation.safetensors") == model)
        let results = try JSONDecoder().decode(Results.self, from: folder.read("out/results.json"))
        #expect(results.trainings.map(\.method) == ["learned-inflation"])
        let withheld = try #require(results.withheld)
        #expect(withheld.by == "time")
        #expect(withheld.scores.map(\.method) == ["etkf", "learned-inflation", "mean of the values", "last value"])
        #expect(withheld.scores.allSatisfy { $0.crps != nil && $0.count == withheld.scores[0].count })
    }

    @Test func narrowsToMethodsAndRefusesSeeds() throws {
        let folder = try folder()
        let one = try Tool.run(
            "compare", "own.yaml", "--methods", "etkf", "--quiet", "--output", "out", in: folder)
        #expect(one.status == 0 && !one.output.contains("learned-inflation"), "\(one.errors)")
        let unknown = try Tool.run("compare", "own.yaml", "--methods", "eakf", in: folder)
        #expect(unknown.status == 64 && unknown.errors.contains("there is no method 'eakf'"))
        let seeds = try Tool.run("compare", "own.yaml", "--seeds", "3", in: folder)
        #expect(seeds.status == 64 && seeds.errors.contains("--seeds"))
    }
}
