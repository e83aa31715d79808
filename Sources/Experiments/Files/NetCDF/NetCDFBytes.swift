import CNetCDF

/// The answer of the process that reads a file, taken from its bytes one after another; `nil` where they are none.
struct NetCDFBytes {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The bytes of one value in memory; 1 for text and for unknown types.
    static func width(of type: nc_type) -> Int {
        switch type {
        case NC_SHORT, NC_USHORT: 2
        case NC_INT, NC_UINT, NC_FLOAT: 4
        case NC_INT64, NC_UINT64, NC_DOUBLE: 8
        default: 1
        }
    }

    /// All that is left as numbers of a type; `nil` where it is no type of numbers.
    func numbers(_ type: nc_type) -> [Double]? {
        switch type {
        case NC_BYTE: mapped(Int8.self) { Double($0) }
        case NC_UBYTE: mapped(UInt8.self) { Double($0) }
        case NC_SHORT: mapped(Int16.self) { Double($0) }
        case NC_USHORT: mapped(UInt16.self) { Double($0) }
        case NC_INT: mapped(Int32.self) { Double($0) }
        case NC_UINT: mapped(UInt32.self) { Double($0) }
        case NC_INT64: mapped(Int64.self) { Double($0) }
        case NC_UINT64: mapped(UInt64.self) { Double($0) }
        case NC_FLOAT: mapped(Float.self) { Double($0) }
        case NC_DOUBLE: array(of: Double.self)
        default: nil
        }
    }

    /// All that is left as integers, unsigned ones of 64 bits as patterns of bits;
    /// `nil` where it is no type of integers.
    func wholeNumbers(_ type: nc_type) -> [Int64]? {
        switch type {
        case NC_BYTE: mapped(Int8.self) { Int64($0) }
        case NC_UBYTE: mapped(UInt8.self) { Int64($0) }
        case NC_SHORT: mapped(Int16.self) { Int64($0) }
        case NC_USHORT: mapped(UInt16.self) { Int64($0) }
        case NC_INT: mapped(Int32.self) { Int64($0) }
        case NC_UINT: mapped(UInt32.self) { Int64($0) }
        case NC_INT64, NC_UINT64: array(of: Int64.self)
        default: nil
        }
    }

    /// All that is left.
    func array<Number: BitwiseCopyable>(of type: Number.Type) -> [Number] { mapped(type) { $0 } }

    private func mapped<Stored: BitwiseCopyable, Number>(
        _ type: Stored.Type, _ convert: (Stored) -> Number
    ) -> [Number] {
        bytes.withUnsafeBytes { all in
            let width = MemoryLayout<Stored>.size
            let left = all[position...]
            return [Number](unsafeUninitializedCapacity: left.count / width) { numbers, count in
                count = left.count / width
                for index in 0..<count {
                    let stored = all.loadUnaligned(fromByteOffset: position + width * index, as: Stored.self)
                    numbers.initializeElement(at: index, to: convert(stored))
                }
            }
        }
    }

    mutating func integer() -> Int? { take(8)?.array(of: Int.self).first }

    /// A number of things that take at least `width` bytes each.
    mutating func count(of width: Int) -> Int? {
        guard let count = integer(), count >= 0, count <= (bytes.count - position) / width else { return nil }
        return count
    }

    mutating func take(_ count: Int) -> NetCDFBytes? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return NetCDFBytes(Array(bytes[position..<(position + count)]))
    }

    mutating func text() -> String? {
        guard let length = integer() else { return nil }
        return take(length)?.string
    }

    mutating func texts(_ count: Int) -> [String]? {
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = text() else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// All that is left up to the first zero.
    var string: String { String(decoding: bytes[position...].prefix { $0 != 0 }, as: UTF8.self) }
}
