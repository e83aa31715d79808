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
                let first = try folder.stage("folds/linear 3") { () throws(InputError) in
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
                #expect(claim(path, "one", .force).line.contains("another process is writing"))
                #expect(holder.path == path)
            }
            #expect(
                claim(path, "two", .new).line
                    == "\(path): the folder already holds another run (expected --force or another folder)")
            #expect(claim(path, "one", .new).line.contains("this run (expected --resume, --force or another folder)"))
            #expect(claim(path, "two", .resume).line.contains("another configuration, input or program"))
            #expect(claim(path, "two", .resume).kind?.exitStatus == 73)
            _ = try RunFolder(claiming: path, fingerprint: "one", as: .resume)
            _ = try RunFolder(claiming: path, fingerprint: "two", as: .force)
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
