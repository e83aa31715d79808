import Foundation
import Supervised
import Tensors

/// Samples as their file has them: inputs, and the texts of targets and groups.
struct ReadSamples {
    var inputs: Inputs
    /// One a sample, nil where missing.
    var targets: [String?]
    /// The targets as numbers, NaN where missing or no numbers.
    var numbers: [Double]
    var groups: [String?]?
}

extension SupervisedSource {
    /// Reads the file.
    ///
    /// - Parameters:
    ///   - wanted: the columns of the inputs in the order of a saved model; nil: those of the configuration.
    ///   - hasTarget: whether the target must be there.
    func read(wanted: [WantedColumn]? = nil, hasTarget: Bool = true) throws(InputError) -> ReadSamples {
        if case .pictures(let labels) = layout { return try pictures(labels, hasTarget: hasTarget) }
        let table = try columns()
        return try samples(table, wanted, hasTarget: hasTarget)
    }

    struct WantedColumn: Sendable {
        let name: String
        let isWords: Bool
    }

    // MARK: - Pictures

    private func pictures(_ labels: String, hasTarget: Bool) throws(InputError) -> ReadSamples {
        let found = try ArrayFile.array(file)
        guard found.shape.count == 3 || found.shape.count == 4, found.shape.allSatisfy({ $0 > 0 }) else {
            throw InputError(
                .data, at: .init(file), "an array of shape \(found.shape)",
                expected: "[pictures, rows, columns], or with channels after the pictures")
        }
        let shape = found.shape.count == 3 ? [found.shape[0], 1, found.shape[1], found.shape[2]] : found.shape
        let count = min(rows ?? shape[0], shape[0])
        let images = found.tensor.cast(to: .float32).reshaped(shape)[0..<count]
        guard images.values.allSatisfy(\.isFinite) else {
            throw InputError(.data, at: .init(file), "a point of a picture is not finite", expected: "finite numbers")
        }
        guard hasTarget else {
            return ReadSamples(inputs: .pictures(images), targets: [], numbers: [], groups: nil)
        }
        let names = try ArrayFile.array(labels)
        guard names.shape == [shape[0]] else {
            throw InputError(
                .data, at: .init(labels), "labels of shape \(names.shape) for \(shape[0]) pictures in \(file)",
                expected: "[\(shape[0])]")
        }
        let numbers = Array(names.tensor.values.prefix(count))
        return ReadSamples(
            inputs: .pictures(images), targets: numbers.map { $0.isNaN ? nil : Self.text($0) }, numbers: numbers,
            groups: nil)
    }

    // MARK: - Tables

    /// The columns of a file, numbers where all known values are.
    private func columns() throws(InputError) -> [(name: String, values: Table.Values)] {
        switch layout {
        case .pictures: return []
        case .csv(let format):
            let csv = try CSVTable(file: file, format: format)
            let count = min(rows ?? csv.rowCount, csv.rowCount)
            var all: [(name: String, values: Table.Values)] = []
            let wanted = inputs.map { Set($0 + [target, groups].compactMap(\.self)) }
            for (index, name) in csv.columns.enumerated() where wanted?.contains(name) ?? !leftOut.contains(name) {
                // A name that two columns have is an error where it is used.
                let column = try csv.index(
                    of: csv.columns.count { $0 == name } == 1 ? .named(name) : .position(index + 1))
                let unique = all.contains { $0.name == name } ? "\(name) (\(index + 1))" : name
                all.append((unique, try Self.column(csv, column, count, isDate: dates.contains(name))))
            }
            return all
        case .netCDF:
            return try NetCDFLibrary.exclusively { () throws(InputError) in
                let dataset = try NetCDFDataset(opening: file)
                var all: [(name: String, values: Table.Values)] = []
                let variables = try dataset.variables().filter { $0.dimensions.count == 1 && $0.count > 0 }
                guard let axis = (variables.first { $0.name == target } ?? variables.first)?.dimensions[0] else {
                    throw InputError(.data, at: .init(file), "no variable along one dimension", expected: "columns")
                }
                for variable in variables where variable.dimensions[0] == axis {
                    let numbers = try NetCDFPacking(variable, missing: []).values(
                        dataset, from: 0, every: 1, count: axis.length
                    ).numbers
                    all.append((variable.name, .numbers(Array(numbers.prefix(rows ?? numbers.count)))))
                }
                return all
            }
        case .numpy: return try numpyColumns()
        }
    }

    private static func column(
        _ csv: CSVTable, _ column: Int, _ count: Int, isDate: Bool
    ) throws(InputError) -> Table.Values {
        var words: [String?] = []
        words.reserveCapacity(count)
        for row in 0..<count { words.append(csv.word(row, column)) }
        // Words, where the first known value is no number.
        guard let first = words.indices.first(where: { words[$0] != nil }), !isDate else { return .words(words) }
        guard (try? csv.number(first, column)) != nil else { return .words(words) }
        var numbers: [Double] = []
        numbers.reserveCapacity(count)
        for row in 0..<count { numbers.append(try csv.number(row, column)) }
        return .numbers(numbers)
    }

    private func numpyColumns() throws(InputError) -> [(name: String, values: Table.Values)] {
        let arrays: [(name: String, array: ArrayFile.Array)] =
            FilePath.fileExtension(of: file) == "npz"
            ? try NumPyFile.arrays(file) : [("x", try ArrayFile.array(file))]
        var all: [(name: String, values: Table.Values)] = []
        guard let length = arrays.first?.array.shape.first else {
            throw InputError(.data, at: .init(file), "a single number", expected: "one row a sample")
        }
        for (name, array) in arrays {
            guard array.shape.first == length, array.shape.count <= 2 else {
                throw InputError(
                    .data, at: .init(file, path: name), "an array of shape \(array.shape)",
                    expected: "[\(length)] or [\(length), columns]")
            }
            let width = array.shape.count == 2 ? array.shape[1] : 1
            let values = array.tensor.values
            for j in 0..<width {
                let column = (0..<min(rows ?? length, length)).map { values[$0 * width + j] }
                all.append((array.shape.count == 2 ? "\(name)\(j + 1)" : name, .numbers(column)))
            }
        }
        return all
    }

