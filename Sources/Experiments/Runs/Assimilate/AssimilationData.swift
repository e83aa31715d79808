import Formulas
import Studies
import Tensors

/// The use of a value of a table.
enum ValueFlag: Int, CaseIterable, Sendable {
    case used, missing
    case outsideLimits = 2
    /// Too far from its forecast.
    case rejected
    /// The same value at the same time as another.
    case duplicate
    case thinned
    /// Outside the domain of the transform.
    case undefined

    var word: String {
        switch self {
        case .used: "used"
        case .missing: "missing"
        case .outsideLimits: "outside_limits"
        case .rejected: "rejected_by_background"
        case .duplicate: "duplicate"
        case .thinned: "thinned"
        case .undefined: "outside_transform"
        }
    }
}

/// The observations of an assimilation on one axis of time, with the times of forecasts behind them.
struct AssimilationData: Sendable {
    let observations: SystemObservations
    /// Times with an observation or before the last one; the others are forecasts.
    let observedCount: Int
    /// [time][channel]
    let flags: [[ValueFlag]]
    let channels: [Channel]
    let unit: TimeUnitName?
    let warnings: [String]

    /// A channel with the table that it comes from.
    struct Channel: Sendable {
        let name: String
        let table: Int
        /// Before the transform, as the table has them, [time]; NaN where missing.
        var raw: [Double]
    }

    /// One value of a table.
    struct Reading: Sendable {
        let time: Double
        let value: Double
        let deviation: Double
        var flag: ValueFlag
    }
    /// The readings of a table at one place, in the order of time.
    private struct Series {
        let name: String
        let points: [SystemChannel.Point]
        let formula: Formula
        let table: Int
        var readings: [Reading]
    }

    init(
        _ read: ReadSystem, _ tables: [ObservedTable], _ correlations: [ErrorCorrelation] = [], leads: Int,
        every: Double?
    ) throws(InputError) {
        unit = read.unit
        var (all, warnings) = ([Series](), [String]())
        for (number, table) in tables.enumerated() {
            let values = try table.source.read().observations
            warnings += values.warnings
            all += try Self.series(table, number, values, read)
        }
        self.warnings = warnings
        let axis = try EventTimes(
            read, tables[0].node, times: all.flatMap { $0.readings.map(\.time) }, leads: leads, every: every)
        observedCount = axis.observed
        var unknown: [SystemObservations.UnknownSize] = []
        var unknownOfTable: [Int: Int] = [:]
        for (number, table) in tables.enumerated() {
            guard case .unknown(let prior) = table.error else { continue }
            unknownOfTable[number] = unknown.count
            unknown.append(.init(table.name, prior))
        }
        // Repeated measurements of a place at one time are channels of their own.
        var slots: [Slot] = []
        for series in all { slots += try Self.slots(series, tables[series.table], axis) }
        let (count, m) = (axis.times.count, slots.count)
        try MemoryNeed.check(
            [MemoryNeed(["times": count, "observed values": m]).times(40)], .configuration, at: tables[0].node.place)
        var values = [Double](repeating: 0, count: count * m)
        var (mask, deviations) = (values, [Double](repeating: 1, count: count * m))
        var flags = [[ValueFlag]](repeating: [ValueFlag](repeating: .missing, count: m), count: count)
        var channels: [Channel] = []
        for (place, slot) in slots.enumerated() {
            let transform = tables[slot.series.table].transform
            var raw = [Double](repeating: .nan, count: count)
            for (time, reading) in slot.readings {
                flags[time][place] = reading.flag
                raw[time] = reading.value
                guard reading.flag == .used else { continue }
                values[time * m + place] = transform?(reading.value) ?? reading.value
                mask[time * m + place] = 1
                deviations[time * m + place] = reading.deviation
            }
            channels.append(Channel(name: slot.name, table: slot.series.table, raw: raw))
        }
        guard mask.contains(1) else {
            throw tables[0].node.error("no table has a value that can be used", expected: "at least one")
        }
        for (number, table) in tables.enumerated() {
            let own = channels.indices.filter { channels[$0].table == number }
            if !own.contains(where: { channel in flags.contains { $0[channel] == .used } }) {
                throw table.node.error(
                    "no value of \(table.name.quoted) can be used",
                    expected: "values at or after the start, within 'valid' and the domain of the transform")
            }
        }
        (self.flags, self.channels) = (flags, channels)
        observations = SystemObservations(
            times: axis.times,
            channels: slots.map {
                SystemChannel(
                    $0.name, $0.series.formula, points: $0.series.points, unknownError: unknownOfTable[$0.series.table])
            }, values: Tensor(values, shape: [count, m]), mask: Tensor(mask, shape: [count, m]),
            deviations: Tensor(deviations, shape: [count, m]), unknownErrors: unknown,
            correlations: try Self.matrix(correlations, channels, tables))
    }

