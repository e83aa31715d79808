import Experiments

extension InputKind {
    func readNetCDF(_ random: inout Generator, _ place: Workplace) throws {
        try place.write(try bytes(&random, place), to: "data.nc")
        let isPlain = random.chance(0.7)
        let names = random.pick(
            isPlain ? ["[{name: a}]", "[{name: a}, {name: b}]"] : ["[{name: a, error: {column: b}}]", "[{name: s}]"])
        let time = random.pick([
            "", ", time: {variable: time}", ", step: month, aggregate: mean", ", step: day, aggregate: mean",
            ", time: {zone: Europe/Berlin}, step: day, aggregate: sum, complete: 0",
        ])
        let selection =
            isPlain
            ? ""
            : random.pick(["", ", select: {station: {at: 2}}", ", select: {station: 1}", ", select: {station: x}"])
        var fault: InputError?
        do {
            let source = Tree("{file: data.nc, variables: \(names)\(time)\(selection)}")
            try readSource(random.changed(source: source), place)
        } catch let error as InputError {
            fault = error
        }
        if random.chance(0.3) { _ = try NetCDFFile(contentsOf: place.path("data.nc")) }
        if let fault { throw fault }
    }

    private func bytes(_ random: inout Generator, _ place: Workplace) throws -> [UInt8] {
        if random.chance(0.25) {
            let bytes = try hierarchical(&random, place)
            return random.chance(0.5) ? random.damaged(bytes) : bytes
        }
        let file = classic(&random)
        var numbers = random.chance(0.5) ? random.few() : 0
        var generator = random
        let bytes = file.bytes { number in
            guard numbers > 0, generator.chance(0.05) else { return number }
            numbers -= 1
            return generator.pick([
                0, 1, -1, 2, number + 1, number - 1, number * 2, 1 << 20, 1 << 30, Int(Int32.max), 1 << 31, 1 << 40,
                .max,
            ])
        }
        _ = random.next()
        return random.chance(0.1) ? random.damaged(bytes) : bytes
    }

    /// In the format of HDF5, by the program's own writer.
    private func hierarchical(_ random: inout Generator, _ place: Workplace) throws(InputError) -> [UInt8] {
        var file = NetCDFFile()
        let count = random.pick([1, 5, 60])
        file.addCoordinate(
            "time", .numbers((0..<count).map { Double($0) * 31 }), attributes: ["units": .text(units(&random))])
        for name in ["a", "b"] {
            var attributes: [String: NetCDFFile.Attribute] = [:]
            for attribute in attributesOf(&random) where attribute.name != "_FillValue" && !attribute.name.isEmpty {
                attributes[attribute.name] =
                    attribute.type == 2
                    ? .text(attribute.text) : .numbers(attribute.values.isEmpty ? [0] : attribute.values)
            }
            let values = (0..<count).map { _ in Double.random(in: 0...30, using: &random) }
            file.addVariable(name, on: ["time"], .numbers(values), attributes: attributes)
        }
        try file.write(to: place.path("data.nc"))
        return try InputFile.bytes(place.path("data.nc"))
    }

    private func units(_ random: inout Generator) -> String {
        guard random.chance(0.3) else { return "days since 1990-01-01" }
        let unit = random.pick([
            "days", "hours", "seconds", "months", "years", "milliseconds", "weeks", "common_years", "fortnights",
            random.text(),
        ])
        return "\(unit) since \(random.pick(Pool.times))"
    }

