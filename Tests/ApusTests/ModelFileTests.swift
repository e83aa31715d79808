import Foundation
import Testing

/// The model that the page on model files writes in Python is read, and forecasts what Python forecasts.
@Suite(.enabled(if: ModelFileTests.hasPython, "Scripts/setup --test makes the environment")) struct ModelFileTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    static let python = root.appending(path: ".venv-test/bin/python").path
    static let hasPython = FileManager.default.isExecutableFile(atPath: python)

    @Test func aModelOfPythonForecasts() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/model-files.md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```")
        let program = try #require(blocks.first { $0.hasPrefix("python\n") }).dropFirst("python\n".count)
        let folder = try SmallExperiment.folder()
        let ending = try Running(Self.python, ["-c", String(program)], in: folder).wait()
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
