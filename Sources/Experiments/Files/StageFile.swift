import CSystem

/// The file of a complete stage: its value in JSON, with a checksum that covers the name of the stage too.
///
///     {"checksum":"0123456789abcdef","engine":"compiled","value":…}
enum StageFile {
    /// The contents of a file.
    enum Content<Value> {
        case value(Value, Engine)
        /// Not the bytes that were written, or no `Value`.
        case damaged
    }

    private struct Envelope<Value: Codable>: Codable {
        var engine: Engine
        var value: Value
    }

    static func encode(_ value: some Codable, _ engine: Engine, name: String) -> [UInt8] {
        let body = ExactJSON.encode(Envelope(engine: engine, value: value)).dropFirst()
        return Array("{\"checksum\":\"\(checksum(body, name))\",".utf8) + body
    }

    static func decode<Value: Codable>(
        _ bytes: [UInt8], name: String, as type: Value.Type = Value.self
    ) -> Content<Value> {
        let length = "{\"checksum\":\"0123456789abcdef\",".utf8.count
        guard bytes.count > length else { return .damaged }
        let body = bytes[length...]
        guard bytes[..<length].elementsEqual("{\"checksum\":\"\(checksum(body, name))\",".utf8),
            let envelope: Envelope<Value> = ExactJSON.decode(from: [UInt8(ascii: "{")] + body)
        else { return .damaged }
        return .value(envelope.value, envelope.engine)
    }

    private static func checksum(_ body: ArraySlice<UInt8>, _ name: String) -> String {
        var bytes = Array(name.utf8) + [0]
        bytes += body
        return bytes.withUnsafeBytes { apus_hash($0.baseAddress, $0.count) }.hexadecimal
    }
}
