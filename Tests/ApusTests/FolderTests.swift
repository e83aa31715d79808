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
        expectFault(try run("--resume"), 73, at: "out: ", ["another configuration, input", "expected --force"])
    }

    @Test func foreignFilesAreLeftAlone() throws {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        try FileManager.default.createDirectory(atPath: "\(folder.path)/out", withIntermediateDirectories: true)
        try folder.write("mine", to: "out/thesis.txt")
        expectFault(
            try Tool.run("run", "config.yaml", in: folder), 73, at: "out: ", ["not empty", "'thesis.txt'", "expected"])
        #expect(folder.files(below: "out") == ["thesis.txt"])
    }

    @Test func aFileInPlaceOfTheFolderIsSaid() throws {
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
    @Test func aFullDiskIsSaidAndLosesNothing() throws {
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
