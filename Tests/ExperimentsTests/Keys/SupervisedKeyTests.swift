import Foundation
import Supervised
import Testing

@testable import Experiments

/// Every key of a regression and of a classification has an effect, and every parameter of every model.
@Suite struct SupervisedKeyTests {
    /// A table, its copies in other forms, and pictures.
    static let folder: String = {
        let path = FileManager.default.temporaryDirectory.appending(path: "supervised-keys-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var rows: [[String]] = []
        for row in 0..<48 {
            let (x, z) = (sin(Double(row) * 1.7), ReportFixture.noise(row + 90))
            let y = 2 + x * x + 0.3 * x + 0.1 * z + 0.1 * ReportFixture.noise(row)
            let name = ["a", "b", "c"][min(2, Int((x + 1) * 1.49))]
            rows.append([
                String(format: "%.3f", 1000 + 100 * x), String(format: "%.3f", z), String(format: "%.3f", y), name,
                "\(row / 4)", "\(row % 3)", String(format: "2001-%02d-%02d", row / 4 + 1, row % 4 + 1),
            ])
        }
        let names = "x,z,y,name,group,code,day"
        func table(_ separator: String = ",", _ header: String? = names, _ change: (String) -> String = { $0 })
            -> String
        {
            ([header].compactMap(\.self) + rows.map { $0.map(change).joined(separator: separator) })
                .joined(separator: "\n") + "\n"
        }
        var holes = rows
        for row in stride(from: 2, to: 48, by: 5) { holes[row][1] = "" }
        let files: [String: String] = [
            "t.csv": table(), "semicolons.csv": table(";", names.replacing(",", with: ";")),
            "comments.csv": "% a comment\n" + table(), "names.csv": table(",", nil),
            "commas.csv": table(";", names.replacing(",", with: ";")) { $0.replacing(".", with: ",") },
            "thousands.csv": table(";", names.replacing(",", with: ";")) { text in
                text.count == 8 && text.contains(".") ? text.prefix(1) + "'" + text.dropFirst() : text
            },
            "holes.csv": names + "\n" + holes.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n",
            "other.csv": table(",") { $0.replacing("2.", with: "2.1") },
        ]
        for (name, text) in files { try? Data(text.utf8).write(to: URL(filePath: path + "/" + name)) }
        func idx(_ count: Int, _ code: Int) -> Data {
            var bytes: [UInt8] = [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 8, 0, 0, 0, 8]
            for picture in 0..<count {
                for point in 0..<64 {
                    let isOn = picture % 2 == 0 ? point % 8 < 4 : point < 32
                    bytes.append(UInt8((isOn ? 150 : 40) + (picture * 7 + point * 13 + code) % 60))
                }
            }
            return Data(bytes)
        }
        func labels(_ count: Int, _ shift: Int) -> Data {
            Data([0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8(($0 + ($0 % 7 == shift ? 1 : 0)) % 2) })
        }
        try? idx(40, 0).write(to: URL(filePath: path + "/p.idx"))
        try? idx(40, 9).write(to: URL(filePath: path + "/q.idx"))
        try? labels(40, 0).write(to: URL(filePath: path + "/p-labels.idx"))
        try? labels(40, 1).write(to: URL(filePath: path + "/q-labels.idx"))
        return path
    }()

    private static let rest = """
        validation: {folds: 2}
        intervals: {resamples: 100}
        learning_curve: {shares: [1]}
        """
    static let regression = KeyProbe(
        .regression,
        base: """
            experiment: regression
            name: small
            data: {file: t.csv, target: y, inputs: [x, z]}
            \(rest)
            models: [{model: ridge, penalty: 0.1}]
            """, folder: folder)
    static let classification = KeyProbe(
        .classification,
        base: """
            experiment: classification
            name: small
            data: {file: t.csv, target: name, inputs: [x, z]}
            \(rest)
            models: [{model: logistic, penalty: 0.1}]
            """, folder: folder)
    private static func pictures(_ model: String) -> String {
        "data: {pictures: p.idx, labels: p-labels.idx}\nmodels: [{\(model)}]"
    }
    private static func model(_ text: String, _ data: String = "x, z") -> String {
        "data: {file: t.csv, target: y, inputs: [\(data)]}\nmodels: [{model: \(text)}]"
    }

    /// Common to both kinds.
    private static let common: [KeyChange] = [
        .init("experiment", "", "experiment: twin", .refusal), .init("name", "", "name: other", .text),
        .init("title", "", "title: Other", .text), .init("summary", "", "summary: Other", .text),
        .init("seed", "", "seed: 2"), .init("output", "", "output: other", .text),
        .init("credits", "", "credits: [Somebody]", .text),
        .init(
            "data.pictures", pictures("model: dense, epochs: 1, width: 4"),
            "data: {pictures: q.idx, labels: p-labels.idx}\nmodels: [{model: dense, epochs: 1, width: 4}]"),
        .init(
            "data.labels", pictures("model: dense, epochs: 1, width: 4"),
            "data: {pictures: p.idx, labels: q-labels.idx}\nmodels: [{model: dense, epochs: 1, width: 4}]"),
        .init("preprocessing.standardize", "", "preprocessing: {standardize: false}"),
        .init("test.share", "", "test: {share: 0.4}"), .init("test.kind", "", "test: {kind: blocked}"),
        .init("test.gap", "test: {kind: blocked}", "test: {kind: blocked, gap: 5}"),
        .init("test.file", "", "test: {file: other.csv}"),
        .init(
            "test.pictures",
            pictures("model: dense, epochs: 1, width: 4") + "\ntest: {pictures: p.idx, labels: p-labels.idx}",
            pictures("model: dense, epochs: 1, width: 4") + "\ntest: {pictures: q.idx, labels: p-labels.idx}"),
        .init(
            "test.labels",
            pictures("model: dense, epochs: 1, width: 4") + "\ntest: {pictures: p.idx, labels: p-labels.idx}",
            pictures("model: dense, epochs: 1, width: 4") + "\ntest: {pictures: p.idx, labels: q-labels.idx}"),
        .init("validation.folds", "", "validation: {folds: 3}"),
        .init("validation.kind", "", "validation: {folds: 2, kind: blocked}"),
        .init("validation.repeats", "", "validation: {folds: 2, repeats: 2}"),
        .init(
            "validation.gap", "validation: {folds: 2, kind: blocked}", "validation: {folds: 2, kind: blocked, gap: 6}"),
        .init("intervals.resamples", "", "intervals: {resamples: 200}"),
        .init("models[].name", "", "models: [{model: constant, name: other}]"),
        .init("models[].model", "", "models: [{model: constant}]"),
    ]

    private static func of(_ target: String) -> [KeyChange] {
        func data(_ text: String) -> String { "data: {target: \(target), \(text)}" }
        let model = target == "y" ? "ridge, penalty" : "logistic, penalty"
        // Within one standard error of each other.
        let near = target == "y" ? "[0.001, 0.1, 10, 1000]" : "[0.1, 0.101, 0.102]"
        func listed(_ rest: String) -> String { "models: [{model: \(model): [0.001, 0.1, 10, 1000]}]\n\(rest)" }
        return [
            .init("data.file", "", data("file: other.csv, inputs: [x, z]")),
            .init("data.target", "", "data: {file: t.csv, target: \(target == "y" ? "z" : "code"), inputs: [x]}"),
            .init("data.inputs", "", data("file: t.csv, inputs: [x]")),
            .init("data.leave_out", data("file: t.csv"), data("file: t.csv, leave_out: [z]")),
            .init(
                "data.categories", data("file: t.csv, inputs: [x, code]"),
                data("file: t.csv, inputs: [x, code], categories: [code]")),
            .init(
                "data.dates", data("file: t.csv, inputs: [x, day]"), data("file: t.csv, inputs: [x, day], dates: [day]")
            ),
            .init(
                "data.groups", "",
                data("file: t.csv, inputs: [x, z], groups: group") + "\nvalidation: {folds: 2, kind: grouped}"),
            .init("data.shape", "", data("file: t.csv, inputs: [x, z], shape: [1, 2]")),
            .init("data.rows", "", data("file: t.csv, inputs: [x, z], rows: 40")),
            .init("data.delimiter", "", data("file: t.csv, delimiter: ';', inputs: [x, z]"), .refusal),
            .init("data.delimiter.widths", "", data("file: t.csv, delimiter: {widths: [3]}, inputs: [x, z]"), .refusal),
            .init("data.comment", "", data("file: comments.csv, inputs: [x, z]"), .refusal),
            .init("data.header", "", data("file: t.csv, header: none, inputs: [x, z]"), .refusal),
            .init("data.header.line", "", data("file: comments.csv, header: {line: 3}, inputs: [x, z]"), .refusal),
            .init(
                "data.header.names", "",
                data("file: names.csv, header: {names: [x, z, y, name, group, code, day]}, inputs: [x]")),
            .init("data.header.skip", "", data("file: t.csv, header: {skip: 4}, inputs: [x, z]")),
            .init(
                "data.decimal", "", data("file: commas.csv, inputs: [x, z], decimal: ','").replacing("x, z", with: "x")),
            .init(
                "data.thousands", data("file: thousands.csv, delimiter: ';', inputs: [z]"),
                data("file: thousands.csv, delimiter: ';', inputs: [x, z], thousands: \"'\"")),
            .init("data.missing", "", data("file: t.csv, inputs: [x, code], missing: ['0']")),
            .init(
                "preprocessing.missing", data("file: holes.csv, inputs: [x, z]"),
                data("file: holes.csv, inputs: [x, z]") + "\npreprocessing: {missing: mark}"),
            .init("choice.search", listed(""), listed("choice: {search: halving}")),
            .init(
                "choice.draws", listed("choice: {search: random, draws: 2}"),
                listed("choice: {search: random, draws: 3}")),
            .init(
                "choice.rule", listed("").replacing("[0.001, 0.1, 10, 1000]", with: near),
                listed("choice: {rule: one-standard-error}").replacing("[0.001, 0.1, 10, 1000]", with: near)),
            .init("choice.score", "", "choice: {score: \(target == "y" ? "mae" : "brier")}"),
            .init("learning_curve.shares", "", "learning_curve: {shares: [0.5, 1]}", .text),
        ]
    }

    /// Small values of each parameter of the models of a kind, and others.
    private static func parameters(_ task: SupervisedTask) -> [KeyChange] {
        let values: [String: (String, String)] = [
            "penalty": ("0.1", "10"), "share": ("0.5", "0.9"), "degree": ("1", "2"), "neighbors": ("2", "9"),
            "kernel": ("gaussian", "exponential"), "length": ("1", "3"), "features": ("4", "12"),
            "own-lengths": ("0", "1"),
            "steps": ("0", "20"), "noise": ("0.01", "1"), "width": ("4", "6"), "depth": ("1", "2"),
            "activation": ("tanh", "relu"), "epochs": ("1", "2"), "rate": ("0.01", "0.03"), "batch": ("16", "8"),
            "decay": ("0", "1"), "dropout": ("0", "0.5"), "optimizer": ("adam", "sgd"), "channels": ("4", "8"),
            "padding": ("zero", "periodic"), "normalized": ("1", "0"), "stages": ("1", "2"), "blocks": ("1", "2"),
            "cell": ("rnn", "gru"), "units": ("4", "6"), "reach": ("1", "2"), "heads": ("2", "4"), "causal": ("0", "1"),
            "shift": ("0", "2"), "mirror": ("0", "1"),
        ]
        return SupervisedModels.of(task).flatMap { type in
            type.parameterDescriptions.map { description -> KeyChange in
                let name = description.name
                guard let (small, large) = values[name] else { preconditionFailure("no values of \(name)") }
                let others = type.parameterDescriptions.filter { $0.name != name }
                // A search for lengths would undo another start.
                let fixed = others.map { other in
                    "\(other.name): \(other.name == "dropout" && name != "dropout" ? "0.1" : values[other.name]?.0 ?? "1")"
                }
                func text(_ value: String) -> String {
                    let all = (["model: \(type.name)"] + fixed + ["\(name): \(value)"]).joined(separator: ", ")
                    return type.needsPictures || task == .classification || ["shift", "mirror"].contains(name)
                        ? pictures(all) : "models: [{\(all)}]"
                }
                let isSearched = name == "own-lengths"
                return KeyChange(
                    "models[].\(name)", isSearched ? text(small).replacing("steps: 0", with: "steps: 20") : text(small),
                    isSearched ? text(large).replacing("steps: 0", with: "steps: 20") : text(large), of: type.name)
            }
        }
    }

    static let ofRegression =
        common + of("y") + parameters(.regression) + [
            .init("intervals.coverage", "", "intervals: {resamples: 100, coverage: 0.6}")
        ]
    static let ofClassification =
        common + of("name") + parameters(.classification)
        + [.init("intervals.coverage", "", "intervals: {resamples: 100, coverage: 0.6}", .refusal)]

    @Test func everyKeyHasAChange() {
        Self.regression.checkComplete(Self.ofRegression + Self.otherTask(.classification))
        Self.classification.checkComplete(Self.ofClassification + Self.otherTask(.regression))
    }

    /// Parameters of models of the other task are keys too, and refused.
    private static func otherTask(_ task: SupervisedTask) -> [KeyChange] {
        let own: SupervisedTask = task == .regression ? .classification : .regression
        return SupervisedModels.of(task).filter { !$0.tasks.contains(own) }.flatMap { type in
            type.parameterDescriptions.map {
                KeyChange("models[].\($0.name)", "", "models: [{model: \(type.name)}]", .refusal, of: type.name)
            }
        }
    }

    @Test(arguments: ofRegression) func aChangeHasItsEffectInARegression(_ change: KeyChange) throws {
        try Self.regression.check(change)
    }
    @Test(arguments: ofClassification) func aChangeHasItsEffectInAClassification(_ change: KeyChange) throws {
        try Self.classification.check(change)
    }
}
