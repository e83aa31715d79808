import Foundation
import Tensors

/// JSON with keys in the order in which they are encoded, so that a file reads like the declaration of its type.
///
/// Deterministic byte for byte. A container of scalars alone takes one line. Doubles are written with the fewest
/// digits that read back as the same number. An optional without value and a number that is not finite are `null`.
enum OrderedJSON {
    /// A value as JSON text in UTF-8, with a newline at the end.
    static func encoded(_ value: some Encodable) -> Data {
        let node = Node()
        do {
            try value.encode(to: NodeEncoder(node: node, codingPath: []))
        } catch {
            // Synthesised `encode(to:)` throws only what its containers throw, and these throw nothing.
            preconditionFailure("a value could not be encoded: \(error)")
        }
        var text = ""
        node.write(to: &text, indentation: "")
        return Data((text + "\n").utf8)
    }
}

/// A value under construction. A reference, since the containers of `Codable` fill it after handing it on; it never
/// leaves the call of `OrderedJSON.encoded`.
private final class Node {
    enum Content {
        case scalar(String)
        case list([Node])
        case object([(key: String, value: Node)])
    }

    var content: Content = .object([])

    func becomeList() {
        if case .list = content { return }
        content = .list([])
    }

    func append() -> Node {
        let child = Node()
        if case .list(var children) = content {
            content = .scalar("")  // so that the array below is not shared and grows in place
            children.append(child)
            content = .list(children)
        }
        return child
    }

    func insert(_ key: String) -> Node {
        let child = Node()
        if case .object(var children) = content {
            children.append((key, child))
            content = .object(children)
        }
        return child
    }

    var isScalar: Bool {
        if case .scalar = content { return true }
        return false
    }

    func write(to text: inout String, indentation: String) {
        switch content {
        case .scalar(let scalar):
            text += scalar
        case .list(let children):
            write(children.map { (nil, $0) }, between: ("[", "]"), to: &text, indentation: indentation)
        case .object(let children):
            write(children.map { ($0.key, $0.value) }, between: ("{", "}"), to: &text, indentation: indentation)
        }
    }

    private func write(
        _ children: [(key: String?, value: Node)], between brackets: (String, String), to text: inout String,
        indentation: String
    ) {
        let oneLine = children.allSatisfy(\.value.isScalar)
        let inner = indentation + "  "
        text += brackets.0
        for (index, child) in children.enumerated() {
            if index > 0 { text += oneLine ? ", " : "," }
            if !oneLine { text += "\n" + inner }
            if let key = child.key { text += quoted(key) + ": " }
            child.value.write(to: &text, indentation: inner)
        }
        text += (oneLine ? "" : "\n" + indentation) + brackets.1
    }
}

/// A string as JSON writes it.
private func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\t": text += "\\t"
        case "\r": text += "\\r"
        case _ where scalar.value < 0x20: text += "\\u" + String(format: "%04x", scalar.value)
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text + "\""
}

private struct NodeEncoder: Encoder {
    let node: Node
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedContainer(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeList()
        return ListContainer(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        ScalarContainer(node: node, codingPath: codingPath)
    }
}

extension Node {
    fileprivate func encode(_ value: some Encodable, _ codingPath: [any CodingKey]) throws {
        switch value {
        case let value as Double: content = .scalar(value.isFinite ? "\(value)" : "null")
        case let value as Float: content = .scalar(value.isFinite ? "\(value)" : "null")
        case let value as String: content = .scalar(quoted(value))
        case let value as Bool: content = .scalar(value ? "true" : "false")
        case let value as any BinaryInteger: content = .scalar("\(value)")
        // A dictionary has no order of its own, and in each process another one.
        case let value as [String: any Encodable]:
            for (key, value) in value.sorted(by: { $0.key < $1.key }) { try insert(key).encode(value, codingPath) }
        default: try value.encode(to: NodeEncoder(node: self, codingPath: codingPath))
        }
    }

    fileprivate func encodeNil() { content = .scalar("null") }
}

private struct ScalarContainer: SingleValueEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]

    func encodeNil() { node.encodeNil() }
    func encode(_ value: some Encodable) throws { try node.encode(value, codingPath) }
}

private struct ListContainer: UnkeyedEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]
    var count: Int {
        if case .list(let children) = node.content { return children.count }
        return 0
    }

    func encodeNil() { node.append().encodeNil() }
    func encode(_ value: some Encodable) throws { try node.append().encode(value, codingPath) }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        NodeEncoder(node: node.append(), codingPath: codingPath).container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        NodeEncoder(node: node.append(), codingPath: codingPath).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { NodeEncoder(node: node.append(), codingPath: codingPath) }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { node.insert(key.stringValue).encodeNil() }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try node.insert(key.stringValue).encode(value, codingPath + [key])
    }

    // Every record has all its keys, missing values among them.
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOptional(value, key) }

    private func encodeOptional(_ value: (some Encodable)?, _ key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        NodeEncoder(node: node.insert(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        NodeEncoder(node: node.insert(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { NodeEncoder(node: node, codingPath: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder {
        NodeEncoder(node: node.insert(key.stringValue), codingPath: codingPath + [key])
    }
}
