import Formulas
import Studies
import Tensors

/// The observations of many systems that have one model: stations of a table in long form.
struct EachData: Sendable {
    let labels: [String]
    let times: [Double]
    /// Values and gaps, `[systems, T, m]`.
    let values: Tensor
    let mask: Tensor
    /// Values that were used, missing and outside of limits or of the domain of a transform, by table.
    let counts: [[ValueFlag: Int]]
    let channels: [SystemChannel]
    let observedCount: Int
    let warnings: [String]

    init(
        _ read: ReadSystem, _ tables: [ObservedTable], column: String, leads: Int, every: Double?
    ) throws(InputError) {
        var rows: [[(system: Int, reading: AssimilationData.Reading)]] = []
        var (labels, numbers, warnings) = ([String](), [String: Int](), [String]())
        var channels: [SystemChannel] = []
        for table in tables {
            channels.append(SystemChannel(table.name, try table.numberFormula(read)))
            let names = try Self.labels(table, column)
            let values = try table.source.read().observations
            warnings += values.warnings
            guard let lines = values.origin.lines else {
                throw table.node.error("'each' of a file without lines", expected: "a CSV file in long form")
            }
            var own: [(system: Int, reading: AssimilationData.Reading)] = []
            own.reserveCapacity(values.count)
            for row in 0..<values.count {
                guard let label = names[lines[row]] else { continue }
                let number: Int
                if let known = numbers[label] {
                    number = known
                } else {
                    number = labels.count
                    numbers[label] = number
                    labels.append(label)
                }
                let time = read.unit?.time(values.times[row]) ?? values.times[row].secondsSince1970
                own.append((number, table.reading(time, values[0, row], nil)))
            }
            rows.append(own)
        }
        let axis = try EventTimes(
            read, tables[0].node, times: Array(Set(rows.flatMap { $0.lazy.map(\.reading.time) })), leads: leads,
            every: every)
        let (count, t, m) = (labels.count, axis.times.count, tables.count)
        try MemoryNeed.check(
            [MemoryNeed(["systems": count, "times": t, "observed values": m]).times(4)], .configuration,
            at: tables[0].node.place)
        var numbersOfValues = [Double](repeating: 0, count: count * t * m)
        var mask = numbersOfValues
        var counts: [[ValueFlag: Int]] = []
        for (channel, own) in rows.enumerated() {
            var flags: [ValueFlag: Int] = [:]
            for (system, reading) in own {
                flags[reading.flag, default: 0] += 1
                guard reading.flag == .used else { continue }
                let place = (system * t + (try axis.number(reading.time, tables[channel]))) * m + channel
                guard mask[place] == 0 else {
                    throw tables[channel].node.error(
                        "two values of \(labels[system].quoted) at one time", expected: "one value a time and system")
                }
                numbersOfValues[place] = tables[channel].transform?(reading.value) ?? reading.value
                mask[place] = 1
            }
            counts.append(flags)
        }
        (self.labels, times, observedCount) = (labels, axis.times, axis.observed)
        values = Tensor(numbersOfValues, shape: [count, t, m])
        self.mask = Tensor(mask, shape: [count, t, m])
        (self.counts, self.channels, self.warnings) = (counts, channels, warnings)
    }

    /// The label of each line of a file.
    private static func labels(_ table: ObservedTable, _ column: String) throws(InputError) -> [Int: String] {
        guard case .csv(let format, _) = table.source.layout else {
            throw table.node.error("'each' of a NetCDF file", expected: "a CSV file in long form")
        }
        let file = try CSVTable(file: table.source.file, format: format)
        let place = try file.index(of: .named(column))
        var labels: [Int: String] = [:]
        labels.reserveCapacity(file.rowCount)
        for row in 0..<file.rowCount { labels[file.lines[row]] = file.text(file.field(row, place)) }
        return labels
    }
}

extension ObservedTable {
    /// The formula of a number, with an error that is given.
    fileprivate func numberFormula(_ read: ReadSystem) throws(InputError) -> Formula {
        let (formula, kind): (Formula, ValueKind)
        do {
            formula = try Formula(self.formula)
            kind = try read.system.equations.kind(of: formula)
        } catch { throw formulaNode.error(error) }
        guard kind == .number else { throw node.error("a field in an experiment with 'each'", expected: "a number") }
        guard case .given = error else {
            throw node.error("an error that is no number, beside 'each'", expected: "a standard deviation")
        }
        guard bias == nil else { throw node.error("a bias beside 'each'", expected: "no 'bias'") }
        return formula
    }

    /// The given standard deviation.
    var deviation: Double { if case .given(let size) = error { size } else { 1 } }
}
