import Foundation
import Testing

@testable import Experiments

/// Samples that are wrong in one way each: a line that names the fault, or a result that tells of it.
@Suite struct SupervisedFaultTests {
    private static let models = "models: [{model: constant}, {model: ridge}]"
    private static func regression(_ data: String = "target: y", _ rest: String = models) -> String {
        "experiment: regression\nname: f\ndata: {file: t.csv, \(data)}\nvalidation: {folds: 2}\n"
            + "intervals: {resamples: 100}\nlearning_curve: {shares: [1]}\n\(rest)\n"
    }
    private static func classification(_ data: String, _ rest: String) -> String {
        "experiment: classification\nname: f\ndata: {\(data)}\nintervals: {resamples: 100}\n\(rest)\n"
    }

    private struct Found: Decodable {
        struct Model: Decodable {
            struct Candidate: Decodable { let score: Double? }
            let name, outcome: String
            let candidates: [Candidate]
            let choice: Int
        }
        let features, warnings: [String]
        let chosen: String
        let models: [Model]
    }

    private func found(_ files: [String: String]) throws -> Found {
        let path = try SupervisedFixture.folder(files)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try JSONDecoder().decode(Found.self, from: SupervisedFixture.run(path, "out", threads: 1, .new))
    }

    @Test func columnsWithoutInformationAreNamedAndLeftOut() throws {
        let rows = (0..<40).map { "\(sin(Double($0))),7,,same,\(cos(Double($0)))\n" }.joined()
        let found = try found(["t.csv": "x,flat,empty,word,y\n" + rows, "c.yaml": Self.regression()])
        #expect(found.features == ["x"])
        for part in ["'flat' is constant", "'empty' is without any value", "'word' is constant"] {
            #expect(found.warnings.contains { $0.contains(part) }, "no '\(part)' in \(found.warnings)")
        }
    }

    @Test func categoriesOfTheTestAloneAreNamed() throws {
        func table(_ words: [String], _ count: Int) -> String {
            "w,x,y\n" + (0..<count).map { "\(words[$0 % words.count]),\(sin(Double($0))),\($0 % 5)\n" }.joined()
        }
        let text = Self.regression("target: y", "test: {file: u.csv}\n" + Self.models)
        let found = try found([
            "t.csv": table(["red", "green"], 30), "u.csv": table(["red", "blue"], 10), "c.yaml": text,
        ])
        #expect(found.features == ["w=green", "w=red", "x"])
        #expect(found.warnings.contains { $0.contains("1 categories of 'w' are in the test alone (blue)") })
    }

    @Test func columnsThatAreTheTargetAreNamedInClassificationsToo() throws {
        let rows = (0..<40).map { row in
            "\(sin(Double(row))),\(row % 3 == 0 ? "k" : "l"),\(row % 3 == 0 ? 4 : 5),\(row % 3 == 0 ? "yes" : "no")\n"
        }
        let text = Self.classification("file: t.csv, target: name", "models: [{model: logistic}]")
        let found = try found(["t.csv": "x,word,code,name\n" + rows.joined(), "c.yaml": text])
        for column in ["word", "code"] {
            #expect(found.warnings.contains { $0.contains("the column '\(column)' alone tells the target") })
        }
        #expect(!found.warnings.contains { $0.contains("'x'") })
    }

    @Test func lossesThatAreNotFiniteAreOutcomes() throws {
        let models = "models: [{model: ridge}, {model: dense, width: 8, depth: 3, optimizer: sgd, rate: [0.01, 100]}]"
        let found = try found([
            "t.csv": SupervisedFixture.rows(), "c.yaml": Self.regression("target: y, inputs: [x, z]", models),
        ])
        let dense = try #require(found.models.last)
        #expect(dense.candidates.map { $0.score == nil } == [false, true] && dense.choice == 0)
        let fault = try SupervisedFixture.fault(
            SupervisedFixture.rows(),
            Self.regression("target: y, inputs: [x, z]", models.replacing("[0.01, 100]", with: "100")))
        #expect(fault.contains("no setting of 'dense' could be fitted"))
    }

    @Test func picturesThatDoNotFitAreOneLine() throws {
        let files = [
            "p": SupervisedFixture.pictures(40), "q": SupervisedFixture.pictures(40, 8, 6),
            "r": SupervisedFixture.pictures(39), "l": SupervisedFixture.labels(40),
        ]
        func fault(_ data: String, _ rest: String = "", more: [String: Data] = [:]) throws -> String {
            try SupervisedFixture.fault(
                "", Self.classification(data, rest + "\nmodels: [{model: constant}]"),
                bytes: files.merging(more) { $1 })
        }
        #expect(try fault("pictures: p, labels: l") == "no fault")
        let other = try fault("pictures: p, labels: l", "test: {pictures: q, labels: l}")
        #expect(other.contains("pictures of 1 × 8 × 6") && other.contains("1 × 8 × 8, as in training"), "\(other)")
        #expect(try fault("pictures: r, labels: l").contains("labels of shape [40] for 39 pictures"))
        #expect(try fault("pictures: l, labels: l").contains("an array of shape [40]"))
        #expect(try fault("pictures: absent, labels: l").contains("absent"))
        let oracles = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Oracles/files_arrays.json")
        struct All: Decodable {
            struct Case: Decodable { let name, base64: String }
            let arrays: [Case]
        }
        let all = try JSONDecoder().decode(All.self, from: Data(contentsOf: oracles)).arrays
        let packed = try #require(all.first { $0.name.contains("gzip") }.flatMap { Data(base64Encoded: $0.base64) })
        #expect(
            try fault("pictures: cut, labels: l", more: ["cut": packed.dropLast(20)]).contains("damaged or cut off"))
    }

    @Test func classesThatFoldsCannotShareAreNamed() throws {
        func fault(_ rare: (Int) -> Bool, _ data: String, _ rest: String) throws -> String {
            let rows = (0..<40).map { "\(sin(Double($0))),\(rare($0) ? "rare" : "often"),g\($0 / 10)\n" }.joined()
            return try SupervisedFixture.fault(
                "x,name,g\n" + rows,
                Self.classification(
                    "file: t.csv, target: name, inputs: [x]\(data)", rest + "\nmodels: [{model: logistic}]"))
        }
        let first = { (count: Int) in { (row: Int) in row < count } }
        #expect(
            try fault(first(3), "", "").contains(
                "a stratified test of 0.2: 5 stratified folds, and 3 samples of the class 'rare'"))
        #expect(
            try fault(first(5), "", "validation: {folds: 5}").contains(
                "5 stratified folds, and 4 samples of the class 'rare'"))
        #expect(
            try fault(
                { $0 % 3 == 0 }, ", groups: g",
                "test: {kind: grouped, share: 0.25}\nvalidation: {folds: 5, kind: grouped}"
            )
            .contains("5 folds of 3 groups"))
        #expect(
            try fault(first(5), "", "test: {kind: blocked, share: 0.9}\nvalidation: {folds: 2, kind: random}").contains(
                "the class 'often' has no training examples"))
    }
}
