import Foundation
import Testing

@testable import Experiments

@Suite struct FilesRunFolderTests {
    private struct Fit: Codable, Equatable {
        var name: String
        var coefficients: [Double]
        var missing: Double?
    }

    @Test func atomicWritesReplaceTheWholeFile() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.txt"
            try AtomicFile.write("one", to: path)
            try AtomicFile.write("two", to: path)
            #expect(try InputFile.text(path) == "two")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
            #expect(inputError { try AtomicFile.write("x", to: folder + "/none/a.txt") }.kind == .cannotCreate)
            // A folder in the way: the temporary file is gone afterwards.
            try FileManager.default.createDirectory(atPath: folder + "/b", withIntermediateDirectories: false)
            #expect(inputError { try AtomicFile.write("x", to: folder + "/b") }.kind == .cannotCreate)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.txt", "b"])
        }
    }

    #if os(Linux)
        @Test func aFullDiskIsAClearError() throws {
            let descriptor = open("/dev/full", O_WRONLY)
            try #require(descriptor >= 0)
            let error = inputError { try AtomicFile.fill(descriptor, with: [1, 2, 3], path: "out/results.nc") }
            #expect(error.line == "out/results.nc: cannot write the file: No space left on device")
            #expect(error.kind?.exitStatus == 74)
        }
    #endif

    @Test func numbersComeBackBitForBit() throws {
        var random = SplitMix(state: 3)
        var numbers = [
            0.0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1e23,
        ]
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            if number.isFinite { numbers.append(number) }
        }
        let read = try #require(ExactJSON.decode([Double].self, from: ExactJSON.encode(numbers)))
        #expect(read.map(\.bitPattern) == numbers.map(\.bitPattern))
        #expect(try #require(ExactJSON.decode([Double].self, from: ExactJSON.encode([Double.nan])))[0].isNaN)
    }

    @Test func completeStagesAreNotComputedAgain() throws {
        try withTemporaryFolder { parent in
            let path = parent + "/out/run"
            let fit = Fit(name: "ü", coefficients: [0.1, -0.0, .nan].map { $0 / 3 }, missing: nil)
            func run(_ claim: RunFolder.Claim, computed: inout [String]) throws -> [Double] {
                let folder = try RunFolder(claiming: path, fingerprint: "f1", as: claim)
                var names: [String] = []
                let first = try folder.stage("folds", "linear 3") { () throws(InputError) in
                    names.append("a")
                    return fit
                }
                let second = try folder.stage("../x") { () throws(InputError) in
                    names.append("b")
                    return 1.5
                }
                #expect(folder.holdsStage("../x") && !folder.holdsStage("x"))
                computed += names
                return first.coefficients + [second]
            }
            var computed: [String] = []
            let fresh = try run(.new, computed: &computed)
            #expect(computed == ["a", "b"])
            let resumed = try run(.resume, computed: &computed)
            #expect(computed == ["a", "b"])
            #expect(fresh.dropFirst(0).prefix(2).map(\.bitPattern) == resumed.prefix(2).map(\.bitPattern))
            // A stage that a crash of the disk tore is computed again; so is everything with --force.
            try AtomicFile.write("{\"name\":", to: path + "/stages/folds/linear%203.json")
            _ = try run(.resume, computed: &computed)
            #expect(computed == ["a", "b", "a"])
            _ = try run(.force, computed: &computed)
            #expect(computed == ["a", "b", "a", "a", "b"])
        }
    }

    @Test func aFailedStageLeavesNothing() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder(claiming: path, fingerprint: "f", as: .new)
            let error = inputError {
                _ = try folder.stage("s") { () throws(InputError) -> Int in throw InputError(.data, at: nil, "bad") }
            }
            #expect(error.line == "bad" && !folder.holdsStage("s"))
        }
    }

    @Test func anotherRunIsNotOverwritten() throws {
        func claim(_ path: String, _ fingerprint: String, _ claim: RunFolder.Claim) -> (
            line: String, kind: InputError.Kind?
        ) {
            inputError { _ = try RunFolder(claiming: path, fingerprint: fingerprint, as: claim) }
        }
        try withTemporaryFolder { path in
            do {
                let holder = try RunFolder(claiming: path, fingerprint: "one", as: .new)
                try holder.write([1], to: "report.html")
                #expect(claim(path, "one", .force).line.contains("another process is writing"))
                #expect(holder.path == path)
            }
            #expect(
                claim(path, "two", .new).line
                    == "\(path): the folder already holds another run (expected --force or another folder)")
            #expect(claim(path, "one", .new).line.contains("this run (expected --resume, --force or another folder)"))
            #expect(claim(path, "two", .resume).line.contains("another configuration or input"))
            #expect(claim(path, "two", .resume).kind?.exitStatus == 73)
            _ = try RunFolder(claiming: path, fingerprint: "one", as: .resume)
            try RunFolder(claiming: path, fingerprint: "two", as: .force).finish()
            #expect(claim(path, "one", .resume).kind == .cannotCreate)
            // What a kill left half written goes.
            let torn = path + "/.results.nc.x1" + AtomicFile.temporarySuffix
            try AtomicFile.write("half", to: torn)
            _ = try RunFolder(claiming: path, fingerprint: "two", as: .resume)
            #expect(access(torn, F_OK) != 0)
        }
        try withTemporaryFolder { path in
            try AtomicFile.write("mine", to: path + "/notes.txt")
            #expect(
                claim(path, "one", .new).line
                    == "\(path): the folder is not empty: it holds 'notes.txt' (expected --force or another folder)")
            #expect(claim(path + "/notes.txt", "one", .new).kind == .cannotCreate)
            _ = try RunFolder(claiming: path, fingerprint: "one", as: .force)
            #expect(try InputFile.text(path + "/notes.txt") == "mine")
        }
    }

    /// The states of a folder in which a process that replaces a run may be killed, and the run that is whole in each.
    @Test(arguments: [
        (["run.json", "results.json"], ["stages"], [], "old"),
        (["run.json", "results.json", "stages"], [], [], "old"),
        (["run.json"], ["results.json", "stages"], [], "old"),
        (["run.json", "results.json", "stages"], ["run.json", "models"], [], "new"),
        (["run.json", "results.json", "stages"], [], ["run.json", "models"], "old"),
        (["run.json", "results.json", "stages"], ["models", "report.html"], ["run.json"], "old"),
        ([], ["run.json", "results.json"], ["stages", "models"], "new"),
        ([], ["run.json"], [], "new"),
    ])
    func aKilledReplacementIsUndoneOrGoesOn(
        _ aside: [String], _ inPlace: [String], _ discarded: [String], _ whole: String
    ) throws {
        try withTemporaryFolder { path in
            let program = ProgramIdentity.running
            func put(_ names: [String], _ folder: String, _ run: String) throws {
                if names.isEmpty { return }
                try FolderLock.makeFolder(path + folder)
                for name in names {
                    switch name {
                    case "run.json":
                        let marker = RunMarker(fingerprint: run, program: program)
                        try AtomicFile.write(ExactJSON.encode(marker), to: path + folder + "/" + name)
                    case "stages", "models":
                        try FolderLock.makeFolder(path + folder + "/" + name)
                        try AtomicFile.write(run, to: path + folder + "/" + name + "/\(run).json")
                    default: try AtomicFile.write(run, to: path + folder + "/" + name)
                    }
                }
            }
            try put(aside, "/.replaced-run", "old")
            // What is not aside is still the old run's where the new one has no marker yet and nothing is discarded.
            try put(inPlace, "", aside.isEmpty || inPlace.contains("run.json") || !discarded.isEmpty ? "new" : "old")
            try put(discarded, "/.discarded-run", "gone")
            do {
                let folder = try RunFolder(claiming: path, fingerprint: whole, as: .resume)
                #expect(
                    FilePath.exists(folder.path("results.json"))
                        == (aside.contains("results.json") && whole == "old" || inPlace.contains("results.json")))
            }
            let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            #expect(!names.contains { $0.contains("discarded") || $0.contains("gone") }, "\(names)")
            if whole == "old" {
                let others = names.filter { $0.hasSuffix("new.json") || $0.hasPrefix(".replaced") }
                #expect(others == [] && names.contains("run.json"), "\(names)")
                if aside.contains("results.json") {
                    #expect(try InputFile.text(path + "/results.json") == "old")
                }
            }
        }
    }

    @Test func aReplacedRunStaysUntilTheNewOneIsWhole() throws {
        try withTemporaryFolder { path in
            func run(_ fingerprint: String, _ claim: RunFolder.Claim, finishes: Bool) throws {
                let folder = try RunFolder(claiming: path, fingerprint: fingerprint, as: claim)
                _ = try folder.stage("s") { fingerprint }
                try folder.write(Array(fingerprint.utf8), to: "models/\(fingerprint).safetensors")
                try folder.write(Array(fingerprint.utf8), to: "results.json")
                if finishes { try folder.finish() }
            }
            try run("one", .new, finishes: true)
            // A claim alone changes nothing.
            do { _ = try RunFolder(claiming: path, fingerprint: "two", as: .force) }
            #expect(try InputFile.text(path + "/results.json") == "one")
            _ = try RunFolder(claiming: path, fingerprint: "one", as: .resume)
            // A new run that did not finish is replaced; the one that was whole stays aside.
            try run("two", .force, finishes: false)
            try run("three", .force, finishes: false)
            #expect(try InputFile.text(path + "/.replaced-run/results.json") == "one")
            #expect(!FilePath.exists(path + "/models/two.safetensors"))
            try run("three", .resume, finishes: true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/models") == ["three.safetensors"])
            #expect(!FilePath.exists(path + "/.replaced-run") && !FilePath.exists(path + "/.discarded-run"))
        }
    }

    @Test func namesOfFilesAreInjectiveAndStayInTheirFolder() {
        let texts =
            [
                "", ".", "..", "...", "a/b", "a%2Fb", "a.b", ".a", "%", "%25", " ", "ü", "u\u{308}", "\n", "\0", "~",
                "A", "a",
            ]
            + [99, 100, 101, 120, 121, 300].flatMap { count in
                ["n", "N", "ü", "/"].map { String(repeating: $0, count: count) }
            }
            + (0..<20).map { String(repeating: "n", count: 200) + "\($0)" }
        let names = texts.map { FilePath.component($0) }
        #expect(Set(names).count == texts.count)
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.%~")
        for (text, name) in zip(texts, names) {
            #expect(name.allSatisfy(plain.contains) && !name.hasPrefix(".") && !name.isEmpty && name.utf8.count <= 120)
            #expect(
                text.contains { !plain.contains($0) } || text.count > 120 || text.hasPrefix(".") || text.contains("%")
                    || text.isEmpty || text.contains("~") || name == text)
        }
    }

    @Test func stagesAreSealed() throws {
        let fit = Fit(name: "x", coefficients: [1.5, -2], missing: nil)
        let bytes = StageFile.encode(fit, .compiled, name: "a")
        func value(_ bytes: [UInt8], name: String = "a") -> Fit? {
            guard case .value(let value, _) = StageFile.decode(bytes, name: name, as: Fit.self) else { return nil }
            return value
        }
        #expect(value(bytes) == fit && value(bytes, name: "b") == nil)
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << bit
                #expect(value(damaged) == nil, "byte \(place), bit \(bit)")
            }
            #expect(value(Array(bytes[..<place])) == nil)
        }
        #expect(value(bytes + [10]) == nil)
    }

    @Test func fingerprintsTellPartsApart() {
        func fingerprint(_ parts: String...) -> String {
            var fingerprint = Fingerprint()
            for part in parts { fingerprint.combine(part) }
            return "\(fingerprint)"
        }
        #expect(
            Set([fingerprint("ab", "c"), fingerprint("a", "bc"), fingerprint("abc"), fingerprint("c", "ab")]).count == 4
        )
        #expect(fingerprint("ab", "c") == fingerprint("ab", "c"))
        #expect(fingerprint("ab").count == 16)
    }
}
