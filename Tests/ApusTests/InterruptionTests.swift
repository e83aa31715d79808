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
