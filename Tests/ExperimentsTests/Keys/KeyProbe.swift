import Foundation
import Synchronization
import Testing

@testable import Experiments

/// A change of one key: parts of a small configuration before and after it, and the effect that it must have.
struct KeyChange: Sendable, CustomTestStringConvertible {
    enum Effect: Sendable {
        /// Numbers of the results are others.
        case numbers
        /// Names or sentences of the results are, or the folder.
        case text
        /// The configuration is refused, in one line.
        case refusal
    }

    let path: String
    let before: String
    let after: String
    let effect: Effect
    /// The words of `method` or `kind` that the change is for; nil: all that have the key.
    let of: String?

    init(_ path: String, _ before: String, _ after: String, _ effect: Effect = .numbers, of word: String? = nil) {
        (self.path, self.before, self.after, self.effect, self.of) = (path, before, after, effect, word)
    }

    var testDescription: String { "\(path): \(after.replacing("\n", with: " "))" }
}

/// A small configuration of a kind of experiment, to be changed key by key.
final class KeyProbe: Sendable {
    let kind: ExperimentKind
    let base: String
    let folder: String
    private let known = Mutex<[String: Outcome]>([:])

    init(_ kind: ExperimentKind, base: String, folder: String = "") {
        (self.kind, self.base, self.folder) = (kind, base, folder)
    }

    /// The configuration with some of its parts replaced; a part is a key at the left margin with all below it.
    func configuration(_ parts: String) -> String {
        let replaced = Self.parts(parts)
        let kept = Self.parts(base).filter { part in !replaced.contains { $0.key == part.key } }
        return (kept + replaced).map(\.text).joined(separator: "\n") + "\n"
    }

    private static func parts(_ text: String) -> [(key: Substring, text: String)] {
        text.split(separator: "\n").reduce(into: []) { parts, line in
            if line.first == " " || line.first == "-", let last = parts.indices.last {
                parts[last].text += "\n" + line
            } else {
                parts.append((line.prefix { $0 != ":" }, String(line)))
            }
        }
    }

    /// What a run finds, without times.
    struct Outcome: Equatable {
        var refusal: String?
        var output = ""
        var document = Data()
        var numbers: [Double] = []
    }

    func run(_ parts: String) throws -> Outcome {
        if let outcome = known.withLock({ $0[parts] }) { return outcome }
        let outcome = try withTemporaryFolder { output in
            do throws(InputError) {
                let file = try ExperimentFile(yaml: configuration(parts), file: folder + "/small.yaml")
                let claimed = try RunFolder(claiming: output + "/out", fingerprint: "1", as: .new)
                let results = try file.experiment.run(in: claimed, options: RunOptions(threads: 1, isQuiet: true))
                let document = results.json()
                return Outcome(
                    output: file.header.output, document: document,
                    numbers: (try? Self.numbers(JSONSerialization.jsonObject(with: document))) ?? [])
            } catch { return Outcome(refusal: error.description) }
        }
        known.withLock { $0[parts] = outcome }
        return outcome
    }

    /// Results, that is all numbers but those that a configuration says itself.
    private static let results = [
        "scores", "comparisons", "gapFilling", "rankHistograms", "series", "forecasts", "folds", "learningCurves",
        "methods", "models", "sensitivity", "robustness", "gains", "parameters", "states", "withheld",
    ]

    private static func numbers(_ document: Any) -> [Double] {
        guard let document = document as? [String: Any] else { return [] }
        return results.flatMap { document[$0].map { all($0) } ?? [] }
    }

    private static func all(_ value: Any) -> [Double] {
        switch value {
        case let number as NSNumber: [number.doubleValue]
        case let list as [Any]: list.flatMap { all($0) }
        case let object as [String: Any]: object.keys.sorted().flatMap { all(object[$0] ?? 0) }
        default: []
        }
    }

    /// Every key of the tables has a change, and no change is of a key that is not there.
    ///
    /// A key that only some methods or models have must have a change for each of them.
    ///
    /// - Parameter tried: the words of methods and models that are tried here; nil: all.
    func checkComplete(_ changes: [KeyChange], words tried: Set<String>? = nil) {
        let reference = KeyReference(kind)
        // What holds other keys and nothing else is changed by these.
        let containers = ["mapping", "list of mappings", "mapping of names of your own to mappings"]
        let entries = reference.entries.filter { !containers.contains($0.values) }
        let paths = Set(entries.map(\.path))
        #expect(Set(changes.map(\.path)).subtracting(paths).sorted() == [], "no keys of \(kind)")
        for entry in entries {
            let own = entry.of.map { words in words.filter { tried?.contains($0) ?? true } }
            let words = own.map { $0.map(String?.some) } ?? [nil]
            for word in words {
                let isTried = changes.contains { $0.path == entry.path && ($0.of == nil || $0.of == word) }
                let whole = changes.contains { $0.path == entry.path && word == nil }
                #expect(isTried || whole, "\(entry.path) of \(word ?? "\(kind)") has no change that shows its effect")
            }
        }
    }

    /// The change has the effect that is said of it.
    func check(_ change: KeyChange) throws {
        let before = try run(change.before)
        #expect(before.refusal == nil, "before: \(before.refusal ?? "")")
        let after = try run(change.after)
        switch change.effect {
        case .refusal:
            let line = try #require(after.refusal, "\(change.path) is not refused")
            #expect(!line.contains("\n") && line.contains("(expected "), "\(line)")
        case .text:
            #expect(after.refusal == nil, "\(after.refusal ?? "")")
            #expect(before.document != after.document || before.output != after.output, "no effect")
        case .numbers:
            #expect(after.refusal == nil, "\(after.refusal ?? "")")
            #expect(before.numbers != after.numbers, "no effect on any number")
        }
    }
}
