import Foundation
import Testing

@Suite struct RunTests {
    private struct Results: Decodable {
        struct Score: Decodable {
            let method: String
            let variable: String
            let lead: Int
            let split: String
            let gaps: String
            let score: String
            let value: Double?
            let count: Int
        }
        let chosen: String
        let scores: [Score]
    }

    @Test func aRunWritesEverythingItPromises() throws {
        let folder = try SmallExperiment.folder()
        let ending = try Tool.run("run", "config.yaml", in: folder)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains("RMSE") && ending.output.contains("out/report.html"))
        // Progress is plain lines where standard error is no terminal, and nothing else is said.
        #expect(!ending.errors.contains("\u{1B}") && !ending.errors.contains("\r") && !ending.errors.contains("apus:"))
        for name in SmallExperiment.results { #expect(folder.holds("out/\(name)"), "\(name)") }

        let bytes = try folder.read("out/results.json")
        let results = try JSONDecoder().decode(Results.self, from: bytes)
        #expect(Set(results.scores.map(\.gaps)) == ["none", "random", "outage"])
        let names = Set(results.scores.map(\.score))
        #expect(names.isSuperset(of: ["rmse", "crps", "coverage90", "correlation", "spread_error_ratio"]))
        #expect(results.scores.contains { $0.method == results.chosen && $0.split == "test" && $0.lead == 3 })
        #expect(results.scores.allSatisfy { $0.value != nil && $0.count > 0 })
        // 4 baselines and 3 models in 2 filters; 2 variables, 3 leads, 3 ways of gaps.
        #expect(results.scores.count == 10 * 2 * 3 * 3 * names.count)

        let plain = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        let scores = try #require(plain["scores"] as? [[String: Any]])
        let keys: Set = ["method", "variable", "lead", "split", "gaps", "score", "value", "low", "high", "count"]
        #expect(scores.allSatisfy { Set($0.keys) == keys })
        #expect(plain["chosen"] is String)
    }

    @Test func theSeedAloneDecidesEveryByte() throws {
        let folder = try SmallExperiment.folder()
        try folder.write(
            SmallExperiment.configuration.replacingOccurrences(of: "seed: 7", with: "seed: 8"), to: "other.yaml")
        for (output, threads) in [("one", "1"), ("two", "2")] {
            let ending = try Tool.run("run", "config.yaml", "-q", "-o", output, "--threads", threads, in: folder)
            #expect(ending.status == 0, "\(ending.errors)")
        }
        let again = try Tool.run(
            "run", "config.yaml", "--quiet", "--output", "three", in: folder, environment: ["APUS_THREADS": "3"])
        #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
        for name in SmallExperiment.results {
            let first = try folder.read("one/\(name)")
            #expect(try first == folder.read("two/\(name)") && first == folder.read("three/\(name)"), "\(name)")
        }
        #expect(try Tool.run("run", "other.yaml", "--quiet", "--output", "other", in: folder).status == 0)
        #expect(try folder.read("one/results.json") != folder.read("other/results.json"))
        #expect(try folder.read("one/models/network.safetensors") != folder.read("other/models/network.safetensors"))
    }

    @Test func resultsAsJSONAreThoseOfTheFile() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        let ending = try Tool.run("run", "config.yaml", "--quiet", "--json", in: folder)
        #expect(ending.status == 0, "\(ending.errors)")
        let told = Data(ending.output.utf8)
        #expect(try told.starts(with: folder.read("out/results.json").dropLast()))
    }

    @Test func aVariableThatIsMissingInTheTestHasScoresOfNothing() throws {
        let data = SmallExperiment.data(column: 3) { row, text in row < 168 ? text : "" }
        let folder = try SmallExperiment.folder(data: data)
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        let results = try JSONDecoder().decode(Results.self, from: folder.read("out/results.json"))
        #expect(results.scores.allSatisfy { ($0.value == nil) == ($0.variable == "b") })
        #expect(results.scores.allSatisfy { ($0.count == 0) == ($0.variable == "b") })
        #expect(!String(decoding: try folder.read("out/results.json"), as: UTF8.self).contains("NaN"))
    }
}
