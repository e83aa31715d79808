import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments

/// Saved structural models whose description is sound in type and in checksum, and impossible or odd in content.
@Suite struct SavedModelTests {
    private static let level = StructuralModel(
        StructuralOptions(trend: .level, cycles: []), scale: 1, range: StructuralRange(center: 5, size: 1),
        logVariances: Tensor.zeros([2]), remainder: Tensor.zeros([0]))

    /// Writes a model and data, and forecasts two months.
    private func forecast(variable: String, quantiles: [Int: [Double]]) throws -> String {
        var csv = ""
        try withTemporaryFolder { folder in
            let checkpoint = Self.level.checkpoint(variable: variable, step: "month", errorQuantiles: quantiles)
            try AtomicFile.write(try checkpoint.encoded(), to: folder + "/model.safetensors")
            try AtomicFile.write("date,v\n2001-01,5\n2001-02,6\n2001-03,5\n".utf8, to: folder + "/d.csv")
            let data =
                "data: {file: d.csv, time: {column: date}, step: month, variables: [{name: '\(variable)', column: v}]}"
            try AtomicFile.write(data.utf8, to: folder + "/c.yaml")
            csv = try SavedStructuralForecast(
                model: folder + "/model.safetensors", configuration: folder + "/c.yaml", leads: 2
            ).csv
        }
        return csv
    }

    @Test(arguments: [Int.min, -1, 0, .max]) func quantilesOfNoLeadAreAnError(lead: Int) throws {
        let error = #expect(throws: InputError.self) {
            try forecast(variable: "v", quantiles: [lead: (1...99).map { Double($0) }])
        }
        #expect(error?.kind == .data && error?.description.contains("at lead \(lead)") ?? false)
    }

    /// A number beyond the range is not printed.
    @Test func aForecastOutOfRangeIsAnError() throws {
        let error = #expect(throws: InputError.self) {
            try forecast(variable: "v", quantiles: [1: (1...99).map { $0 > 50 ? .greatestFiniteMagnitude : 0 }])
        }
        #expect(error?.kind == .data && error?.description.contains("diverged") ?? false)
    }

    @Test func namesAreQuoted() throws {
        let rows = try forecast(variable: "level, upper", quantiles: [:]).split(separator: "\n")
        #expect(rows.count == 3 && rows[1].hasPrefix("2001-04-01,1,\"level, upper\",5."))
    }
}