    /// The correlations of all channels; nil where there are none.
    private static func matrix(
        _ correlations: [ErrorCorrelation], _ channels: [Channel], _ tables: [ObservedTable]
    ) throws(InputError) -> Tensor? {
        if correlations.isEmpty { return nil }
        let m = channels.count
        var matrix = Tensor.identity(m).values
        for correlation in correlations {
            var places: [Int] = []
            for name in correlation.names {
                let own = channels.indices.filter { tables[channels[$0].table].name == name }
                guard own.count == 1 else {
                    throw correlation.node.error(
                        "\(name.quoted) has \(own.count) places or repeated values", expected: "one value at a time")
                }
                places.append(own[0])
            }
            for (i, row) in places.enumerated() {
                for (j, column) in places.enumerated() {
                    matrix[row * m + column] = correlation.matrix.values[i * places.count + j]
                }
            }
        }
        return Tensor(matrix, shape: [m, m])
    }

    /// The instant of a time as a text, or the number.
    func text(_ time: Double) -> String {
        guard let unit else { return NumberText.short(time) }
        return unit.instant(time)?.description ?? NumberText.short(time)
    }
}

extension AssimilationData {
    /// The values of a table, one series for each place of a field.
    private static func series(
        _ table: ObservedTable, _ number: Int, _ values: ObservationTable, _ read: ReadSystem
    ) throws(InputError) -> [Series] {
        var text = table.formula
        if table.bias != nil { text = "(\(text)) + \(table.biasName)" }
        let (formula, kind): (Formula, ValueKind)
        do {
            formula = try Formula(text)
            kind = try read.system.equations.kind(of: formula)
        } catch { throw table.formulaNode.error(error) }
        if let name = formula.names.first(where: { $0 == "t" || read.forcings.contains($0) }) {
            throw table.formulaNode.error(
                "\(name == "t" ? "the time" : "the forcing \(name.quoted)") in an observation",
                expected: "a formula of states, parameters and definitions without it")
        }
        try requirePlaces(table, kind)
        var series: [[Double]: [Reading]] = [:]
        var order: [[Double]] = []
        let columns = table.placeColumns
        let isOfColumns = !columns.isEmpty
        for row in 0..<values.count {
            let value = values[0, row]
            var place: [Double] = []
            for axis in kind.axes {
                switch table.places[axis.name] {
                case .at(let number): place.append(number)
                case .column(let name):
                    guard let column = columns.firstIndex(of: name), let number = values[column + 1, row] else {
                        if value == nil { continue }
                        throw InputError(
                            .data, at: values.origin.place(row: row), "no place in column \(name.quoted)",
                            expected: "a number for each value")
                    }
                    place.append(number)
                case nil: break
                }
            }
            if isOfColumns, place.count < kind.axes.count { continue }
            if series[place] == nil { order.append(place) }
            let time = read.unit?.time(values.times[row]) ?? values.times[row].secondsSince1970
            if let start = read.startTime, time < start {
                throw InputError(
                    .data, at: values.origin.place(row: row), "a value before the start of the model",
                    expected: "times from 'start.time' on")
            }
            let given = values.errorStandardDeviations(0)?[row]
            series[place, default: []].append(table.reading(time, value, given))
        }
        var found: [Series] = []
        for place in order {
            let points = try Self.points(table, kind, place)
            let name =
                order.count == 1
                ? table.name : table.name + " at " + place.map(NumberText.short).joined(separator: ", ")
            found.append(
                Series(
                    name: name, points: points, formula: formula, table: number,
                    readings: table.thinned(series[place] ?? [])))
        }
        return found
    }