    private func classic(_ random: inout Generator) -> ClassicNetCDF {
        var file = ClassicNetCDF()
        file.version = random.pick([1, 2, 5])
        let types = file.version == 5 ? [1, 3, 4, 5, 6, 7, 8, 9, 10, 11] : [1, 3, 4, 5, 6]
        let count = random.pick([1, 5, 60])
        // A length of 0 stands for the records.
        let isOfRecords = random.chance(0.2)
        file.records = isOfRecords ? count : 0
        file.dimensions = [("time", isOfRecords ? 0 : count), ("nv", 2), ("station", 3)]
        var time: [ClassicNetCDF.Attribute] = [.init(name: "units", type: 2, text: units(&random))]
        if random.chance(0.4) {
            let calendar = random.pick([
                "standard", "gregorian", "proleptic_gregorian", "noleap", "julian", "360_day", random.text(),
            ])
            time.append(.init(name: "calendar", type: 2, text: calendar))
        }
        if random.chance(0.2) {
            time.append(.init(name: "bounds", type: 2, text: random.pick(["time_bnds", "a", random.text()])))
        }
        let spacing = random.pick([1, 31, 31, 31, 0.5])
        let days = (0..<count).map { Double($0) * (random.chance(0.99) ? spacing : random.pick([1, -31, 0, .nan])) }
        file.variables = [
            .init(name: "time", dimensions: [0], type: random.pick([6, 6, 4]), attributes: time, values: days)
        ]
        for name in ["a", "b"] {
            let values = (0..<count).map { _ in
                random.chance(0.02)
                    ? random.pick([.nan, .infinity, 1e308, 9.969209968386869e36, -32767, 255])
                    : Double(random.int(0...100))
            }
            file.variables.append(
                .init(
                    name: name, dimensions: random.chance(0.95) ? [0] : [0, 1], type: random.pick(types),
                    attributes: attributesOf(&random), values: values))
        }
        if random.chance(0.3) { addStations(to: &file, count, &random) }
        if random.chance(0.3) {
            let bounds = days.flatMap { [$0, $0 + 1] }
            file.variables.append(
                .init(name: "time_bnds", dimensions: [0, 1], type: 6, attributes: [], values: bounds))
        }
        return file
    }

    /// A variable on a second dimension, whose places have names, numbers or neither.
    private func addStations(to file: inout ClassicNetCDF, _ count: Int, _ random: inout Generator) {
        let values = (0..<(3 * count)).map { _ in Double(random.int(0...100)) }
        let order = random.pick([[0, 2], [2, 0], [2], [0, 0], []])
        file.variables.append(
            .init(name: "s", dimensions: order, type: random.pick([3, 5, 6]), attributes: [], values: values))
        switch random.int(0...2) {
        case 0:
            let letters = "xyzabc".utf8.map { Double($0) }
            file.variables.append(.init(name: "station", dimensions: [2, 1], type: 2, attributes: [], values: letters))
        case 1:
            let places = random.pick([[1, 2, 3], [1, 1, 1], [.nan, .infinity, -1e308]])
            file.variables.append(.init(name: "station", dimensions: [2], type: 6, attributes: [], values: places))
        default: break
        }
    }

    /// Attributes that conventions give a meaning, with values that need not have one.
    private func attributesOf(_ random: inout Generator) -> [ClassicNetCDF.Attribute] {
        let names = [
            "_FillValue", "missing_value", "scale_factor", "add_offset", "valid_range", "valid_min", "valid_max",
            "_Unsigned", "units",
            "standard_name", "long_name", "cell_methods", random.pick(Pool.words),
        ]
        var found: [ClassicNetCDF.Attribute] = []
        // Few at a time, so that many files can be read.
        let share = random.pick([0, 0.03, 0.06, 0.2])
        for name in names where random.chance(share) && !name.isEmpty {
            let values = (0..<random.pick([0, 1, 1, 1, 2, 3])).map { _ in
                random.pick([
                    0, 1, -1, 0.01, 10, 100, 255, -9999, 1e20, 1e308, .nan, .infinity, -.infinity,
                    .leastNonzeroMagnitude,
                ])
            }
            found.append(
                .init(name: name, type: random.pick([2, 6, 6, 6, 5, 4, 3, 1]), values: values, text: random.text()))
        }
        return found
    }
}
