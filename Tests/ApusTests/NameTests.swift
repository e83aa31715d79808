import Foundation
import Testing

/// Names of a configuration that become paths.
@Suite struct NameTests {
    private static let names = [
        "../x", "../../x", "a/b", "a//b", "/tmp/x", ".", "..", "...", " ", "%", "%2F", "a%2Fb", "a.json", "-x", "~",
        "Net", "net", "nét", String(repeating: "n", count: 300), String(repeating: "n", count: 301),
        String(repeating: "ü", count: 200), "a\\tb", "a\\u0001b", "a\\nb", "events.out", "sensitivity", "1",
    ]

    /// All at once: as methods that learn, and as models.
    @Test func namesStayInTheFolder() throws {
        let parent = try Folder()
        try FileManager.default.createDirectory(atPath: "\(parent.path)/a/b/c", withIntermediateDirectories: true)
        var (models, accepted) = ("", [String]())
        for name in Self.names {
            let line = "  - {kind: dictionary, length: 40, name: \"\(name)\"}\n"
            try parent.write(Self.configuration(models: line), to: "a/b/c/one.yaml")
            let ending = try Running(
                Tool.path, ["train", "one.yaml", "-q", "-o", "one", "--force"], in: parent, below: "a/b/c"
            ).wait()
            // A name that is refused is refused in one line.
            if ending.status == 0 { (models, accepted) = (models + line, accepted + [name]) }
            #expect([0, 78].contains(ending.status) && ending.lines.count <= 1, "\(name): \(ending.errors)")
        }
        #expect(accepted.count > 10)
        try parent.write(Self.configuration(models: models), to: "a/b/c/all.yaml")
        let ending = try Running(Tool.path, ["train", "all.yaml", "-q"], in: parent, below: "a/b/c").wait()
        #expect(ending.status == 0, "\(ending.errors)")
        let outside = parent.files(below: ".").filter { !$0.hasPrefix("a/b/c/out") && !$0.hasPrefix("a/b/c/one") }
        #expect(Set(outside) == ["a", "a/b", "a/b/c", "a/b/c/all.yaml"], "\(outside)")
        let files = parent.files(below: "a/b/c/out/models").filter { $0.hasSuffix(".safetensors") }
        #expect(files.count == accepted.count && !files.contains { $0.contains("/") }, "\(files)")
    }

    @Test(arguments: ["../x", "..", ".", "a/b", "/tmp/apus-name-test", String(repeating: "n", count: 300)])
    func theNameOfARunIsAFolderInRuns(_ name: String) throws {
        let folder = try SmallExperiment.folder(
            SmallExperiment.structural.replacingOccurrences(of: "name: small\noutput: out", with: "name: \(name)"))
        let ending = try Tool.run("run", "config.yaml", "--quiet", in: folder)
        #expect(ending.status == 0, "\(ending.errors)")
        let entries = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(entries == ["config.yaml", "data.csv", "runs"])
        let runs = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/runs")
        #expect(runs.count == 1 && folder.holds("runs/\(runs[0])/results.json"), "\(runs)")
    }

    @Test(arguments: ["''", "\"a\\nb\"", "\"a\\u001b[31m\""])
    func aRunNeedsAName(_ name: String) throws {
        let folder = try SmallExperiment.folder(
            SmallExperiment.structural.replacingOccurrences(of: "name: small", with: "name: \(name)"))
        expectFault(
            try Tool.run("run", "config.yaml", "--quiet", in: folder), 78, at: "config.yaml:2:7: name", ["expected"])
    }

    private static func configuration(models: String) -> String {
        """
        experiment: twin
        name: names
        output: out
        model: {name: lorenz96, variables: 8}
        cycles: 20
        spinup: 5
        models:
        \(models)methods: [{method: climatology}]

        """
    }
}
