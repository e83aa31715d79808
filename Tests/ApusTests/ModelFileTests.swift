import Foundation
import Testing

/// The environment of Python that the tests use, where there is one.
private enum Python {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    static let path = root.appending(path: ".venv-test/bin/python").path
    static let isThere = FileManager.default.isExecutableFile(atPath: path)
}

/// The model that the page on model files writes in Python is read, and forecasts what Python forecasts.
@Suite(.enabled(if: Python.isThere, "Scripts/setup --test makes the environment")) struct ModelFileTests {
    static let root = Python.root

    @Test func aModelOfPythonForecasts() throws {
        let page = try String(contentsOf: Python.root.appending(path: "docs/model-files.md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```")
        let program = try #require(blocks.first { $0.hasPrefix("python\n") }).dropFirst("python\n".count)
        let folder = try SmallExperiment.folder()
        let ending = try Running(Python.path, ["-c", String(program)], in: folder).wait()
        #expect(ending.status == 0, "\(ending.errors)")
        let expected = ending.output.split(separator: "\n").compactMap { Double($0) }
        let forecast = try Tool.run("forecast", "python.safetensors", "config.yaml", "--leads", "2", in: folder)
        #expect(forecast.status == 0, "\(forecast.errors)")
        let rows = forecast.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        try #require(rows.count == 4 && expected.count == 2)
        for (row, value) in zip(rows, expected) {
            let (mean, low, high) = (Double(row[3]) ?? .nan, Double(row[5]) ?? .nan, Double(row[7]) ?? .nan)
            #expect(abs(mean - value) < 0.2 * (high - low), "\(row) and \(value)")
        }
    }
}
