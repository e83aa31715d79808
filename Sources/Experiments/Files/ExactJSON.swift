import Foundation
import Tensors

/// JSON in which a number read back is the number written, bit for bit.
///
/// Finite numbers are written with the fewest digits that tell them from their neighbours; those that JSON does not
/// know are the texts `"NaN"`, `"Infinity"` and `"-Infinity"`. Keys are sorted: equal values are equal bytes.
public enum ExactJSON {
    /// The value as JSON; a value that cannot be encoded is the caller's bug.
    public static func encode(_ value: some Encodable, pretty: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return Array(try encoder.encode(value))
        } catch {
            preconditionFailure("ExactJSON: \(type(of: value)) cannot be encoded: \(error)")
        }
    }

    /// The value in JSON, or `nil` where the bytes hold no such value.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: [UInt8]) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try? decoder.decode(type, from: Data(bytes))
    }
}
