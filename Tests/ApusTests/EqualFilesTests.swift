import Foundation
import Testing

/// Equal results are equal files: neither time nor paths nor the number of threads stands in them.
@Suite struct EqualFilesTests {
    private static let twin =
        ClaimTests.twin + """
            models:
              - {name: network, kind: dense, length: 200, depth: 1, width: 4, epochs: 2, batch: 16, from: observations}
              - {name: features, kind: random-features, length: 100, features: 10}
            sensitivity: {error: [0.5]}
            robustness: {forcing: [7.5]}
            long_run: 1000

            """

    @Test(arguments: [SmallExperiment.configuration, SmallExperiment.structural, twin])
    func filesOfTwoRunsAreTheSame(_ configuration: String) throws {
        let folder = try SmallExperiment.folder(configuration)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/other", withIntermediateDirectories: true)
        try folder.write(configuration, to: "other/again.yaml")
        try folder.write(SmallExperiment.data, to: "other/data.csv")
        for (file, output, threads) in [("config.yaml", "one", "1"), ("other/again.yaml", "two/deep", "3")] {
            let ending = try Tool.run("run", file, "-q", "-o", output, "--threads", threads, in: folder)
            #expect(ending.status == 0, "\(ending.errors)")
        }
        func files(_ output: String) -> [String] {
            folder.files(below: output).filter { !$0.hasPrefix("stages") && $0 != "run.json" }
        }
        #expect(files("one") == files("two/deep"))
        for name in files("one") where !isFolder("\(folder.path)/one/\(name)") {
            #expect(try folder.read("one/\(name)") == folder.read("two/deep/\(name)"), "\(name)")
        }
        let record = String(decoding: try folder.read("two/deep/run.json"), as: UTF8.self)
        #expect(record.contains("other\\/again.yaml") || record.contains("other/again.yaml"))
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// A compiler that takes its time changes nothing; one that fails is recorded.
    @Test func theCompilerIsWaitedFor() throws {
        let folder = try SmallExperiment.folder()
        let clang = Self.clang()
        func run(_ output: String, _ script: String) throws -> Tool.Ending {
            try folder.write("#!/bin/sh\n\(script)\n", to: "compiler-\(output)")
            chmod("\(folder.path)/compiler-\(output)", 0o755)
            return try Tool.run(
                "run", "config.yaml", "--quiet", "-o", output, in: folder,
                environment: [
                    "APUS_COMPILER": "\(folder.path)/compiler-\(output)",
                    "APUS_CACHE": "\(folder.path)/cache-\(output)",
                ])
        }
        let plain = try Tool.run("run", "config.yaml", "--quiet", "-o", "plain", in: folder)
        let slow = try run("slow", "sleep 1; exec '\(clang)' \"$@\"")
        #expect(plain.status == 0 && slow.status == 0 && slow.errors.isEmpty, "\(slow.errors)")
        for name in ["results.json", "results.nc", "report.html"] {
            #expect(try folder.read("plain/\(name)") == folder.read("slow/\(name)"), "\(name)")
        }
        #expect(
            String(decoding: try folder.read("slow/results.json"), as: UTF8.self).contains("\"engine\": \"compiled\""))

        let failing = try run("failing", "exit 1")
        #expect(failing.status == 0 && failing.lines.count == 1, "\(failing.errors)")
        #expect(failing.errors.contains("interpreted"))
        let results = String(decoding: try folder.read("failing/results.json"), as: UTF8.self)
        #expect(results.contains("\"engine\": \"interpreted\""))
        #expect(
            String(decoding: try folder.read("failing/report.html"), as: UTF8.self).contains("programs interpreted"))
        #expect(String(decoding: try folder.read("failing/run.json"), as: UTF8.self).contains("ended with status 1"))
        // Stages of the interpreter make the results of a process that has a compiler partly the interpreter's.
        unlink("\(folder.path)/failing/results.json")
        #expect(try Tool.run("run", "config.yaml", "--quiet", "-o", "failing", "--resume", in: folder).status == 0)
        #expect(try folder.read("failing/results.json") == Data(results.utf8))
    }

    /// The compiler of the Swift toolchain, or the first on the search path.
    private static func clang() -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for tool in ["swift", "swiftc"] {
            for folder in folders where access("\(folder)/\(tool)", X_OK) == 0 {
                let resolved = URL(fileURLWithPath: "\(folder)/\(tool)").resolvingSymlinksInPath()
                let clang = resolved.deletingLastPathComponent().appendingPathComponent("clang").path
                if access(clang, X_OK) == 0 { return clang }
            }
        }
        return folders.map { "\($0)/clang" }.first { access($0, X_OK) == 0 } ?? "/usr/bin/cc"
    }
}
