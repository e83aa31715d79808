import Foundation
import Supervised
import Testing

@testable import Experiments

@Suite struct SupervisedExperimentTests {
    private static let regression = """
        experiment: regression
        name: small
        data: {file: t.csv, target: y, leave_out: [name, group, day]}
        validation: {folds: 3}
        intervals: {resamples: 100}
        models:
          - {model: constant}
          - {model: ridge, penalty: [0.001, 0.1, 10]}
          - {model: dense, width: 8, epochs: [3, 6], batch: 16}

        """
    private static let classification = """
        experiment: classification
        name: small
        data: {file: t.csv, target: name, leave_out: [y, day], groups: group}
        preprocessing: {missing: mark}
        test: {kind: grouped, share: 0.25}
        validation: {folds: 3, kind: grouped}
        choice: {rule: one-standard-error}
        intervals: {resamples: 100}
        models:
          - {model: logistic, penalty: [0.001, 0.1]}
          - {model: nearest-neighbors, neighbors: [3, 7]}

        """

    private struct Found: Decodable {
        struct Score: Decodable {
            let name: String
            let value: Double?
        }
        struct Model: Decodable {
            struct Intervals: Decodable { let halfWidth, covered: Double? }
            let name: String
            let test: [Score]
            let intervals: Intervals?
            func score(_ name: String) -> Double { test.first { $0.name == name }?.value ?? .nan }
        }
        let chosen: String
        let features: [String]
        let models: [Model]
    }

    @Test(arguments: [regression, classification])
    func sameBitsOnAnyNumberOfThreadsAndAfterAnInterruption(_ configuration: String) throws {
        let path = try SupervisedFixture.folder(["t.csv": SupervisedFixture.rows(), "c.yaml": configuration])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let one = try SupervisedFixture.run(path, "one", threads: 1, .new)
        #expect(try SupervisedFixture.run(path, "two", threads: 2, .new) == one)
        let stages = path + "/one/stages"
        for name in try FileManager.default.subpathsOfDirectory(atPath: stages) where name.hasSuffix("0 1 1000.json") {
            try FileManager.default.removeItem(atPath: stages + "/" + name)
        }
        try FileManager.default.removeItem(atPath: stages + "/final")
        #expect(try SupervisedFixture.run(path, "one", threads: 2, .resume) == one)
        let found = try JSONDecoder().decode(Found.self, from: one)
        if configuration == Self.regression {
            #expect(found.features == ["x", "kind=blue", "kind=green", "kind=red", "z"])
            let ridge = try #require(found.models.first { $0.name == "ridge" })
            #expect(found.chosen == "ridge" && ridge.score("rmse") < 0.4)
            #expect(ridge.intervals?.halfWidth ?? 9 < 1 && ridge.intervals?.covered ?? 0 > 0.6)
            #expect(found.models[0].score("rmse") > 1)
        } else {
            #expect(found.features.suffix(2) == ["z", "z missing"])
            #expect(found.models.allSatisfy { $0.score("accuracy") > 0.7 })
        }
    }

    @Test func savedModelsPredictAsTheRunDid() throws {
        let path = try SupervisedFixture.folder(["t.csv": SupervisedFixture.rows(), "c.yaml": Self.regression])
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try SupervisedFixture.run(path, "out", threads: 2, .new)
        for model in ["constant", "ridge", "dense"] {
            let file = path + "/out/models/\(model).safetensors"
            let csv = try SavedPrediction(model: file, table: path + "/t.csv").csv.split(separator: "\n")
            #expect(csv.count == 81 && csv[0] == "row,prediction,low,high")
            let values = csv.dropFirst().map { Double($0.split(separator: ",")[1]) ?? .nan }
            #expect(values.allSatisfy { $0.isFinite })
            #expect(Set(values).count == (model == "constant" ? 1 : 80))
        }
        // A table without the column, one with words in it, and a file that is no model.
        let file = path + "/out/models/ridge.safetensors"
        try Data("x,kind\n1,red\n".utf8).write(to: URL(filePath: path + "/short.csv"))
        try Data("x,kind,z\nhot,red,1\n".utf8).write(to: URL(filePath: path + "/words.csv"))
        #expect(throws: InputError.self) { try SavedPrediction(model: file, table: path + "/short.csv") }
        #expect(throws: InputError.self) { try SavedPrediction(model: file, table: path + "/words.csv") }
        #expect(throws: InputError.self) { try SavedPrediction(model: path + "/t.csv", table: path + "/t.csv") }
        try Data("z,kind,x\n1,purple,0.5\n".utf8).write(to: URL(filePath: path + "/new.csv"))
        #expect(try SavedPrediction(model: file, table: path + "/new.csv").csv.split(separator: "\n").count == 2)
    }

