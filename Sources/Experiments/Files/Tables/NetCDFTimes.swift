import CNetCDF

/// Reads the times of a NetCDF file: units, calendar, and the intervals that `bounds` give.
struct NetCDFTimes {
    let file: String
    let variable: NetCDFDataset.Variable
    let all: [NetCDFDataset.Variable]
    let missing: [Double]

    func stamps(_ dataset: borrowing NetCDFDataset) throws(InputError) -> TimeStamps {
        let units = try units()
        guard variable.dimensions.count == 1, variable.count > 0 else {
            throw InputError(
                .data, at: .init(file, path: variable.name),
                "has \(variable.dimensions.count) dimensions and \(variable.count) values",
                expected: "one dimension and at least one value")
        }
        let numbers = try numbers(variable, dataset)
        let beginnings = try beginnings(numbers, dataset)
        var stamps = TimeStamps()
        for (index, number) in (beginnings ?? numbers).enumerated() {
            guard let stamp = units.stamp(number, tolerance: tolerance(number)) else {
                throw InputError(
                    .data, at: .init(file, path: "\(variable.name)[\(index)]"),
                    number.isNaN ? "the time is missing" : "\(number) is not a time", expected: "a number of \(units)")
            }
            stamps.append(stamp)
        }
        return stamps
    }

    private func units() throws(InputError) -> TimeUnits {
        let here = InputError.Place(file, path: variable.name)
        let name = variable.text("calendar")?.lowercased() ?? "standard"
        guard let calendar = TimeCalendar(rawValue: name) else {
            throw InputError(
                .data, at: here, "the calendar \(name.quoted) is not that of the world",
                expected: Spelling.oneOf(TimeCalendar.allCases.map(\.rawValue)))
        }
        guard let text = variable.text("units"), let units = TimeUnits(text, calendar: calendar) else {
            let problem = variable.text("units").map { "\($0.quoted) are no units of time" } ?? "has no units"
            throw InputError(.data, at: here, problem, expected: "units such as 'days since 1950-01-01'")
        }
        return units
    }

    /// Half of the last digit that the type holds.
    private func tolerance(_ number: Double) -> Double {
        variable.type == NC_FLOAT ? Double(Float(number).ulp) / 2 : number.ulp
    }

    private func numbers(
        _ variable: NetCDFDataset.Variable, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [Double] {
        guard (NC_BYTE...NC_UINT64).contains(variable.type), variable.type != NC_CHAR else {
            throw InputError(.data, at: .init(file, path: variable.name), "is not numeric", expected: "numbers")
        }
        return try NetCDFPacking(variable, missing: missing).values(dataset).numbers
    }

    /// The beginnings of the intervals that the stamps belong to; `nil` where the file gives none that tell the stamps
    /// apart.
    private func beginnings(
        _ stamps: [Double], _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [Double]? {
        guard let name = variable.text("bounds"), let bounds = all.first(where: { $0.name == name }),
            bounds.dimensions.count == 2, bounds.dimensions[0] == variable.dimensions[0],
            bounds.dimensions[1].length == 2, bounds.text("units") ?? variable.text("units") == variable.text("units")
        else { return nil }
        let ends = try numbers(bounds, dataset)
        let beginnings = stamps.indices.map { min(ends[2 * $0], ends[2 * $0 + 1]) }
        let contain = stamps.indices.allSatisfy {
            let end = max(ends[2 * $0], ends[2 * $0 + 1])
            let slack = 1e-6 * max(end - beginnings[$0], 1e-3)
            return beginnings[$0] - slack <= stamps[$0] && stamps[$0] <= end + slack
        }
        // Totals since one instant begin together.
        return contain && Set(beginnings).count == Set(stamps).count ? beginnings : nil
    }
}
