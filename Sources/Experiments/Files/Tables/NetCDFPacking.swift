import CNetCDF

/// How the stored numbers of a NetCDF variable are read: signs, missing values, valid range, scale and offset.
///
/// Order: `_Unsigned` gives numbers and marks their sign; missing is what equals `_FillValue` (or, without one, the
/// library's default fill of every type but bytes) or `missing_value`, or is NaN; then `scale_factor` and `add_offset`
/// apply. A `valid_min`, `valid_max` or `valid_range` of the type of scale and offset that is wider than the stored one
/// is of unpacked values, another is of stored ones. Numbers that are given as text are numbers.
///
/// xarray passes over valid ranges and default fills, netCDF4-python holds every range against stored values.
///
/// Reference: *NetCDF Users' Guide*, appendix A, attribute conventions; *CF conventions* 1.11, sections 2.5.1 and 8.1.
struct NetCDFPacking {
    private let variable: NetCDFDataset.Variable
    private let isUnsigned: Bool
    private let scale: Double
    private let offset: Double
    /// Integers that stand for missing values.
    private let wholeMarks: [Int64]
    private let marks: [Double]
    private let range: ClosedRange<Double>
    private let isRangeUnpacked: Bool

    struct Values {
        /// NaN where missing.
        var numbers: [Double]
        /// How many values the valid range hides.
        var hidden: Int
    }

    init(_ variable: NetCDFDataset.Variable, missing: [Double]) {
        self.variable = variable
        let told = variable.text("_Unsigned")?.lowercased()
        let isStoredUnsigned = [NC_UBYTE, NC_USHORT, NC_UINT, NC_UINT64].contains(variable.type)
        isUnsigned = told == "true" || (isStoredUnsigned && told != "false")
        scale = variable.numbers("scale_factor")?.first ?? 1
        offset = variable.numbers("add_offset")?.first ?? 0
        let bits = 8 * NetCDFBytes.width(of: variable.type)
        let isWhole = variable.type != NC_FLOAT && variable.type != NC_DOUBLE
        var whole = Set<Int64>()
        var numbers = missing
        for name in ["_FillValue", "missing_value"] {
            if isWhole, let found = variable.wholeAttributes[name] {
                for number in found { whole.insert(Self.signed(number, isUnsigned, bits)) }
            } else {
                numbers += variable.numbers(name) ?? []
            }
        }
        if variable.attributes["_FillValue"] == nil {
            if let fill = Self.wholeFill(variable.type) { whole.insert(Self.signed(fill, isUnsigned, bits)) }
            if !isWhole { numbers.append(9.969_209_968_386_869e36) }
        }
        // A mark given in double precision meets data rounded to single.
        if variable.type == NC_FLOAT { numbers += numbers.map { Double(Float($0)) } }
        (wholeMarks, marks) = (Array(whole), numbers)
        var ends = (low: -Double.infinity, high: Double.infinity)
        var isUnpacked = true
        let unsigned = isUnsigned
        func bound(_ name: String, _ index: Int) -> Double? {
            guard let numbers = variable.numbers(name), numbers.indices.contains(index) else { return nil }
            isUnpacked = isUnpacked && Self.isOfUnpackedValues(name, variable)
            guard isWhole, let exact = Int64(exactly: numbers[index]) else { return numbers[index] }
            return Double(Self.signed(exact, unsigned, bits))
        }
        if let low = bound("valid_min", 0) ?? bound("valid_range", 0) { ends.low = low }
        if let high = bound("valid_max", 0) ?? bound("valid_range", 1) { ends.high = high }
        isRangeUnpacked = isUnpacked
        range = ends.low <= ends.high ? ends.low...ends.high : -Double.infinity...Double.infinity
    }

    /// The values of the variable.
    func values(_ dataset: borrowing NetCDFDataset) throws(InputError) -> Values {
        try values(dataset, from: 0, every: 1, count: variable.count)
    }

    /// `count` values of the variable at positions of one distance.
    func values(
        _ dataset: borrowing NetCDFDataset, from first: Int, every step: Int, count: Int
    ) throws(InputError) -> Values {
        var stored: [Double]
        if variable.type == NC_FLOAT || variable.type == NC_DOUBLE {
            let all = try dataset.numbers(variable)
            stored = step == 1 && count == all.count ? all : (0..<count).map { all[first + step * $0] }
        } else {
            let bits = 8 * NetCDFBytes.width(of: variable.type)
            let all = try dataset.wholeNumbers(variable)
            stored = (0..<count).map { index in
                let number = Self.signed(all[first + step * index], isUnsigned, bits)
                // Compared before it is rounded to a Double.
                if wholeMarks.contains(number) { return .nan }
                return isUnsigned ? Double(UInt64(bitPattern: number)) : Double(number)
            }
        }
        let hidden = unpack(&stored)
        return Values(numbers: stored, hidden: hidden)
    }

    /// Puts values in place of stored numbers.
    ///
    /// - Returns: how many the valid range hides.
    private func unpack(_ numbers: inout [Double]) -> Int {
        // The shortest decimals of a range's ends are met by rounded products.
        let slack = isRangeUnpacked ? abs(scale) * 1e-6 : 0
        let (low, high) = (range.lowerBound - slack, range.upperBound + slack)
        var hidden = 0
        numbers.withUnsafeMutableBufferPointer { numbers in
            marks.withUnsafeBufferPointer { marks in
                for index in numbers.indices {
                    let number = numbers[index]
                    if number.isNaN || marks.contains(number) {
                        numbers[index] = .nan
                        continue
                    }
                    let value = number * scale + offset
                    let checked = isRangeUnpacked ? value : number
                    let isHidden = checked < low || checked > high
                    numbers[index] = isHidden ? .nan : value
                    hidden += isHidden ? 1 : 0
                }
            }
        }
        return hidden
    }

    /// The number that the lowest bits of an integer write, with or without a sign.
    private static func signed(_ number: Int64, _ isUnsigned: Bool, _ bits: Int) -> Int64 {
        if bits >= 64 { return number }
        let mask = (Int64(1) << bits) - 1
        let low = number & mask
        return isUnsigned || low < Int64(1) << (bits - 1) ? low : low - mask - 1
    }

    /// The library's fill of values that were never written.
    private static func wholeFill(_ type: nc_type) -> Int64? {
        switch type {
        case NC_SHORT: -32_767
        case NC_USHORT: 65_535
        case NC_INT: -2_147_483_647
        case NC_UINT: 4_294_967_295
        case NC_INT64: -9_223_372_036_854_775_806
        case NC_UINT64: Int64(bitPattern: 18_446_744_073_709_551_614)
        default: nil
        }
    }

    /// Whether a range is of unpacked values: of the wider type of scale and offset,
    /// which is wider than the stored one.
    private static func isOfUnpackedValues(_ name: String, _ variable: NetCDFDataset.Variable) -> Bool {
        let packing = ["scale_factor", "add_offset"].compactMap { variable.attributeTypes[$0] }.map(order)
        guard let packed = packing.max(), let own = variable.attributeTypes[name].map(order) else { return false }
        return own == packed && own > order(variable.type)
    }

    /// Types from the narrowest to the widest; text counts as double precision.
    private static func order(_ type: nc_type) -> Int {
        switch type {
        case NC_BYTE, NC_UBYTE: 1
        case NC_SHORT, NC_USHORT: 2
        case NC_INT, NC_UINT: 3
        case NC_INT64, NC_UINT64: 4
        case NC_FLOAT: 5
        default: 6
        }
    }
}
