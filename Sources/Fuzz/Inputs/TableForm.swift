/// A table as text in a layout that needs keys of its own: long form, months beside years, fixed widths, names
/// elsewhere, local time.
struct TableForm {
    private(set) var lines: [String]
    /// The section `data` that fits it.
    private(set) var source: Tree

    init(_ random: inout Generator) {
        switch random.int(0...6) {
        case 0: self = Self.long(&random)
        case 1: self = Self.months(&random)
        case 2: self = Self.fixedWidths(&random)
        case 3: self = Self.namesElsewhere(&random)
        case 4: self = Self.localTime(&random)
        case 5: self = Self.formats(&random)
        default: self = Self.aggregated(&random)
        }
    }

    private init(_ lines: [String], _ keys: String) {
        (self.lines, source) = (lines, Tree("{file: data.csv, \(keys)}"))
    }

    /// The text, changed in a few lines, fields and bytes.
    mutating func bytes(_ random: inout Generator) -> [UInt8] {
        for _ in 0..<(random.chance(0.3) ? 0 : random.few()) where !lines.isEmpty { change(&random) }
        let bytes = Array((lines.joined(separator: random.chance(0.8) ? "\n" : "\r\n") + "\n").utf8)
        return random.chance(0.15) ? random.damaged(bytes) : bytes
    }

    private mutating func change(_ random: inout Generator) {
        let line = random.int(0...(lines.count - 1))
        switch random.int(0...6) {
        case 0: lines.swapAt(line, random.int(0...(lines.count - 1)))
        case 1: lines.remove(at: line)
        case 2: lines.insert(lines[line], at: line)
        case 3: lines[line] = String(lines[line].dropLast(random.int(1...8)))
        case 4: lines.insert(random.text(), at: line)
        default:
            var fields = lines[line].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard !fields.isEmpty else { return }
            fields[random.int(0...(fields.count - 1))] = random.text()
            lines[line] = fields.joined(separator: ",")
        }
    }

    private static func number(_ random: inout Generator) -> String { "\(Double(random.int(-200...4000)) / 10)" }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// A day of a year, and one a month or a year later.
    private static func day(_ number: Int) -> String { "1990-\(two(number / 28 % 12 + 1))-\(two(number % 28 + 1))" }

    /// A row for each station and time.
    private static func long(_ random: inout Generator) -> TableForm {
        var lines = ["station,date,value,kind"]
        for number in 0..<random.pick([1, 10, 60]) {
            for station in ["A", "B"] {
                lines.append("\(station),\(day(number)),\(self.number(&random)),\(random.pick(["x", "x", "y"]))")
            }
        }
        let kind = random.pick([", select: {kind: x}", ", select: {kind: {at: 1}}", "", ", aggregate: mean"])
        return TableForm(
            lines,
            """
            time: {column: date}, step: day\(kind), variables: [{name: a, column: value, select: {station: A}}, \
            {name: b, column: value, select: {station: \(random.pick(["B", "B", "C", "{at: 2}"]))}}]
            """)
    }

    /// A row for each year.
    private static func months(_ random: inout Generator) -> TableForm {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let first = random.pick([1990, 1, 9990])
        var lines = ["year," + names.joined(separator: ",")]
        for year in 0..<random.pick([1, 5, 30]) {
            lines.append("\(first + year)," + names.map { _ in number(&random) }.joined(separator: ","))
        }
        let listed = random.chance(0.3) ? ", months: [\(names.joined(separator: ", "))]" : ""
        return TableForm(lines, "time: {year: year\(listed)}, step: month, variables: [{name: a}]")
    }

    private static func fixedWidths(_ random: inout Generator) -> TableForm {
        var lines: [String] = random.chance(0.5) ? ["date      a     b"] : []
        let hasNames = !lines.isEmpty
        for row in 0..<random.pick([1, 10, 60]) {
            let values = [number(&random), number(&random)]
            lines.append(
                day(row) + values.map { String(repeating: " ", count: max(0, 6 - $0.utf8.count)) + $0 }.joined())
        }
        let widths = random.pick(["[10, 6, 6]", "[10, 6, 6]", "[10, 2, 4, 6]", "[4, 10000]", "[22]"])
        let header = hasNames ? "" : "header: {names: [date, a, b]}, "
        return TableForm(
            lines, "delimiter: {widths: \(widths)}, \(header)time: {column: date}, variables: [{name: a}, {name: b}]")
    }

