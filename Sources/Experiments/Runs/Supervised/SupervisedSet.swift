import Supervised
import Tensors

/// Samples ready for models, and what was left out or found on the way.
struct SupervisedSet: Sendable {
    let data: SupervisedData
    /// The rows of the file, from 0, that the samples are.
    let rows: [Int]
    let warnings: [String]

    /// Samples of a file.
    ///
    /// - Parameter classes: the names of the classes where another file has told them.
    init(
        _ source: SupervisedSource, _ task: SupervisedTask, _ preprocessing: Preprocessing, classes: [String]? = nil
    ) throws(InputError) {
        let read = try source.read()
        var warnings: [String] = []
        func fault(_ problem: String, _ expected: String, file: String? = nil) -> InputError {
            InputError(.data, at: .init(file ?? source.file, path: source.target), problem, expected: expected)
        }
        var kept = read.targets.indices.filter { read.targets[$0] != nil }
        if kept.count < read.targets.count {
            warnings.append("\(read.targets.count - kept.count) samples have no target and are left out")
        }
        if preprocessing.missing == .drop, case .table(let table) = read.inputs {
            let before = kept.count
            let holes = table.columns.map(\.values.isMissing)
            kept = kept.filter { row in holes.allSatisfy { !$0[row] } }
            if kept.count < before {
                warnings.append("\(before - kept.count) samples with missing values are left out")
            }
        }
        if source.groups != nil, let groups = read.groups, let hole = kept.first(where: { groups[$0] == nil }) {
            throw fault("the group of row \(hole + 1) is missing", "a group in every row")
        }
        guard kept.count >= 2 else { throw fault("\(kept.count) samples with a target", "at least 2") }
        let targets: Targets
        switch task {
        case .regression:
            if let word = kept.first(where: { !read.numbers[$0].isFinite }) {
                throw fault("the target \((read.targets[word] ?? "").quoted) is no number", "numbers in a regression")
            }
            let numbers = kept.map { read.numbers[$0] }
            if numbers.allSatisfy({ $0 == numbers[0] }) {
                throw fault("all targets are the same", "targets that differ")
            }
            targets = .numbers(numbers)
        case .classification:
            let words = kept.map { read.targets[$0] ?? "" }
            let names = classes ?? Self.sorted(Set(words))
            if names.count < 2 { throw fault("one class only: \(names.joined().quoted)", "at least two classes") }
            guard names.count <= 10_000, classes != nil || names.count < kept.count else {
                throw fault(
                    "\(names.count) classes of \(kept.count) samples", "a target of classes; numbers are a regression")
            }
            let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
            if let unknown = words.first(where: { places[$0] == nil }) {
                throw fault("the class \(unknown.quoted) has no training examples", Spelling.oneOf(names))
            }
            targets = .classes(words.map { places[$0] ?? 0 }, names: names)
        }
        let inputs = kept.count == read.inputs.count ? read.inputs : read.inputs.taking(kept)
        let groups = read.groups.map { groups in Self.numbered(kept.map { groups[$0] ?? "" }) }
        data = SupervisedData(inputs, targets, groups: groups)
        rows = kept
        if case .table(let table) = inputs { warnings += Self.leaks(table, targets) }
        self.warnings = warnings
    }

    /// Numbers by size, words by letters.
    private static func sorted(_ words: Set<String>) -> [String] {
        let numbers = words.compactMap { Double($0) }
        return numbers.count == words.count
            ? words.sorted { (Double($0) ?? 0) < (Double($1) ?? 0) } : words.sorted()
    }

    private static func numbered(_ words: [String]) -> [Int] {
        var places: [String: Int] = [:]
        return words.map { word in
            if let place = places[word] { return place }
            places[word] = places.count
            return places.count - 1
        }
    }

    /// Columns that tell the target alone: as numbers by an affine function, or a class by a value of their own.
    private static func leaks(_ table: Table, _ targets: Targets) -> [String] {
        table.columns.filter { column in
            switch (column.values, targets) {
            case (.numbers(let x), .numbers(let y)): isAffine(x, y)
            case (.numbers(let x), .classes(let y, let names)):
                determines(x.map { $0.isNaN ? nil : "\($0)" }, y, names.count)
            case (.words(let x), .classes(let y, let names)): determines(x, y, names.count)
            case (.words, .numbers): false
            }
        }.map { "the column '\($0.name)' alone tells the target: is it known when a prediction is made?" }
    }

    private static func isAffine(_ x: [Double], _ y: [Double]) -> Bool {
        let known = x.indices.filter { !x[$0].isNaN }
        guard known.count > 2, known.count > x.count / 2 else { return false }
        let count = Double(known.count)
        let (mx, my) = (known.reduce(0) { $0 + x[$1] } / count, known.reduce(0) { $0 + y[$1] } / count)
        let xy = known.reduce(0) { $0 + (x[$1] - mx) * (y[$1] - my) }
        let xx = known.reduce(0) { $0 + (x[$1] - mx) * (x[$1] - mx) }
        let yy = known.reduce(0) { $0 + (y[$1] - my) * (y[$1] - my) }
        return xx > 0 && yy > 0 && xy * xy > (1 - 1e-12) * xx * yy
    }

    private static func determines(_ x: [String?], _ y: [Int], _ classes: Int) -> Bool {
        var known: [String: Int] = [:]
        for (value, name) in zip(x, y) {
            guard let value else { continue }
            if let other = known[value], other != name { return false }
            known[value] = name
        }
        // Few values, each of one class alone.
        return known.count >= 2 && known.count <= max(2 * classes, 2) && Set(known.values).count == classes
    }
}
