import Foundation
import Testing

@testable import Experiments

/// The folder of the package, and files in it.
enum Package {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func path(_ name: String) -> String { root + "/" + name }
}

/// Gives the body a new folder, and removes it afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// The error that the body throws, as its one line and its kind; a body that throws nothing is an issue.
func inputError(
    _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) -> (line: String, kind: InputError.Kind?) {
    do {
        try body()
        Issue.record("no error", sourceLocation: sourceLocation)
        return ("", nil)
    } catch let error as InputError {
        #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
        return (error.description, error.kind)
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
        return ("", nil)
    }
}

/// A small generator of reproducible random numbers: SplitMix64.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