    /// Names in a comment, in another line, in the configuration or nowhere; units below them; names twice.
    private static func namesElsewhere(_ random: inout Generator) -> TableForm {
        let rows = (0..<random.pick([1, 10, 60])).map { "\(day($0)),\(number(&random)),\(number(&random))" }
        let variables = "time: {column: date}, variables: [{name: a}, {name: b}]"
        switch random.int(0...4) {
        case 0: return TableForm(["# made by hand", "# date,a,b"] + rows, "header: {line: 2}, \(variables)")
        case 1: return TableForm(["date,a,b", "UTC,degC,mm", "s,n,n"] + rows, "header: {skip: 2}, \(variables)")
        case 2: return TableForm(rows, "header: {names: [date, a, b]}, \(variables)")
        case 3:
            return TableForm(
                rows, "header: none, time: {column: 1}, variables: [{name: a, column: {at: 2}}, {name: b, column: 3}]")
        default:
            return TableForm(
                ["date,a,a"] + rows,
                """
                time: {column: date}, variables: [{name: a, column: {name: a, nth: 1}}, \
                {name: b, column: {name: a, nth: \(random.pick([2, 2, 3, 100_000]))}}]
                """)
        }
    }

    /// Hours of a clock that is set forward and back.
    private static func localTime(_ random: inout Generator) -> TableForm {
        let start = random.pick(["2021-03-28", "2021-10-31", "2021-06-01", "0001-01-01", "9999-12-31"])
        let offset = random.pick(["", "", "", "+01:00", "Z"])
        var lines = ["time,a"]
        for hour in 0..<24 { lines.append("\(start)T\(two(hour)):00\(offset),\(number(&random))") }
        let zone = random.pick([
            "Europe/Berlin", "America/New_York", "+01:00", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "-12:34",
            "../../etc/passwd",
        ])
        let step = random.pick([", step: hour", ", step: day, aggregate: mean", ", step: month, aggregate: sum", ""])
        return TableForm(lines, "time: {column: time, zone: \(zone)}\(step), variables: [{name: a}]")
    }

    /// Times and numbers by formats.
    private static func formats(_ random: inout Generator) -> TableForm {
        let (format, first) = random.pick([
            ("dd.MM.yyyy", "05.03.1990"), ("yyyyMMdd", "19900305"), ("M/d/yy H:mm", "3/5/90 7:00"),
            ("decimal year", "1990.25"), ("days since 1950-01-01", "14673"), ("hours since 1990-01-01 00:00", "3.5"),
            ("yyyy-MM-dd HH:mm:ss", "1990-03-05 07:08:09"), ("months since 1990", "3"), ("DDD yyyy", "64 1990"),
        ])
        let thousands = random.pick(["", "", ", thousands: \"'\"", ", thousands: \" \""])
        var lines = ["t;a;b", "\(first);1'234,5;0,25"]
        for _ in 0..<random.int(0...4) { lines.append("\(random.pick([first, random.text()]));\(number(&random));1") }
        return TableForm(
            lines,
            """
            decimal: ",", missing: [-999, 1]\(thousands), time: {column: t, format: "\(format)"}, \
            variables: [{name: a, transform: \(random.pick(["log", "sqrt", "{box_cox: 0.5, offset: 30}"]))}, {name: b}]
            """)
    }

    /// Many values in each step, and steps without any.
    private static func aggregated(_ random: inout Generator) -> TableForm {
        let spacing = random.pick([1, 6, 25, 24 * 40])
        var lines = ["year,month,day,hour,a,b"]
        for row in 0..<random.pick([1, 50, 200]) {
            let hour = row * spacing
            let (month, day) = (hour / 672, hour / 24 % 28 + 1)
            lines.append(
                "\(1990 + month / 12),\(month % 12 + 1),\(day),\(hour % 24),\(number(&random)),\(number(&random))")
        }
        let step = random.pick(["day", "month", "year", "3 months", "6 hours", "week", "5 minutes", "1000 years"])
        let aggregate = random.pick(["mean", "median", "sum", "min", "max", "last", "none"])
        let complete = random.pick(["", ", complete: 0.5", ", complete: 0", ", complete: 1"])
        return TableForm(
            lines,
            """
            time: {columns: [year, month, day, hour]}, step: \(step), aggregate: \(aggregate)\(complete), \
            variables: [{name: a, error: 0.5}, {name: b, scale: 1e30, offset: -1e30}]
            """)
    }
}
