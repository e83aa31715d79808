/// Learning curves in the format that TensorBoard reads: a file of records, each an `Event` message with one scalar.
///
/// A record is its length (8 bytes, little-endian), the masked CRC-32C of the length, the message, and the masked
/// CRC-32C of the message. A message has `wall_time` (field 1, double), `step` (2, varint) and `summary` (5), whose
/// values (1) have a `tag` (1) and a `simple_value` (2, float); the first message has `file_version` (3) instead.
///
///     var events = TensorBoardEvents()
///     events.add("loss", 0.5, step: 1)
///     try AtomicFile.write(events.bytes, to: folder + "/events.out.tfevents.0.apus")
public struct TensorBoardEvents: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() { append(Message().text(3, "brain.Event:2")) }

    /// Adds a number.
    ///
    /// - Parameter time: seconds since 1970, for axes of time; zero keeps files the same for the same numbers.
    public mutating func add(_ tag: String, _ value: Double, step: Int, time: Double = 0) {
        let number = Message().text(1, tag).float(2, Float(value))
        append(Message().double(1, time).varint(2, UInt64(step)).message(5, Message().message(1, number)))
    }

    private mutating func append(_ message: Message) {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(message.bytes.count) >> (8 * $0)) }
        bytes += length + Self.checksum(length) + message.bytes + Self.checksum(message.bytes)
    }

    /// The CRC-32C, rotated and shifted so that checksums of checksums are no problem.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        let crc = crc32c(bytes)
        let masked = ((crc >> 15) | (crc << 17)) &+ 0xa282_ead8
        return (0..<4).map { UInt8(truncatingIfNeeded: masked >> (8 * $0)) }
    }
}

/// Castagnoli's cyclic redundancy check, bit by bit: the files are small.
func crc32c(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in (crc >> 1) ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
    }
}

/// A protocol-buffer message in the making.
private struct Message {
    var bytes: [UInt8] = []

    func text(_ field: Int, _ text: String) -> Message { delimited(field, Array(text.utf8)) }
    func message(_ field: Int, _ inner: Message) -> Message { delimited(field, inner.bytes) }
    func double(_ field: Int, _ value: Double) -> Message { tagged(field, wire: 1, little(value.bitPattern, 8)) }
    func float(_ field: Int, _ value: Float) -> Message { tagged(field, wire: 5, little(UInt64(value.bitPattern), 4)) }
    func varint(_ field: Int, _ value: UInt64) -> Message { tagged(field, wire: 0, Self.encoded(value)) }

    private func delimited(_ field: Int, _ content: [UInt8]) -> Message {
        tagged(field, wire: 2, Self.encoded(UInt64(content.count)) + content)
    }
    private func tagged(_ field: Int, wire: UInt64, _ content: [UInt8]) -> Message {
        Message(bytes: bytes + Self.encoded(UInt64(field) << 3 | wire) + content)
    }
    private func little(_ bits: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
    private static func encoded(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
