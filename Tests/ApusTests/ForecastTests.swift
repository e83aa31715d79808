import Foundation
import Testing

/// Forecasts with saved models: the same twice, in the seasons of the data, and from files that nobody wrote well.
@Suite struct ForecastTests {
    private func folderWithModels() throws -> Folder {
        let folder = try SmallExperiment.folder()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        return folder
    }

    @Test func savedModelsForecastTheSameTwice() throws {
        let folder = try folderWithModels()
        for kind in ["linear", "network", "corrected"] {
            let arguments = ["forecast", "out/models/\(kind).safetensors", "config.yaml", "--leads", "4"]
            let ending = try Tool.start(arguments, in: folder).wait()
            #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
            let rows = ending.output.split(separator: "\n").map { $0.split(separator: ",") }
            #expect(rows[0].joined(separator: ",") == "time,lead,variable,mean,q05,q25,q50,q75,q95")
            #expect(rows.count == 1 + 4 * 2 && rows.allSatisfy { $0.count == 9 })
            #expect(
                rows[1][..<3].joined(separator: ",") == "2010-01,1,a"
                    && rows[8][..<3].joined(separator: ",") == "2010-04,4,b")
            for row in rows.dropFirst() {
                let numbers = row[3...].compactMap { Double($0) }
                #expect(
                    numbers.count == 6 && numbers.allSatisfy(\.isFinite)
                        && numbers[1...].sorted() == Array(numbers[1...]))
            }
            #expect(try Tool.start(arguments, in: folder).wait().output == ending.output)
        }
    }

    /// Observations that begin in another month are met by the model of their own season.
    @Test func theSeasonIsThatOfTheData() throws {
        let folder = try folderWithModels()
        func january() throws -> Double {
            let output = try Tool.run(
                "forecast", "out/models/linear.safetensors", "config.yaml", "--leads", "1", in: folder
            ).output
            let row = try #require(output.split(separator: "\n").dropFirst().first).split(separator: ",")
            #expect(row[0] == "2010-01")
            return try #require(Double(row[3]))
        }
        let all = try january()
        try folder.write(SmallExperiment.table(Array(SmallExperiment.rows.dropFirst(65))), to: "data.csv")
        // Seasons differ by 2 degrees; the filter has long forgotten its start.
        #expect(abs(try january() - all) < 0.05)
    }

    @Test func otherVariablesAndStepsAreRefused() throws {
        let folder = try folderWithModels()
        let model = "out/models/linear.safetensors"
        let other = SmallExperiment.configuration
        try folder.write(other.replacingOccurrences(of: "    - {name: b, units: degC}\n", with: ""), to: "one.yaml")
        expectFault(
            try Tool.run("forecast", model, "one.yaml", in: folder), 78, at: "one.yaml: data: ",
            ["a", "expected", "a, b"])
        try folder.write(
            other.replacingOccurrences(of: "step: month", with: "step: 2 months\n  aggregate: mean"), to: "two.yaml")
        expectFault(
            try Tool.run("forecast", model, "two.yaml", in: folder), 78, at: "two.yaml: data: ",
            ["2 months", "expected"])
        try folder.write("name: x\n", to: "none.yaml")
        expectFault(
            try Tool.run("forecast", model, "none.yaml", in: folder), 78, at: "none.yaml", ["'data'", "expected"])
    }

    @Test func hostileModelsAreRefused() throws {
        let folder = try folderWithModels()
        let bytes = try folder.read("out/models/corrected.safetensors")
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = String(decoding: bytes[8..<(8 + length)], as: UTF8.self)
        while header.last == " " { header.removeLast() }
        func model(_ old: String, _ new: String) -> Data {
            #expect(header.contains(old), "\(old)")
            let text = Data(header.replacingOccurrences(of: old, with: new).utf8)
            return Data((0..<8).map { UInt8(text.count >> (8 * $0) & 255) }) + text + bytes[(8 + length)...]
        }
        var notANumber = bytes
        notANumber.replaceSubrange((bytes.count - 8)..., with: [0, 0, 0, 0, 0, 0, 0xF8, 0x7F])
        let files: [(String, Data)] = [
            ("empty", Data()), ("truncated", bytes.dropLast(9)), ("header alone", bytes.prefix(8 + length)),
            ("half a header", bytes.prefix(8 + length / 2)),
            ("endless header", Data([UInt8](repeating: 0xFF, count: 64))),
            ("not a number", notANumber),
            ("many variables", model(#"\"variables\":2}"#, #"\"variables\":99999}"#)),
            ("no memory", model(#"\"memory\":"#, #"\"memory\":-"#)),
            ("no members", model(#"\"members\":16"#, #"\"members\":0"#)),
            ("endless members", model(#"\"members\":16"#, #"\"members\":999999999999"#)),
            ("another phase", model(#"\"firstPhase\":0"#, #"\"firstPhase\":12"#)),
            ("another period", model(#"\"period\":12"#, #"\"period\":5"#)),
            ("negative inflation", model(#"\"inflation\":"#, #"\"inflation\":-"#)),
            ("endless network", model(#"\"networks\":[[6,4,2]"#, #"\"networks\":[[6,1000000,1000000,2]"#)),
            ("misfitting network", model(#"\"networks\":[[6,4,2]"#, #"\"networks\":[[7,4,2]"#)),
            ("network that sees too much", model(#"\"networkMemory\":1"#, #"\"networkMemory\":50"#)),
            ("another format", model("apus-forecaster-1", "apus-forecaster-9")),
            ("unknown filter", model(#"\"filter\":\""#, #"\"filter\":\"x"#)),
            ("huge shape", model(#""shape":[2,2]"#, #""shape":[4611686018427387904,4]"#)),
            ("integers", model(#""F64","shape":[2,2]"#, #""I64","shape":[2,2]"#)),
        ]
        for (name, data) in files {
            try folder.write(data, to: "model.safetensors")
            let ending = try Tool.run("forecast", "model.safetensors", "config.yaml", in: folder)
            #expect(!ending.isSignalled, "\(name)")
            expectFault(ending, 65, at: "model.safetensors: ", ["expected a model that 'apus run' has saved"])
        }
    }
}
