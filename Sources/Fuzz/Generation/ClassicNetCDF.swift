/// A NetCDF file in a classic format, any of whose numbers may be a wrong one.
///
/// Reference: *NetCDF file format specifications*, classic, 64-bit offset and 64-bit data.
struct ClassicNetCDF {
    struct Attribute {
        var name: String
        var type: Int
        var values: [Double] = []
        var text = ""
    }

    struct Variable {
        var name: String
        var dimensions: [Int]
        var type: Int
        var attributes: [Attribute]
        var values: [Double]
    }

    var version: UInt8 = 1
    /// The number of records, along a dimension of length 0.
    var records = 0
    var dimensions: [(name: String, length: Int)] = []
    var attributes: [Attribute] = []
    var variables: [Variable] = []

    static let widths = [0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8]

    /// The bytes; each number of the structure is passed through `number`.
    func bytes(_ number: (Int) -> Int) -> [UInt8] {
        // Offsets do not change the length of the header.
        let length = header(offsets: variables.map { _ in 0 }) { $0 }.count
        var (offset, offsets, data): (Int, [Int], [UInt8]) = (length, [], [])
        for variable in variables {
            offsets.append(offset)
            let bytes = Self.encoded(variable.values, variable.type)
            data += bytes
            offset += bytes.count
        }
        return header(offsets: offsets, number) + data
    }

    private func header(offsets: [Int], _ number: (Int) -> Int) -> [UInt8] {
        var bytes = Array("CDF".utf8) + [version]
        func append(_ value: Int, wide: Bool) {
            bytes +=
                wide
                ? withUnsafeBytes(of: UInt64(truncatingIfNeeded: value).bigEndian, Array.init)
                : withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian, Array.init)
        }
        func count(_ value: Int) { append(number(value), wide: version == 5) }
        func tag(_ value: Int, _ length: Int) {
            append(length == 0 ? 0 : number(value), wide: false)
            count(length)
        }
        func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }
        func text(_ value: String) {
            count(value.utf8.count)
            bytes += Array(value.utf8)
            pad()
        }
        func list(_ attributes: [Attribute]) {
            tag(12, attributes.count)
            for attribute in attributes {
                text(attribute.name)
                append(number(attribute.type), wide: false)
                count(attribute.type == 2 ? attribute.text.utf8.count : attribute.values.count)
                bytes +=
                    attribute.type == 2 ? Array(attribute.text.utf8) : Self.encoded(attribute.values, attribute.type)
                pad()
            }
        }
        count(records)
        tag(10, dimensions.count)
        for dimension in dimensions {
            text(dimension.name)
            count(dimension.length)
        }
        list(attributes)
        tag(11, variables.count)
        for (variable, offset) in zip(variables, offsets) {
            text(variable.name)
            count(variable.dimensions.count)
            for dimension in variable.dimensions { count(dimension) }
            list(variable.attributes)
            append(number(variable.type), wide: false)
            count(Self.encoded(variable.values, variable.type).count)
            append(number(offset), wide: version != 1)
        }
        return bytes
    }

    /// Numbers of a type, filled up to four bytes.
    private static func encoded(_ values: [Double], _ type: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            let whole = Int64(exactly: value.rounded()) ?? .max
            switch type {
            case 5: bytes += withUnsafeBytes(of: Float(value).bitPattern.bigEndian, Array.init)
            case 6: bytes += withUnsafeBytes(of: value.bitPattern.bigEndian, Array.init)
            case 3, 8: bytes += withUnsafeBytes(of: UInt16(truncatingIfNeeded: whole).bigEndian, Array.init)
            case 4, 9: bytes += withUnsafeBytes(of: UInt32(truncatingIfNeeded: whole).bigEndian, Array.init)
            case 10, 11: bytes += withUnsafeBytes(of: UInt64(truncatingIfNeeded: whole).bigEndian, Array.init)
            default: bytes.append(UInt8(truncatingIfNeeded: whole))
            }
        }
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }
}
