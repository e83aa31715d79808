import Foundation
import Tensors

/// A tree on paper: its tensors by the dotted paths of its walk, and a description of its structure, as safetensors.
///
/// What a tree is (its `let`s) is not in its tensors; the description, any `Codable` value, says how to make a tree of
/// the same structure, into which `restored` puts the tensors.
public struct Checkpoint<Description: Codable & Sendable>: Sendable {
    public var tensors: [String: Tensor]
    public var description: Description

    /// The tensors of a tree. Every leaf must be known and have a name of its own; a lone tensor is called `value`.
    public init(_ tree: some Tree, description: Description) {
        let named = tree.named.map { ($0.name.isEmpty ? "value" : $0.name, $0.leaf) }
        tensors = Dictionary(named) { _, _ in
            preconditionFailure("Checkpoint: two tensors of one name among \(named.map(\.0))")
        }
        self.description = description
    }

    /// A tree of the structure of `template` with the tensors of the checkpoint, bit for bit.
    ///
    /// Throws a `CheckpointError` that names the tensor where structure, shape or element type differ.
    public func restored<T: Tree>(into template: T) throws(CheckpointError) -> T {
        let named = template.named
        var rest = tensors
        var leaves: [Tensor] = []
        for (path, expected) in named {
            let name = path.isEmpty ? "value" : path
            guard let found = rest.removeValue(forKey: name) else { throw .missing(tensor: name) }
            guard found.signature == expected.signature else {
                throw .mismatch(tensor: name, found: found.signature, expected: expected.signature)
            }
            leaves.append(found)
        }
        if let name = rest.keys.min() { throw .unexpected(tensor: name) }
        return template.replacingLeaves(leaves)
    }
}

public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(tensor: String)
    case unexpected(tensor: String)
    case mismatch(tensor: String, found: Signature, expected: Signature)
    case description(String)
    case damaged(found: String, expected: String)

    public var description: String {
        switch self {
        case .missing(let name): "checkpoint: no tensor \(name), which the model expects"
        case .unexpected(let name): "checkpoint: the tensor \(name) has no place in the model"
        case .mismatch(let name, let found, let expected):
            "checkpoint: the tensor \(name) is \(found), expected \(expected)"
        case .description(let problem): "checkpoint: the description of the model cannot be read: \(problem)"
        case .damaged(let found, let expected):
            "checkpoint: the file is damaged: its content has the checksum \(found), expected \(expected)"
        }
    }
}

extension Checkpoint {
    /// Safetensors, with the description as JSON under the key `description` of the metadata,
    /// and a checksum of both under `checksum`.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(description), as: UTF8.self)
        var file = SafeTensors(tensors, metadata: ["description": text])
        file.metadata["checksum"] = file.checksum
        return file.encoded()
    }

    /// Reads `encoded`; throws `SafeTensorsError` or `CheckpointError`.
    ///
    /// - Parameter isOwn: whether this program wrote the file; without a checksum, as others write, it is then damaged.
    public init(decoding bytes: [UInt8], isOwn: Bool = false) throws {
        var file = try SafeTensors(decoding: bytes)
        if let expected = file.metadata.removeValue(forKey: "checksum") ?? (isOwn ? "in its metadata" : nil) {
            let found = file.checksum
            guard found == expected else { throw CheckpointError.damaged(found: found, expected: expected) }
        }
        guard let text = file.metadata["description"] else {
            throw CheckpointError.description("expected the key description in the metadata")
        }
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw CheckpointError.description(explained(error))
        }
        tensors = file.tensors
    }
}

extension SafeTensors {
    /// The FNV-1a hash of 64 bits of all content, sixteen hexadecimal digits:
    /// http://www.isthe.com/chongo/tech/comp/fnv.
    fileprivate var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
            mix("\(key.utf8.count) \(text.utf8.count) ".utf8)
            mix(key.utf8)
            mix(text.utf8)
        }
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            mix("\(name.utf8.count) \(name) \(tensor.signature) ".utf8)
            mix(tensor.bytes)
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