    private func samples(
        _ table: [(name: String, values: Table.Values)], _ wanted: [WantedColumn]?, hasTarget: Bool
    ) throws(InputError) -> ReadSamples {
        func find(_ name: String) throws(InputError) -> Table.Values {
            if let column = table.first(where: { $0.name == name }) { return column.values }
            let names = table.map(\.name)
            throw InputError(
                .data, at: .init(file), "no column \(name.quoted)\(Spelling.suggestion(for: name, among: names))",
                expected: Spelling.oneOf(names))
        }
        let used = wanted?.map(\.name)
        let others = Set([target, groups].compactMap(\.self))
        let derived = Set(dates.flatMap { Self.dateNames($0) })
        let chosen =
            used?.filter { !derived.contains($0) } ?? inputs ?? table.map(\.name).filter { !others.contains($0) }
        for name in (inputs ?? []) + leftOut + categories + dates where used == nil && !leftOut.contains(name) {
            _ = try find(name)
        }
        var columns: [Table.Column] = []
        for name in chosen where !dates.contains(name) {
            var values = try find(name)
            if categories.contains(name), case .numbers(let numbers) = values {
                values = .words(numbers.map { $0.isNaN ? nil : Self.text($0) })
            }
            if let wanted = wanted?.first(where: { $0.name == name }), case .words(let words) = values, !wanted.isWords,
                words.contains(where: { $0 != nil })
            {
                throw InputError(.data, at: .init(file), "words in the column \(name.quoted)", expected: "numbers")
            }
            if wanted?.contains(where: { $0.name == name && !$0.isWords }) ?? false, case .words(let words) = values {
                values = .numbers(words.map { _ in .nan })
            }
            if wanted?.contains(where: { $0.name == name && $0.isWords }) ?? false, case .numbers(let numbers) = values
            {
                values = .words(numbers.map { $0.isNaN ? nil : Self.text($0) })
            }
            columns.append(Table.Column(name, values))
        }
        for name in dates where used == nil && chosen.contains(name) || used?.contains(Self.dateNames(name)[0]) ?? false
        {
            guard case .words(let words) = try find(name) else { continue }
            columns += try dateColumns(name, words)
        }
        if let used { columns.sort { (used.firstIndex(of: $0.name) ?? 0) < (used.firstIndex(of: $1.name) ?? 0) } }
        guard !columns.isEmpty else {
            throw InputError(
                .data, at: .init(file), "no column is an input", expected: "at least one besides the target")
        }
        var (targets, numbers): ([String?], [Double]) = ([], [])
        if hasTarget, let target {
            switch try find(target) {
            case .numbers(let values): (targets, numbers) = (values.map { $0.isNaN ? nil : Self.text($0) }, values)
            case .words(let words): (targets, numbers) = (words, words.map { _ in .nan })
            }
        }
        var names: [String?]?
        if hasTarget, let groups {
            switch try find(groups) {
            case .numbers(let values): names = values.map { $0.isNaN ? nil : Self.text($0) }
            case .words(let words): names = words
            }
        }
        return ReadSamples(inputs: try pictures(columns), targets: targets, numbers: numbers, groups: names)
    }

    /// The columns, as pictures where the configuration tells their shape.
    private func pictures(_ columns: [Table.Column]) throws(InputError) -> Inputs {
        guard let shape else { return .table(Table(columns)) }
        guard columns.count == shape[0] * shape[1] else {
            throw InputError(
                .configuration, at: place, "\(columns.count) input columns for pictures of \(shape[0]) × \(shape[1])",
                expected: "\(shape[0] * shape[1])")
        }
        let (count, width) = (columns[0].values.count, columns.count)
        var points = [Float](repeating: 0, count: count * width)
        for (j, column) in columns.enumerated() {
            guard case .numbers(let values) = column.values, values.allSatisfy(\.isFinite) else {
                throw InputError(
                    .data, at: .init(file), "the column \(column.name.quoted) of pictures has words or missing values",
                    expected: "a number in every row")
            }
            for i in 0..<count { points[i * width + j] = Float(values[i]) }
        }
        return .pictures(Tensor(floats: points, shape: [count, 1] + shape))
    }

    static func dateNames(_ name: String) -> [String] { [name, "\(name) cosine", "\(name) sine"] }

    private func dateColumns(_ name: String, _ words: [String?]) throws(InputError) -> [Table.Column] {
        var (days, cosines, sines): ([Double], [Double], [Double]) = ([], [], [])
        for (row, word) in words.enumerated() {
            guard let word else {
                days.append(.nan)
                cosines.append(.nan)
                sines.append(.nan)
                continue
            }
            guard let instant = Instant(iso8601: word) else {
                throw InputError(
                    .data, at: .init(file), "\(word.quoted) in row \(row + 1) of the column \(name.quoted)",
                    expected: "a date such as 1979-12-31")
            }
            days.append(instant.secondsSince1970 / 86_400)
            cosines.append(cos(2 * .pi * instant.phaseOfYear))
            sines.append(sin(2 * .pi * instant.phaseOfYear))
        }
        let names = Self.dateNames(name)
        return [Table.Column(names[0], days), Table.Column(names[1], cosines), Table.Column(names[2], sines)]
    }

    /// A number as a name of a category: 3, not 3.0.
    static func text(_ number: Double) -> String {
        number.rounded() == number && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
