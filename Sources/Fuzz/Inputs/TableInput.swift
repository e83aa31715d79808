import Experiments

extension InputKind {
    func readTable(_ random: inout Generator, _ place: Workplace) throws {
        var source: Tree
        if random.chance(0.45) {
            var form = TableForm(&random)
            try place.write(form.bytes(&random), to: "data.csv")
            source = form.source
        } else {
            var layout = TableLayout(&random)
            try place.write(layout.bytes(&random), to: "data.csv")
            source = layout.source
        }
        try readSource(random.changed(source: source), place)
    }

    /// Reads the data of a section, and checks them.
    func readSource(_ source: Tree, _ place: Workplace) throws {
        try place.write(configuration: Tree.mapping([("data", source)]).yaml, to: "config.yaml")
        let read = try DataSource(try ConfigurationNode(file: place.path("config.yaml")).part("data")).read()
        try place.check(read.observations)
        if let truth = read.truth { try place.check(truth) }
    }
}

extension Generator {
    /// A section of data with changes of its structure, or with values at its keys.
    mutating func changed(source: Tree) -> Tree {
        if chance(0.6) { return source }
        if chance(0.5) { return mutated(source) }
        return keyed(source, KeyPlace.ofData)
    }
}

extension KeyPlace {
    /// The keys below `data`.
    fileprivate static let ofData = all(.structural).filter { $0.path.first == "data" && $0.path.count > 1 }.map {
        KeyPlace(path: Array($0.path.dropFirst()), value: $0.value, word: nil)
    }
}

/// A table as text, in one of the forms that people use.
struct TableLayout {
    private let delimiter: String
    private let newline: String
    private let time: Int
    private let step: Int
    private let isDecimalComma: Bool
    private let comments: Int
    private var rows: [[String]] = []

    init(_ random: inout Generator) {
        isDecimalComma = random.chance(0.1)
        delimiter = isDecimalComma ? ";" : random.pick([",", ",", ",", ";", "\t", " ", "|"])
        newline = random.pick(["\n", "\n", "\n", "\r\n", "\r"])
        time = random.int(0...3)
        step = random.pick([1, 1, 1, 2, 12])
        comments = random.chance(0.15) ? random.int(1...3) : 0
        rows = [header]
        for index in 0..<random.pick([1, 3, 24, 24, 24, 200]) { rows.append(times(index * step) + values(&random)) }
    }

    private var header: [String] {
        let names = [["year", "month"], ["date"], ["date"], ["year", "month", "day", "hour"]][time]
        return names + ["a", "b", "sigma"]
    }

    private func times(_ month: Int) -> [String] {
        let (year, rest) = (1990 + month / 12, month % 12 + 1)
        switch time {
        case 0: return ["\(year)", "\(rest)"]
        case 1: return ["\(year)-\(rest < 10 ? "0" : "")\(rest)-01"]
        case 2: return ["\(year)-\(rest < 10 ? "0" : "")\(rest)-15T12:00"]
        default: return ["\(year)", "\(rest)", "1", "\(month % 24)"]
        }
    }

    private func values(_ random: inout Generator) -> [String] {
        let numbers = [Double.random(in: -2...40, using: &random), .random(in: 0...1, using: &random), 0.1]
        return numbers.map { number in
            let text = "\((number * 1000).rounded() / 1000)"
            return isDecimalComma ? String(text.map { $0 == "." ? "," : $0 }) : text
        }
    }

    /// The data section that fits it.
    var source: Tree {
        var keys: [(key: String, value: Tree)] = [("file", .plain("data.csv"))]
        let formats = [
            "{columns: [year, month]}", "{column: date}", "{column: date}", "{columns: [year, month, day, hour]}",
        ]
        keys.append(("time", Tree(formats[time])))
        let delimiters = ["\t": "tab", " ": "blanks"]
        if delimiter != "," { keys.append(("delimiter", .text(delimiters[delimiter] ?? delimiter))) }
        if isDecimalComma { keys.append(("decimal", .text(","))) }
        if comments > 0 { keys.append(("comment", .text("#"))) }
        if time != 3 { keys.append(("step", .plain(step == 12 ? "year" : "\(step) months"))) }
        keys.append(
            (
                "variables",
                Tree("[{name: a, error: {column: sigma}}, {name: b, truth: a, scale: 2}, {name: c, column: a}]")
            ))
        if case .list(let all)? = keys.last?.value {
            keys[keys.count - 1].value = .list(Array(all.prefix(1 + rows.count % 3)))
        }
        return .mapping(keys)
    }

    /// The text, changed in a few fields, rows and bytes.
    mutating func bytes(_ random: inout Generator) -> [UInt8] {
        for _ in 0..<(random.chance(0.3) ? 0 : random.few()) { change(&random) }
        var lines = (0..<comments).map { "# comment \($0)" }
        for row in rows { lines.append(row.map { field($0) }.joined(separator: delimiter)) }
        var text = lines.joined(separator: newline)
        if random.chance(0.9) { text += newline }
        if random.chance(0.1) { text = "\u{FEFF}" + text }
        let bytes = Array(text.utf8)
        return random.chance(0.15) ? random.damaged(bytes) : bytes
    }

    private func field(_ text: String) -> String {
        guard text.contains(delimiter) || text.contains("\n") else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private mutating func change(_ random: inout Generator) {
        guard !rows.isEmpty else { return }
        let row = random.int(0...(rows.count - 1))
        switch random.int(0...9) {
        case 0: rows.swapAt(row, random.int(0...(rows.count - 1)))
        case 1: rows.remove(at: row)
        case 2: rows.insert(rows[row], at: row)
        case 3: rows[row].append(random.text())
        case 4: rows[row] = Array(rows[row].dropLast(random.few()))
        case 5 where rows[row].count > 1: rows[row].swapAt(0, random.int(0...(rows[row].count - 1)))
        case 6:
            // A value that stands in a whole column.
            let (column, text) = (random.int(0...4), random.text())
            for index in rows.indices.dropFirst() where rows[index].indices.contains(column) {
                rows[index][column] = text
            }
        case 7: rows.insert(["degC", "m/s"], at: min(1, rows.count))
        default:
            guard !rows[row].isEmpty else { return }
            rows[row][random.int(0...(rows[row].count - 1))] = random.text()
        }
    }
}
