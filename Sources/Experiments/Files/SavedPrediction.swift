import Foundation
import Studies
import Supervised
import Tensors

/// Predictions for the rows of a table, or for pictures, with a model that an earlier run has saved.
public struct SavedPrediction: Sendable {
    private let rows: [String]
    private let header: String

    /// - Parameter table: CSV, NetCDF, NumPy or IDX; its target, if it has one, is not used.
    public init(model: String, table: String) throws(InputError) {
        let (fitted, description) = try SupervisedFile.read(model)
        let inputs = try Self.inputs(fitted, description, table)
        let found = fitted.predictions(inputs)
        guard found.isFinite else {
            throw InputError(
                .data, at: .init(table), "a prediction is not finite", expected: "inputs like those of training")
        }
        switch found {
        case .numbers(let values):
            guard let half = description.halfWidth else {
                header = "row,prediction"
                rows = values.enumerated().map { "\($0 + 1),\($1)" }
                return
            }
            header = "row,prediction,low,high"
            rows = values.enumerated().map { "\($0 + 1),\($1),\($1 - half),\($1 + half)" }
        case .probabilities(let values, let count):
            let names = description.classes
            guard names.count == count else {
                throw InputError(.data, at: .init(model), "\(names.count) names of \(count) classes")
            }
            header = (["row", "class"] + names.map { "p(\($0))" }).map(CSVText.field).joined(separator: ",")
            rows = (found.classes ?? []).enumerated().map { row, name in
                let own = values[(row * count)..<((row + 1) * count)].map { "\($0)" }
                return (["\(row + 1)", CSVText.field(names[name])] + own).joined(separator: ",")
            }
        }
    }

    /// One line a row.
    public var csv: String { ([header] + rows).joined(separator: "\n") }

    private static func inputs(
        _ fitted: FittedPipeline, _ description: SupervisedDescription, _ file: String
    ) throws(InputError) -> Inputs {
        let shape = fitted.layout.shape
        guard !fitted.preprocessing.columns.isEmpty else { return try pictures(file, shape) }
        let source = SupervisedSource(predictingFrom: file, dates: description.dates)
        let wanted = fitted.preprocessing.columns.map {
            SupervisedSource.WantedColumn(name: $0, isWords: description.words.contains($0))
        }
        return try source.read(wanted: wanted, hasTarget: false).inputs
    }

    /// Pictures of a file of their own, or of the rows of a table.
    private static func pictures(_ file: String, _ shape: [Int]) throws(InputError) -> Inputs {
        guard ["csv", "tsv", "txt"].contains(FilePath.fileExtension(of: file)) else {
            let found = try ArrayFile.array(file)
            guard found.shape.count >= 3, found.shape.count <= 4, found.shape.suffix(2) == shape.suffix(2),
                found.shape.count == 3 ? shape[0] == 1 : found.shape[1] == shape[0]
            else {
                throw InputError(
                    .data, at: .init(file), "an array of shape \(found.shape)",
                    expected: "pictures of \(shape.map(String.init).joined(separator: " × "))")
            }
            return .pictures(found.tensor.cast(to: .float32).reshaped([found.shape[0]] + shape))
        }
        let table = try CSVTable(file: file)
        let width = shape.reduce(1, *)
        guard table.columns.count >= width else {
            throw InputError(
                .data, at: .init(file), "\(table.columns.count) columns", expected: "the \(width) points of a picture")
        }
        var points: [Float] = []
        for row in 0..<table.rowCount {
            for column in 0..<width {
                let value = try table.number(row, column)
                guard value.isFinite else {
                    throw InputError(.data, at: table.place(row, column), "a missing point", expected: "a number")
                }
                points.append(Float(value))
            }
        }
        return .pictures(Tensor(floats: points, shape: [table.rowCount] + shape))
    }
}
