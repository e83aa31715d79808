import Foundation
import Testing

/// The library examples, one for each way in which learning enters: run as they are,
/// and what they print shows that it was learned.
@Suite struct ExampleTests {
    /// The numbers after `:`, `,` or a name in the line that begins with it.
    private static func numbers(_ text: String, _ beginning: String) throws -> [Double] {
        let line = try #require(
            text.split(separator: "\n").first { $0.hasPrefix(beginning) }, "\(beginning) in \(text)")
        return line.dropFirst(beginning.count).split { ": ,;=⟨⟩".contains($0) }.compactMap { Double($0) }
    }

    private static func output(_ name: String) throws -> String {
        let ending = try Tool.run(program: name, in: Folder())
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(name): \(ending.errors)")
        return ending.output
    }

    @Test(arguments: ["LearnForecast", "UseForecast", "LearnAnalysis", "LearnBoth"])
    func examplesAreShort(name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Examples/\(name)/main.swift")
        #expect(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count < 40)
    }

    @Test func aForecastIsLearned() throws {
        let text = try Self.output("LearnForecast")
        let rows = try ["persistence", "wrong forcing", "random features", "corrected"].map {
            try Self.numbers(text, $0)
        }
        #expect(rows.allSatisfy { $0.count == 4 })
        // After 1 unit of time.
        #expect(rows[2][2] < 0.5 * rows[0][2] && rows[3][2] < 0.5 * rows[1][2], "\(text)")
    }

    @Test func aLearnedForecastIsUsed() throws {
        let text = try Self.output("UseForecast")
        let errors = try Self.numbers(text, "RMSE of the analyses")
        let free = try Self.numbers(text, "Without observations")
        #expect(errors.count == 2 && errors[1] < 1.5 * errors[0] && errors[1] < 0.3 * free[0], "\(text)")
        let products = text.split(separator: "⟨").dropFirst().compactMap { $0.split(separator: "= ").last }
            .compactMap { Double($0.prefix { "-.0123456789e".contains($0) }) }
        #expect(products.count == 2 && abs(products[0] - products[1]) < 1e-9 * abs(products[0]), "\(text)")
    }

    @Test func anAnalysisIsLearned() throws {
        let text = try Self.output("LearnAnalysis")
        let errors = try Self.numbers(text, "RMSE on another truth")
        #expect(errors.count == 2 && errors[1] < 0.8 * errors[0], "\(text)")
    }

    @Test func aGainIsLearnedFromDataOfOnesOwn() throws {
        let text = try Self.output("OwnData")
        let errors = try Self.numbers(text, "RMSE of forecasts against observations")
        // Observations have an error of 0.5, which no forecast has a part in.
        #expect(errors.count == 2 && errors[1] < 0.95 * errors[0] && errors[1] > 0.5, "\(text)")
    }

    @Test func forecastAndAnalysisAreLearnedFromObservationsAlone() throws {
        let text = try Self.output("LearnBoth")
        let error = try Self.numbers(text, "RMSE of the analyses, of observations with an error of 1")
        #expect(error.count == 1 && error[0] < 0.5, "\(text)")
    }
}
