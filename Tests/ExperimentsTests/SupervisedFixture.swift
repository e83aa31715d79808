import Foundation
import Testing

@testable import Experiments

/// Tables, configurations and runs of regressions and classifications.
enum SupervisedFixture {
    static func folder(_ files: [String: String], _ bytes: [String: Data] = [:]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "supervised-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: path + "/" + name)) }
        for (name, bytes) in bytes { try bytes.write(to: URL(filePath: path + "/" + name)) }
        return path
    }

    /// 80 rows: a number, a category, a hole, a target that depends on both, a class and a group.
    static func rows(_ count: Int = 80) -> String {
        let rows = (0..<count).map { row -> String in
            let (x, noise) = (sin(Double(row) * 1.7), 0.2 * ReportFixture.noise(row))
            let kind = ["red", "green", "blue"][row % 3]
            let y = 2 * x + (row % 3 == 0 ? 1 : 0) + noise
            let hole = row % 11 == 5 ? "" : String(format: "%.3f", ReportFixture.noise(row + 500))
            let name = y > 0.3 ? "high" : "low"
            return String(format: "%.4f,%@,%@,%.4f,%@,g%d,2001-%02d-15", x, kind, hole, y, name, row / 8, row % 12 + 1)
        }
        return "x,kind,z,y,name,group,day\n" + rows.joined(separator: "\n") + "\n"
    }

    static func run(_ path: String, _ output: String, threads: Int, _ claim: RunFolder.Claim) throws -> Data {
        let file = try ExperimentFile(path + "/c.yaml")
        let folder = try RunFolder(claiming: path + "/" + output, fingerprint: "1", as: claim)
        return try file.experiment.run(in: folder, options: RunOptions(threads: threads, isQuiet: true)).json()
    }

    /// The one line that a run ends with.
    static func fault(
        _ table: String, _ configuration: String, _ more: [String: String] = [:], bytes: [String: Data] = [:]
    ) throws -> String {
        let path = try folder(["t.csv": table, "c.yaml": configuration].merging(more) { $1 }, bytes)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            _ = try run(path, "out", threads: 1, .new)
            return "no fault"
        } catch let error as InputError {
            #expect(!error.description.contains("\n"))
            return error.description
        }
    }

    /// Pictures of bytes as an IDX file, left half bright or upper half bright.
    static func pictures(_ count: Int, _ height: Int = 8, _ width: Int = 8) -> Data {
        var bytes: [UInt8] = [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, UInt8(height), 0, 0, 0, UInt8(width)]
        for picture in 0..<count {
            for point in 0..<(height * width) {
                let isOn = picture % 2 == 0 ? point % width < width / 2 : point < height * width / 2
                bytes.append(UInt8((isOn ? 150 : 40) + (picture * 7 + point * 13) % 60))
            }
        }
        return Data(bytes)
    }

    static func labels(_ count: Int) -> Data {
        Data([0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8($0 % 2) })
    }
}
