import Foundation
import Testing

@testable import Experiments

/// IDX and NumPy arrays, gzip or not: as Python writes them.
@Suite struct FilesArrayTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Oracles/files_arrays.json")

    private struct Case: Decodable {
        let name: String
        let base64: String
        let shape: [Int]
        let values: [Double]
    }
    private struct Packed: Decodable {
        let base64: String
        let names: [String]
        let values: [[Double]]
    }
    private struct All: Decodable {
        let arrays: [Case]
        let packed: [Packed]
    }

    private static func all() throws -> All { try JSONDecoder().decode(All.self, from: Data(contentsOf: file)) }

    private static func written(_ bytes: Data, _ name: String = "a") throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)-\(name)").path
        try bytes.write(to: URL(filePath: path))
        return path
    }

    @Test func arraysAreReadAsPythonWroteThem() throws {
        let all = try Self.all()
        #expect(all.arrays.count > 12)
        for one in all.arrays {
            let path = try Self.written(try #require(Data(base64Encoded: one.base64)))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let found = try ArrayFile.array(path)
            #expect(found.shape == one.shape && found.tensor.values == one.values, "\(one.name)")
        }
        for one in all.packed {
            let path = try Self.written(try #require(Data(base64Encoded: one.base64)), "a.npz")
            defer { try? FileManager.default.removeItem(atPath: path) }
            let found = try NumPyFile.arrays(path)
            #expect(found.map(\.name) == one.names && found.map(\.array.tensor.values) == one.values)
        }
    }

    /// Every file cut off anywhere, or with a byte changed, is a fault in one line or is read as it was.
    @Test func damagedArraysAreFaults() throws {
        let all = try Self.all()
        for one in all.arrays where one.name.contains("gzip") || one.name == "idx u1" {
            let bytes = try #require(Data(base64Encoded: one.base64))
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
                let path = try Self.written(bytes.prefix(length))
                defer { try? FileManager.default.removeItem(atPath: path) }
                #expect(throws: InputError.self, "\(one.name) cut to \(length)") { try ArrayFile.array(path) }
            }
            for place in stride(from: 10, to: bytes.count, by: max(1, bytes.count / 60)) {
                var damaged = bytes
                damaged[place] ^= 0x10
                let path = try Self.written(damaged)
                defer { try? FileManager.default.removeItem(atPath: path) }
                _ = try? ArrayFile.array(path)
            }
        }
        for one in all.packed {
            let bytes = try #require(Data(base64Encoded: one.base64))
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
                let path = try Self.written(bytes.prefix(length), "a.npz")
                defer { try? FileManager.default.removeItem(atPath: path) }
                #expect(throws: InputError.self) { try NumPyFile.arrays(path) }
            }
        }
    }
}