    @Test func faultsOfSamplesAreOneLine() throws {
        let table = SupervisedFixture.rows(24)
        func configuration(_ task: String, _ data: String, _ rest: String, model: String) -> String {
            "experiment: \(task)\nname: f\ndata: {file: t.csv, \(data)}\n\(rest)\nmodels: [{\(model)}]\n"
        }
        func regression(_ data: String = "target: y, inputs: [x]", _ rest: String = "", model: String = "model: ridge")
            -> String
        {
            configuration("regression", data, rest, model: model)
        }
        let classes = "target: name, inputs: [x]"
        for (text, expected) in [
            (regression("target: wrong"), "no column 'wrong'"),
            (regression("target: name, inputs: [x]"), "is no number"),
            (regression(model: "model: logistic"), "logistic in a regression"),
            (regression(model: "model: convolutional"), "convolutions of a table"),
            (regression(model: "model: polynomial, degree: 50"), "could be fitted"),
            (regression(model: "model: nearest-neighbors, neighbors: 60"), "60 neighbours among"),
            (regression(model: "model: poisson"), "in a poisson regression"),
            (regression("target: y, inputs: [x]", "validation: {folds: 50}"), "50 folds of"),
            (regression("target: y, inputs: [x]", "validation: {kind: grouped}"), "groups are not told"),
            (regression("target: y, inputs: [x], groups: group"), "groups without an effect"),
            (regression("target: y, inputs: [x], groups: group", "validation: {kind: grouped, folds: 9}"), "folds of"),
            (regression("target: y, inputs: [x]", "choice: {score: accuracy}"), "accuracy in a regression"),
            (regression("target: y, inputs: [x]", "choice: {draws: 3}"), "has no effect"),
            (regression("target: y, inputs: [x]", "validation: {gap: 3}"), "has no effect"),
            (configuration("classification", classes, "", model: "model: ridge"), "ridge in a classification"),
            (
                configuration("classification", "target: y, inputs: [x]", "", model: "model: logistic"),
                "a target of classes"
            ),
            (configuration("classification", classes + ", rows: 2", "", model: "model: logistic"), "one class only"),
            (
                configuration("classification", classes, "validation: {folds: 12}", model: "model: logistic"),
                "samples of the class"
            ),
        ] {
            let found = try SupervisedFixture.fault(table, text)
            #expect(found.contains(expected), "\(text): \(found)")
        }
        let same = "x,y\n" + (0..<20).map { "\($0),3\n" }.joined()
        #expect(try SupervisedFixture.fault(same, regression()).contains("all targets are the same"))
        let flat = "x,y\n" + (0..<20).map { "7,\($0)\n" }.joined()
        #expect(try SupervisedFixture.fault(flat, regression()).contains("no input column has two values"))
        let other = classes + "\ntest: {file: u.csv}"
        let new = "x,name\n1,high\n2,unknown\n"
        let text =
            "experiment: classification\nname: f\ndata: {file: t.csv, \(classes)}\ntest: {file: u.csv}\nmodels: [{model: logistic}]\n"
        #expect(!other.isEmpty)
        #expect(
            try SupervisedFixture.fault(table, text, ["u.csv": new]).contains(
                "the class 'unknown' has no training examples"))
    }

    @Test func columnsThatTellTheTargetAreNamed() throws {
        let table = "x,leak,y\n" + (0..<40).map { "\(sin(Double($0))),\(3 * $0 + 1),\($0)\n" }.joined()
        let text = "experiment: regression\nname: f\ndata: {file: t.csv, target: y}\nmodels: [{model: ridge}]\n"
        let path = try SupervisedFixture.folder(["t.csv": table, "c.yaml": text])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let json = String(decoding: try SupervisedFixture.run(path, "out", threads: 1, .new), as: UTF8.self)
        #expect(json.contains("the column 'leak' alone tells the target"))
        #expect(!json.contains("the column 'x' alone"))
    }
}
