import Foundation
import Testing

/// A change of one key: the parts of a small configuration before and after it.
struct KeyChange: Sendable, CustomTestStringConvertible {
    let path: String
    let before: String
    let after: String

    init(_ path: String, _ before: String, _ after: String) {
        (self.path, self.before, self.after) = (path, before, after)
    }

    var testDescription: String { "\(path): \(after.replacing("\n", with: " "))" }
}

/// A small configuration of a kind of experiment, to be changed key by key.
struct KeyProbe: Sendable {
    let kind: String
    let base: String
    let files: [String: String]

    /// The configuration with some of its parts replaced; a part is a key at the left margin with all below it.
    func configuration(_ parts: String) -> String {
        let replaced = Self.parts(parts)
        let kept = Self.parts(base).filter { part in !replaced.contains { $0.key == part.key } }
        return (kept + replaced).map(\.text).joined(separator: "\n") + "\n"
    }

    private static func parts(_ text: String) -> [(key: Substring, text: String)] {
        var parts: [(key: Substring, text: String)] = []
        for line in text.split(separator: "\n") {
            if line.first == " " || line.first == "-", let last = parts.indices.last {
                parts[last].text += "\n" + line
            } else {
                parts.append((line.prefix { $0 != ":" }, String(line)))
            }
        }
        // A key without a value takes a part away.
        return parts.filter { !$0.text.hasSuffix(": -") }
    }

    /// What a run leaves, without times.
    struct Outcome: Equatable {
        let status: Int32
        let errors: String
        let results: String
        let report: String
        let files: [String]
    }

    func run(_ parts: String) throws -> Outcome {
        let folder = try Folder()
        for (name, text) in files { try folder.write(text, to: name) }
        try folder.write(configuration(parts), to: "small.yaml")
        let ending = try Tool.run("run", "small.yaml", "--quiet", in: folder)
        #expect(!ending.isSignalled && ending.lines.count <= 1, "\(parts): \(ending.errors)")
        let output =
            folder.files(below: "").first { $0.hasSuffix("results.json") }.map { FilePathText.folder($0) } ?? ""
        func text(_ name: String) -> String {
            let data = (try? folder.read(output + "/" + name)) ?? Data()
            return String(decoding: data, as: UTF8.self)
        }
        let times = /[^\n]*econds[^\n]*\n/
        return Outcome(
            status: ending.status, errors: ending.errors, results: text("results.json").replacing(times, with: ""),
            report: text("report.html").replacing(/[0-9.]+ s\b/, with: ""), files: folder.files(below: ""))
    }

    /// The paths of all keys but those that hold others.
    func paths() throws -> [String] {
        struct Kind: Decodable {
            struct Key: Decodable {
                let path: String
            }
            let keys: [Key]
        }
        let ending = try Tool.run("help", "keys", kind, "--json", in: Folder())
        let kinds = try JSONDecoder().decode([Kind].self, from: Data(ending.output.utf8))
        let paths = Set(kinds.flatMap(\.keys).map(\.path))
        return paths.filter { path in !paths.contains { $0.hasPrefix(path + ".") || $0.hasPrefix(path + "[]") } }
            .sorted()
    }

    /// Every key has a change, and no change is of a key that is not there.
    func checkComplete(_ changes: [KeyChange]) throws {
        let (known, tried) = (Set(try paths()), Set(changes.map(\.path)))
        #expect(known.subtracting(tried).sorted() == [], "keys of \(kind) without a change that shows their effect")
    }

    /// The change has an effect on the results, the report or the files, or it is refused.
    func check(_ change: KeyChange) throws {
        let before = try run(change.before)
        #expect(before.status == 0, "\(change.before): \(before.errors)")
        let after = try run(change.after)
        #expect(after.status == 0 || (64...78).contains(after.status), "\(after.errors)")
        let isSame =
            after.status == 0 && before.results == after.results && before.files == after.files
            && before.report == after.report
        #expect(!isSame, "\(change.path) has no effect")
    }
}

private enum FilePathText {
    static func folder(_ path: String) -> String { path.split(separator: "/").dropLast().joined(separator: "/") }
}
