import Foundation
import Testing

/// Nothing that a folder holds is lost to a run that is refused, fails or is killed.
@Suite struct ClaimTests {
    static let twin = """
        experiment: twin
        name: small
        output: out
        model: {name: lorenz96, variables: 8}
        cycles: 40
        spinup: 10
        seeds: {tuning: 1, test: 2}
        methods:
          - {method: etkf, members: 10, inflation: 1.05}
          - {method: learned-gain, scale: 0.02, steps: 16, truncation: 4}

        """

    private func contents(of folder: Folder) -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: folder.files(below: "out").compactMap { name in
                (try? folder.read("out/\(name)")).map { (name, $0) }
            })
    }

    @Test func aComparisonGoesOnFromATraining() throws {
        let folder = try Folder()
        try folder.write(Self.twin, to: "twin.yaml")
        #expect(try Tool.run("train", "twin.yaml", "--quiet", in: folder).status == 0)
        let model = "out/models/learned-gain.safetensors"
        let date =
            try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(model)")[.modificationDate] as? Date
        let trained = try folder.read(model)
        let ending = try Tool.run("compare", "twin.yaml", "--quiet", in: folder)
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
        #expect(try folder.read(model) == trained)
        let after =
            try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(model)")[.modificationDate] as? Date
        #expect(after == date, "the model was written again")

        // Once more, and as a run: the same results, of the same stages.
        let results = try folder.read("out/results.json")
        #expect(try Tool.run("compare", "twin.yaml", "--quiet", in: folder).status == 0)
        #expect(try Tool.run("run", "twin.yaml", "--quiet", "--resume", in: folder).status == 0)
        #expect(try folder.read("out/results.json") == results)

        // Results of a part are other results.
        for arguments in [["--methods", "etkf"], ["--seeds", "1"]] {
            let ending = try Tool.start(["compare", "twin.yaml", "--quiet"] + arguments, in: folder).wait()
            expectFault(ending, 73, at: "out: ", ["other methods or seeds", "expected --force or another folder"])
        }
        // Another configuration is another run.
        try folder.write(Self.twin + "seed: 2\n", to: "twin.yaml")
        expectFault(
            try Tool.run("compare", "twin.yaml", "--quiet", in: folder), 73, at: "out: ", ["another configuration"])
        #expect(try folder.read("out/results.json") == results && folder.read(model) == trained)
    }

    /// A part goes on from the training too, and has the scores that it has in the whole.
    @Test func aPartOfAComparisonGoesOnFromATraining() throws {
        let folder = try Folder()
        try folder.write(Self.twin, to: "twin.yaml")
        #expect(try Tool.run("train", "twin.yaml", "--quiet", in: folder).status == 0)
        let trained = try folder.read("out/models/learned-gain.safetensors")
        #expect(try Tool.run("compare", "twin.yaml", "--quiet", "--methods", "learned-gain", in: folder).status == 0)
        #expect(try folder.read("out/models/learned-gain.safetensors") == trained)
        expectFault(
            try Tool.run("compare", "twin.yaml", "--quiet", in: folder), 73, at: "out: ", ["other methods or seeds"])
    }

    /// One case for each moment at which a run is refused.
    @Test(arguments: [
        ("seed: 7", "seed: -7"), ("target: a", "target: c"), ("file: data.csv", "file: none.csv"),
        ("{name: b, units: degC}", "{name: c}"), ("2009-12", "2019-12"), ("memory: [1, 2]", "memory: [200]"),
        ("outage: {variable: a, period: [2005-03, 2006-02]}", "outage: {variable: a, period: [2031-03, 2032-02]}"),
    ])
    func aRefusedRunClaimsNothing(_ old: String, _ new: String) throws {
        let folder = try SmallExperiment.folder(
            SmallExperiment.configuration.replacingOccurrences(of: old, with: new)
                .replacingOccurrences(of: "output: out", with: "output: out/below/it"))
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status != 0)
        #expect(!folder.holds("out"), "\(folder.files(below: "out"))")

        // A run that is there stays complete under --force, whatever refuses the new one.
        try folder.write(SmallExperiment.structural, to: "good.yaml")
        #expect(try Tool.run("run", "good.yaml", "--quiet", in: folder).status == 0)
        let before = contents(of: folder)
        let ending = try Tool.run("run", "config.yaml", "--quiet", "--force", "-o", "out", in: folder)
        #expect(ending.status != 0 && ending.lines.count == 1)
        #expect(contents(of: folder) == before)
        #expect(try Tool.run("run", "good.yaml", "--quiet", "--resume", in: folder).status == 0)
    }

    /// Whenever it is killed, `--force` leaves the old run or one that goes on to the new results.
    @Test func aKilledReplacementLeavesAWholeRun() throws {
        let other = SmallExperiment.structural.replacingOccurrences(of: "harmonics: [1]", with: "harmonics: [2]")
        let whole = try SmallExperiment.folder(other)
        let start = Date()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: whole).status == 0)
        let duration = Date().timeIntervalSince(start)
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        try folder.write(other, to: "other.yaml")
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        try folder.write("mine", to: "out/models.txt")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/out/models", withIntermediateDirectories: true)
        try folder.write("mine", to: "out/models/notes.txt")
        let old = try folder.read("out/results.json")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<6 {
            let running = try Tool.start(["run", "other.yaml", "--quiet", "--force"], in: folder)
            let moment = Double.random(in: 0.3..<1, using: &random) * duration
            usleep(UInt32(moment * 1e6))
            running.signal(SIGKILL)
            _ = running.wait()
            let resumed = try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder)
            if resumed.status == 0 {
                #expect(try folder.read("out/results.json") == old, "killed after \(moment) of \(duration) s")
            } else {
                let goesOn = try Tool.run("run", "other.yaml", "--quiet", "--resume", in: folder)
                #expect(goesOn.status == 0, "killed after \(moment) of \(duration) s: \(goesOn.errors)")
                #expect(try folder.read("out/results.json") == whole.read("out/results.json"))
            }
            #expect(try folder.read("out/models.txt") == Data("mine".utf8))
        }
        #expect(try Tool.run("run", "config.yaml", "--quiet", "--force", in: folder).status == 0)
        #expect(try folder.read("out/results.json") == old)
        #expect(try folder.read("out/models/notes.txt") == Data("mine".utf8))
        #expect(!folder.files(below: "out").contains { $0.hasPrefix(".") })
    }

    /// The program is copied with a byte more: another build of the same version.
    @Test func anotherProgramGoesOnOnlyIfAsked() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        let results = try folder.read("out/results.json")
        for name in ["report.html", "results.json"] { unlink("\(folder.path)/out/\(name)") }
        try folder.write(FileManager.default.contents(atPath: Tool.path).map { $0 + [0] } ?? Data(), to: "apus")
        chmod("\(folder.path)/apus", 0o755)
        func other(_ arguments: String...) throws -> Tool.Ending {
            try Running("\(folder.path)/apus", ["run", "config.yaml", "--quiet"] + arguments, in: folder).wait()
        }
        expectFault(try other("--resume"), 73, at: "out: ", ["another program", "--resume with --other-program"])
        expectFault(try other("--other-program"), 64, at: "--other-program: ", ["expected --resume"])
        #expect(!folder.holds("out/results.json"))
        let ending = try other("--resume", "--other-program")
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
        #expect(try folder.read("out/results.json") == results)
        let record = String(decoding: try folder.read("out/run.json"), as: UTF8.self)
        #expect(record.components(separatedBy: "\"hash\"").count == 3, "both programs are recorded")
    }

    @Test func aFolderOfVersion010IsRefused() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/out/stages", withIntermediateDirectories: true)
        try folder.write("{\"fingerprint\":\"0123456789abcdef\"}", to: "out/run.json")
        expectFault(
            try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder), 73, at: "out: ",
            ["earlier version", "expected --force"])
        #expect(try Tool.run("run", "config.yaml", "--quiet", "--force", in: folder).status == 0)
    }
}
