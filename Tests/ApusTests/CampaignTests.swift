import Foundation
import Testing

/// Campaigns find faults: each fails with a tool that has one, and passes with one that has none.
@Suite(.enabled(if: Tool.runsLongChecks)) struct CampaignTests {
    @Test(arguments: [
        ("exit 0", Int32(0), "1 complete"),
        ("echo apus: config.yaml: wrong >&2; exit 78", 0, "1 refused"),
        ("kill -SEGV $$", 1, "signal 11"),
        ("sleep 30", 1, "nothing for 6 s"),
        ("echo one >&2; echo two >&2; exit 65", 1, "2 lines"),
        ("exit 1", 1, "status 1"),
        ("exit 65", 1, "0 lines"),
    ])
    func settings(_ script: String, _ status: Int32, _ words: String) throws {
        let folder = try folder(script)
        let ending = try run(["settings", "--count", "1", "--seconds", "1"], in: folder)
        #expect(ending.status == status && ending.output.contains(words), "\(ending.output)\(ending.errors)")
    }

    @Test(arguments: [
        // The same from everyone; another number from those that go on; a refusal to go on.
        ("mkdir -p out; echo 1 > out/results.json", Int32(0), "0 that differ"),
        (
            "mkdir -p out; case $* in *--resume*) echo 2;; *) echo 1;; esac > out/results.json", 1,
            "results.json differs"
        ),
        ("mkdir -p out; echo 1 > out/results.json; case $* in *--resume*) exit 73;; esac", 1, "status 73"),
    ])
    func kills(_ script: String, _ status: Int32, _ words: String) throws {
        let folder = try folder(script)
        let ending = try run(["kills", "--count", "1"], in: folder)
        #expect(ending.status == status && ending.output.contains(words), "\(ending.output)\(ending.errors)")
    }

    /// A folder with a tool of a few words.
    private func folder(_ script: String) throws -> Folder {
        let folder = try Folder()
        try folder.write("#!/bin/sh\n\(script)\n", to: "tool")
        chmod("\(folder.path)/tool", 0o755)
        return folder
    }

    private func run(_ arguments: [String], in folder: Folder) throws -> Tool.Ending {
        try Running(
            Tool.path(of: "Fuzz"), arguments, in: folder, environment: ["FUZZ_TOOL": "\(folder.path)/tool"]
        ).wait()
    }
}