    private static func requirePlaces(_ table: ObservedTable, _ kind: ValueKind) throws(InputError) {
        for axis in kind.axes where table.places[axis.name] == nil {
            throw table.node.error(
                "no place on the axis '\(axis.name)' of \(table.formula.quoted)", expected: "'at: {\(axis.name): 3.5}'")
        }
        if let axis = table.places.keys.sorted().first(where: { name in !kind.axes.contains { $0.name == name } }) {
            throw table.node.error(
                "a place on '\(axis)', which \(table.formula.quoted) does not have",
                expected: kind.axes.isEmpty ? "no 'at': the formula is a number" : Spelling.oneOf(kind.axes.map(\.name))
            )
        }
    }

    /// The corners of the linear interpolation to a place.
    private static func points(
        _ table: ObservedTable, _ kind: ValueKind, _ place: [Double]
    ) throws(InputError) -> [SystemChannel.Point] {
        var corners = [SystemChannel.Point(0)]
        for (axis, coordinate) in zip(kind.axes, place) {
            let position = coordinate / axis.spacing
            let last = Double(axis.isPeriodic ? axis.length : axis.length - 1)
            guard position >= 0, axis.isPeriodic ? position < last : position <= last else {
                throw table.node.error(
                    "the place \(NumberText.short(coordinate)) on the axis '\(axis.name)'",
                    expected: "0 to \(NumberText.short(last * axis.spacing))")
            }
            let low = min(Int(position), axis.length - 1)
            let part = position - Double(low)
            let next = part == 0 ? low : (low + 1) % axis.length
            corners = corners.flatMap { corner in
                let both = [
                    SystemChannel.Point(corner.index * axis.length + low, weight: corner.weight * (1 - part)),
                    SystemChannel.Point(corner.index * axis.length + next, weight: corner.weight * part),
                ]
                return part == 0 ? [both[0]] : both
            }
        }
        return kind.axes.isEmpty ? [] : corners
    }

    /// A channel's readings by the number of their time.
    private struct Slot {
        let name: String
        let series: Series
        var readings: [(time: Int, reading: Reading)]
    }

    private static func slots(
        _ series: Series, _ table: ObservedTable, _ axis: EventTimes
    ) throws(InputError) -> [Slot] {
        var slots: [Slot] = []
        for reading in series.readings {
            let time = try axis.number(reading.time, table)
            // The first slot without a reading at this time.
            let free = slots.firstIndex { $0.readings.last?.time != time }
            if free == nil {
                guard slots.count < 100 else {
                    throw table.node.error(
                        "more than 100 values at one time", expected: "places, or fewer values")
                }
                let number = slots.count + 1
                slots.append(
                    Slot(name: number == 1 ? series.name : "\(series.name) #\(number)", series: series, readings: []))
            }
            slots[free ?? slots.count - 1].readings.append((time, reading))
        }
        return slots
    }
}

extension ObservedTable {
    /// The name of the parameter that stands for the bias.
    var biasName: String {
        "bias_" + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    func reading(_ time: Double, _ value: Double?, _ given: Double??) -> AssimilationData.Reading {
        guard let value else { return .init(time: time, value: .nan, deviation: 1, flag: .missing) }
        if let valid, !valid.contains(value) {
            return .init(time: time, value: value, deviation: 1, flag: .outsideLimits)
        }
        if let transform, !transform.contains(value) {
            return .init(time: time, value: value, deviation: 1, flag: .undefined)
        }
        let deviation: Double
        switch error {
        case .given(let size): deviation = size
        case .column: deviation = given.flatMap { $0 } ?? 1
        case .relative(let share): deviation = max(share * abs(value), 1e-12)
        case .unknown: deviation = 1
        }
        return .init(time: time, value: value, deviation: deviation, flag: .used)
    }

    /// The readings in the order of time, without repeated ones and those that are too near to the one before.
    fileprivate func thinned(_ readings: [AssimilationData.Reading]) -> [AssimilationData.Reading] {
        var last = -Double.infinity
        var previous: AssimilationData.Reading?
        return readings.map { reading in
            var reading = reading
            guard reading.flag == .used else { return reading }
            if let previous, previous.time == reading.time, previous.value == reading.value {
                reading.flag = .duplicate
                return reading
            }
            if let thinning, reading.time - last < thinning * (1 - 1e-9), reading.time != last {
                reading.flag = .thinned
                return reading
            }
            (last, previous) = (reading.time, reading)
            return reading
        }
    }
}
