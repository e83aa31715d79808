import Foundation
import Testing

/// The output folder: whose it is, and what happens when it cannot be written.
@Suite struct FolderTests {
    @Test func aFolderHoldsOneRun() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        func run(_ arguments: String...) throws -> Tool.Ending {
            try Tool.start(["run", "config.yaml", "--quiet"] + arguments, in: folder).wait()
        }
        #expect(try run().status == 0)
        let first = try folder.read("out/results.json")
        expectFault(try run(), 73, at: "out: ", ["already holds this run", "expected", "--resume", "--force"])
        #expect(try run("--resume").status == 0)
        #expect(try folder.read("out/results.json") == first)
        #expect(try run("--force").status == 0)
        #expect(try folder.read("out/results.json") == first)

        try folder.write(SmallExperiment.structural + "seed: 5\n", to: "config.yaml")
        expectFault(try run(), 73, at: "out: ", ["another run", "expected --force"])
        expectFault(try run("--resume"), 73, at: "out: ", ["another configuration", "expected --force"])
        #expect(try folder.read("out/results.json") == first)

        try folder.write(SmallExperiment.structural, to: "config.yaml")
        try folder.write(SmallExperiment.data(column: 3) { $0 == 7 ? "0" : $1 }, to: "data.csv")
        expectFault(try run("--resume"), 73, at: "out: ", ["another configuration or input", "expected --force"])
    }

    @Test func foreignFilesAreLeftAlone() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/out", withIntermediateDirectories: true)
        try folder.write("mine", to: "out/thesis.txt")
        expectFault(
            try Tool.run("run", "config.yaml", in: folder), 73, at: "out: ", ["not empty", "'thesis.txt'", "expected"])
        #expect(folder.files(below: "out") == ["thesis.txt"])
    }

    @Test func fileInPlaceOfTheFolderIsReported() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        for output in ["config.yaml", "config.yaml/out"] {
            let ending = try Tool.run("run", "config.yaml", "--quiet", "-o", output, in: folder)
            expectFault(ending, 73, at: output, ["cannot"])
        }
        #expect(try folder.read("config.yaml") == Data(SmallExperiment.structural.utf8))
    }

    @Test(.enabled(if: geteuid() != 0, "permissions do not bind the superuser"))
    func aFolderWithoutPermissionIsSaid() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        expectFault(try Tool.run("run", "config.yaml", "--quiet", in: folder), 77, at: "out", ["cannot"])
    }

    /// The system's limit on the size of files stands for a disk that is full: a write fails in the middle.
    @Test func fullDiskIsReportedAndLosesNothing() throws {
        let folder = try SmallExperiment.folder()
        let command = "trap '' XFSZ; ulimit -f 400; exec \"\(Tool.path)\" run config.yaml --quiet"
        let ending = try Running("/bin/sh", ["-c", command], in: folder).wait()
        expectFault(ending, 74, at: "out/", ["cannot write"])
        expectCompleteFiles(in: folder)
        #expect(!folder.holds("out/results.json"))
        #expect(try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder).status == 0)
        let whole = try SmallExperiment.folder()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: whole).status == 0)
        #expect(try folder.read("out/results.json") == whole.read("out/results.json"))
    }
}

extension FolderTests {
    /// A limit for each of the files that a run writes: one line, nothing half written, and `--resume` goes on.
    @Test func fullDiskAtAnyFileIsReported() throws {
        let whole = try SmallExperiment.folder(SmallExperiment.structural)
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: whole).status == 0)
        let sizes = try whole.files(below: "out").compactMap { name -> Int? in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(whole.path)/out/\(name)")
            return attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int : nil
        }
        // In blocks of 512 bytes: a little less than each file.
        let limits = Set(sizes.map { ($0 - 1) / 512 }).filter { $0 > 0 }
        #expect(limits.count >= 4)
        for limit in limits.sorted() {
            let folder = try SmallExperiment.folder(SmallExperiment.structural)
            // The signal has its default: the tool itself ignores it.
            let command = "ulimit -f \(limit); exec \"\(Tool.path)\" run config.yaml --quiet"
            let ending = try Running("/bin/sh", ["-c", command], in: folder).wait()
            #expect(
                ending.status == 74 && !ending.isSignalled && ending.lines.count == 1
                    && ending.errors.hasPrefix("apus: out/") && ending.errors.contains("cannot write"),
                "\(limit): \(ending.status) \(ending.errors)")
            expectCompleteFiles(in: folder)
            #expect(try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder).status == 0)
            #expect(try folder.read("out/results.json") == whole.read("out/results.json"), "\(limit)")
        }
    }

    /// Outputs that cannot be: a link to itself, a link to nothing, a file on the way, a name that is too long.
    @Test func impossibleOutputFolderIsReported() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        symlink("loop", "\(folder.path)/loop")
        symlink("nowhere", "\(folder.path)/dangling")
        for (output, status) in [
            ("loop", Int32(73)), ("loop/below", 73), ("dangling", 73), ("config.yaml/below/it", 73),
            (String(repeating: "n", count: 300), 73), ("new/\(String(repeating: "n", count: 300))", 73),
            ("/proc/x", 73),
            ("/sys/x", 73),
        ] {
            let ending = try Tool.run("run", "config.yaml", "--quiet", "-o", output, in: folder)
            #expect([status, 77].contains(ending.status) && ending.lines.count == 1, "\(output): \(ending.errors)")
            #expect(ending.errors.contains("cannot"), "\(ending.errors)")
        }
        #expect(folder.files(below: ".") == ["config.yaml", "dangling", "data.csv", "loop"])
    }

    @Test(arguments: ["/dev/zero", "/dev/null", "/dev/tty"])
    func aDeviceIsNoInput(_ device: String) throws {
        let folder = try SmallExperiment.folder(
            SmallExperiment.structural.replacingOccurrences(of: "file: data.csv", with: "file: \(device)"))
        for arguments in [["run", "config.yaml"], ["run", device], ["forecast", device, "config.yaml"]] {
            let ending = try Tool.start(arguments, in: folder).wait()
            #expect(ending.status == 66 && ending.lines.count == 1, "\(arguments): \(ending.errors)")
        }
    }
}

/// Every file below `out` is whole, and no temporary one is left behind.
func expectCompleteFiles(
    in folder: Folder, allowingTemporary: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
) {
    for name in folder.files(below: "out") {
        let file = name.split(separator: "/").last.map(String.init) ?? name
        if file.hasPrefix(".") {
            #expect(allowingTemporary && file.hasSuffix(".apus-temporary"), "\(name)", sourceLocation: sourceLocation)
            continue
        }
        guard name.hasSuffix(".json"), let data = try? folder.read("out/\(name)") else { continue }
        #expect(
            (try? JSONSerialization.jsonObject(with: data)) != nil, "\(name) is torn", sourceLocation: sourceLocation)
    }
    if let page = try? folder.read("out/report.html") {
        #expect(
            String(decoding: page, as: UTF8.self).hasSuffix("</html>\n"), "report.html is torn",
            sourceLocation: sourceLocation)
    }
}
