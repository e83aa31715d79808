import Foundation
import Tensors

/// Named tensors as bytes in the safetensors format: eight bytes with the length of the header (little-endian), the
/// header in JSON, then the numbers, little-endian and row-major.
///
/// The bytes are deterministic and those that the reference implementation writes: larger element types first, so that
/// all data are aligned, then by name. Reading trusts nothing: whatever is wrong with the bytes is a
/// `SafeTensorsError`. Element types: F64, F32, I64 and BOOL.
public struct SafeTensors: Sendable {
    public var tensors: [String: Tensor]
    /// Free text, the entry `__metadata__` of the header.
    public var metadata: [String: String]

    public init(_ tensors: [String: Tensor], metadata: [String: String] = [:]) {
        precondition(tensors["__metadata__"] == nil, "SafeTensors: no tensor can be named __metadata__")
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The largest header that readers accept, in bytes: 100 MB, as in the reference implementation.
    static let longestHeader = 100_000_000
}

/// Why bytes are not safetensors.
public enum SafeTensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooShort(bytes: Int)
    case headerTooLong(length: UInt64, available: Int)
    case header(String)
    case unknownType(tensor: String, type: String)
    case shape(tensor: String, shape: [Int])
    case offsets(tensor: String, found: [Int], expected: String)
    case truthValue(tensor: String, byte: UInt8)

    public var description: String {
        switch self {
        case .tooShort(let bytes): "safetensors: only \(bytes) bytes, expected at least 8 with the length of the header"
        case .headerTooLong(let length, let available):
            "safetensors: a header of \(length) bytes, expected at most the \(available) that follow "
                + "and at most \(SafeTensors.longestHeader)"
        case .header(let problem): "safetensors: the header is not valid: \(problem)"
        case .unknownType(let tensor, let type):
            "safetensors: tensor \(tensor): element type \(type), expected F64, F32, I64 or BOOL"
        case .shape(let tensor, let shape):
            "safetensors: tensor \(tensor): shape \(shape), expected lengths from zero up to the size of the data"
        case .offsets(let tensor, let found, let expected):
            "safetensors: tensor \(tensor): data offsets \(found), expected \(expected)"
        case .truthValue(let tensor, let byte):
            "safetensors: tensor \(tensor): the truth value \(byte), expected 0 or 1"
        }
    }
}

// MARK: - Writing

extension SafeTensors {
    public func encoded() -> [UInt8] {
        let order = tensors.sorted { a, b in
            let ranks = (a.value.type.format.rank, b.value.type.format.rank)
            return ranks.0 == ranks.1 ? a.key < b.key : ranks.0 < ranks.1
        }
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var data: [UInt8] = []
        for (name, tensor) in order {
            let start = data.count
            data += tensor.bytes
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(quoted(name)):{\"dtype\":\"\(tensor.type.format.name)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(start),\(data.count)]}")
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: 32, count: (8 - header.count % 8) % 8)
        return littleEndian(UInt64(header.count)) + header + data
    }
}

/// A string as JSON has it.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 32:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

private func littleEndian(_ x: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: x.littleEndian) { Array($0) } }

extension ElementType {
    /// The rank orders tensors in the file, as the reference implementation does.
    fileprivate var format: (name: String, size: Int, rank: Int) {
        switch self {
        case .int64: ("I64", 8, 0)
        case .float64: ("F64", 8, 1)
        case .float32: ("F32", 4, 2)
        case .bool: ("BOOL", 1, 3)
        }
    }
}

extension Tensor {
    /// Little-endian and row-major.
    var bytes: [UInt8] {
        switch type {
        case .float64: values.flatMap { littleEndian($0.bitPattern) }
        case .float32: values.flatMap { littleEndian(Float($0).bitPattern) }
        case .int64: integers.flatMap { littleEndian(Int64($0)) }
        case .bool: booleans.map { $0 ? 1 : 0 }
        }
    }
}

// MARK: - Reading

extension SafeTensors {
    /// Reads bytes of `encoded` or any other writer of the format.
    public init(decoding bytes: [UInt8]) throws(SafeTensorsError) {
        guard bytes.count >= 8 else { throw .tooShort(bytes: bytes.count) }
        let length = elements(bytes[..<8])[0] as UInt64
        guard length <= UInt64(min(bytes.count - 8, SafeTensors.longestHeader)) else {
            throw .headerTooLong(length: length, available: bytes.count - 8)
        }
        let header = try Header(bytes[8..<(8 + Int(length))])
        let data = bytes[(8 + Int(length))...]
        try header.requireCover(data.count)
        var tensors: [String: Tensor] = [:]
        for (name, entry) in header.entries { tensors[name] = try entry.tensor(named: name, in: data) }
        self.init(tensors, metadata: header.metadata)
    }
}

