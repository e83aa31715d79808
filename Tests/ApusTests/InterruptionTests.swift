import Foundation
import Testing

/// A run that is stopped, whenever and however, leaves whole files and goes on to the same results.
@Suite struct InterruptionTests {
    @Test func aStoppedRunGoesOnToTheSameResults() throws {
        let whole = try SmallExperiment.folder()
        let start = Date()
        #expect(try Tool.run("run", "config.yaml", "--quiet", "--threads", "1", in: whole).status == 0)
        let duration = Date().timeIntervalSince(start)
        var random = SystemRandomNumberGenerator()
        for number in [SIGKILL, SIGKILL, SIGKILL, SIGINT, SIGTERM] {
            let moment = Double.random(in: 0.05..<0.95, using: &random) * duration
            try check(number, "after \(moment) of \(duration) s", against: whole) { _ in
                usleep(UInt32(moment * 1e6))
            }
        }
    }

    /// Right after a stage is complete, and right after the first of the results.
    @Test(arguments: ["stages/choice.json", "models/linear.safetensors", "stages/forecasts/none.json", "results.json"])
    func aRunKilledAfterAFileGoesOn(_ name: String) throws {
        let whole = try SmallExperiment.folder()
        #expect(try Tool.run("run", "config.yaml", "--quiet", "--threads", "1", in: whole).status == 0)
        try check(SIGKILL, "after \(name)", against: whole) { folder in
            let limit = Date(timeIntervalSinceNow: 30)
            while !folder.holds("out/\(name)") && Date() < limit { usleep(200) }
        }
    }

    /// A training that is killed goes on from its last checkpoint, and ends with the same numbers.
    @Test func aKilledTrainingGoesOnToTheSameNumbers() throws {
        let models = ["learned-gain", "residual-network"].map { "out/models/\($0).safetensors" }
        func folder() throws -> Folder {
            let folder = try Folder()
            try folder.write(
                """
                experiment: twin
                name: small
                output: out
                setting: sakov2008
                cycles: 120
                spinup: 20
                methods:
                  - {method: learned-gain, scale: 0.02, steps: 300, truncation: 4}
                  - {method: residual-network, width: 8, depth: 2, steps: 600, batch: 16, truncation: 2}

                """, to: "config.yaml")
            return folder
        }
        /// What lies behind the header, which tells the time that it took.
        func numbers(_ name: String, in folder: Folder) throws -> Data {
            let bytes = try folder.read(name)
            let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            return bytes.dropFirst(8 + header)
        }
        let whole = try folder()
        let start = Date()
        #expect(try Tool.run("train", "config.yaml", "--quiet", in: whole).status == 0)
        let duration = Date().timeIntervalSince(start)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3 {
            let killed = try folder()
            let moment = Double.random(in: 0.1..<0.9, using: &random) * duration
            let running = try Tool.start(["train", "config.yaml", "--quiet"], in: killed)
            usleep(UInt32(moment * 1e6))
            running.signal(SIGKILL)
            _ = running.wait()
            let resumed = try Tool.run("train", "config.yaml", "--quiet", "--resume", in: killed)
            #expect(resumed.status == 0, "killed after \(moment) s: \(resumed.errors)")
            for name in models {
                #expect(
                    try numbers(name, in: killed) == numbers(name, in: whole),
                    "killed after \(moment) of \(duration) s: \(name) differs")
            }
        }
    }

    private func check(
        _ number: Int32, _ moment: String, against whole: Folder, waiting: (Folder) -> Void
    ) throws {
        let folder = try SmallExperiment.folder()
        let running = try Tool.start(["run", "config.yaml", "--quiet", "--threads", "1"], in: folder)
        waiting(folder)
        running.signal(number)
        let ending = running.wait()
        #expect(ending.isSignalled || ending.status == 0, "signal \(number) \(moment)")
        #expect(ending.errors.isEmpty, "signal \(number) \(moment): \(ending.errors)")
        expectCompleteFiles(in: folder, allowingTemporary: true)

        let resumed = try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder)
        #expect(resumed.status == 0, "signal \(number) \(moment): \(resumed.errors)")
        expectCompleteFiles(in: folder)
        for name in SmallExperiment.results {
            #expect(
                try folder.read("out/\(name)") == whole.read("out/\(name)"),
                "signal \(number) \(moment): \(name) differs")
        }
    }
}