/// Bytes, least significant first, as numbers.
private func elements<T: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> [T] {
    bytes.withUnsafeBytes { raw in
        stride(from: 0, to: raw.count, by: T.bitWidth / 8).map {
            T(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: T.self))
        }
    }
}

private struct Header {
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(_ bytes: ArraySlice<UInt8>) throws(SafeTensorsError) {
        guard bytes.first == UInt8(ascii: "{") else { throw .header("expected a JSON object that starts with {") }
        do {
            let fields = try JSONDecoder().decode([String: Field].self, from: Data(bytes))
            for (name, field) in fields {
                switch field {
                case .place(let place): entries[name] = try Entry(place, name)
                case .texts(let texts): metadata = texts
                }
            }
        } catch let error as SafeTensorsError {
            throw error
        } catch {
            throw .header("expected JSON with dtype, shape and data_offsets for each tensor; \(explained(error))")
        }
    }

    /// The tensors must lie end to end, without gaps or overlaps, and fill the data.
    func requireCover(_ count: Int) throws(SafeTensorsError) {
        var next = 0
        for (name, entry) in entries.sorted(by: { ($0.value.start, $0.value.end) < ($1.value.start, $1.value.end) }) {
            guard entry.start == next, entry.end <= count else {
                throw .offsets(
                    tensor: name, found: [entry.start, entry.end],
                    expected: "a start at \(next), where the tensor before ends, and an end at most at \(count)")
            }
            next = entry.end
        }
        guard next == count else { throw .header("the tensors fill \(next) of \(count) bytes of data") }
    }
}

/// The fault that a decoder found, in one line.
func explained(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "the text could not be read" }
    return switch error {
    case .keyNotFound(let key, let context): "no \(key.stringValue) at \(path(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        "\(context.debugDescription) at \(path(context))"
    @unknown default: "the text could not be read"
    }
}

private func path(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty ? "the top" : context.codingPath.map(\.stringValue).joined(separator: ".")
}

/// An entry of the header: the place of a tensor, or texts.
private enum Field: Decodable {
    case place(Place)
    case texts([String: String])

    struct Place: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    init(from decoder: any Decoder) throws {
        let isMetadata = decoder.codingPath.last?.stringValue == "__metadata__"
        self = isMetadata ? .texts(try [String: String](from: decoder)) : .place(try Place(from: decoder))
    }
}

private struct Entry {
    let type: ElementType
    let shape: [Int]
    let start: Int
    let end: Int

    /// Checks all that can be checked without the data.
    init(_ place: Field.Place, _ name: String) throws(SafeTensorsError) {
        let types: [ElementType] = [.float64, .float32, .int64, .bool]
        guard let type = types.first(where: { $0.format.name == place.dtype }) else {
            throw SafeTensorsError.unknownType(tensor: name, type: place.dtype)
        }
        guard let size = byteCount(place.shape, type) else {
            throw SafeTensorsError.shape(tensor: name, shape: place.shape)
        }
        let offsets = place.offsets
        guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
            throw SafeTensorsError.offsets(
                tensor: name, found: offsets, expected: "a start from zero and an end \(size) bytes after it")
        }
        (self.type, shape, start, end) = (type, place.shape, offsets[0], offsets[1])
    }

    func tensor(named name: String, in data: ArraySlice<UInt8>) throws(SafeTensorsError) -> Tensor {
        let bytes = data[(data.startIndex + start)..<(data.startIndex + end)]
        switch type {
        case .float64: return Tensor(elements(bytes).map(Double.init(bitPattern:)), shape: shape)
        case .float32: return Tensor(floats: elements(bytes).map(Float.init(bitPattern:)), shape: shape)
        case .int64: return Tensor(integers: elements(bytes).map { (x: Int64) in Int(x) }, shape: shape)
        case .bool:
            if let byte = bytes.first(where: { $0 > 1 }) { throw .truthValue(tensor: name, byte: byte) }
            return Tensor(bytes.map { $0 == 1 }, shape: shape)
        }
    }
}

/// The number of bytes of an array, or nil if the shape is none. An empty array's other lengths must be sane too: their
/// product is a stride.
private func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    var count = type.format.size
    for length in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: max(length, 1))
        guard length >= 0, !overflow else { return nil }
        count = product
    }
    return shape.contains(0) ? 0 : count
}
