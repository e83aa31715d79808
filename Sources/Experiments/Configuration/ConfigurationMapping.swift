/// Hands out the values of a mapping by their keys, and remembers the keys that it was asked for.
///
/// Made by ``ConfigurationNode/mapping(_:)``, which afterwards reports the first key that nobody asked for.
public struct ConfigurationMapping: Sendable {
    /// The mapping itself, for errors about several keys.
    public let node: ConfigurationNode
    private let entries: [ConfigurationNode.Entry]
    /// The keys that the mapping may hold.
    private(set) var table: KeyTable
    private var asked: [String] = []

    init(node: ConfigurationNode, entries: [ConfigurationNode.Entry], table: KeyTable) {
        (self.node, self.entries, self.table) = (node, entries, table)
    }

    /// Adds the keys of a reader to those that the mapping may hold: several readers share the root of a file.
    public mutating func adopt(_ more: KeyTable) { table = table + more }

    /// The keys of the mapping in the order of the file.
    public var keys: [String] { entries.map(\.key) }

    /// The value of a key, or `nil` where the key is absent or has no value.
    public mutating func optional(_ key: String) -> ConfigurationNode? {
        precondition(table.has(key), "KeyTable: '\(key)' is asked for, which is not among \(table.keys.map(\.name))")
        if !asked.contains(key) { asked.append(key) }
        guard let value = entries.first(where: { $0.key == key })?.value, value.content != .null else { return nil }
        return value
    }

    /// The value of a key that must be there.
    public mutating func required(_ key: String) throws(InputError) -> ConfigurationNode {
        if let value = optional(key) { return value }
        if let empty = entries.first(where: { $0.key == key }) {
            throw InputError(.configuration, at: empty.place, "the key has no value", expected: "a value for '\(key)'")
        }
        // A misspelt key is the better message.
        try reportNearMiss(of: key)
        throw node.error("the key '\(key)' is missing", expected: "a value for it")
    }

    /// Throws at the first key that was never asked for.
    func finish() throws(InputError) {
        if let unknown = entries.first(where: { !asked.contains($0.key) }) { throw error(unknown) }
    }

    /// Throws at the first key that the table does not have, where another fault would hide it.
    func requireKnownKeys() throws(InputError) {
        if let unknown = entries.first(where: { !table.has($0.key) }) {
            let names = table.keys.map(\.name)
            throw InputError(
                .configuration, at: unknown.place,
                "unknown key \(unknown.key.quoted)\(Spelling.suggestion(for: unknown.key, among: names))",
                expected: Spelling.oneOf(names))
        }
    }

    private func reportNearMiss(of key: String) throws(InputError) {
        for entry in entries where !asked.contains(entry.key) && Spelling.nearest(to: entry.key, among: [key]) != nil {
            throw InputError(
                .configuration, at: entry.place, "unknown key \(entry.key.quoted); did you mean '\(key)'?")
        }
    }

    private func error(_ unknown: ConfigurationNode.Entry) -> InputError {
        if table.has(unknown.key) {
            return InputError(
                .configuration, at: unknown.place, "the key \(unknown.key.quoted) has no effect beside the others",
                expected: asked.isEmpty ? "no key" : Spelling.oneOf(asked))
        }
        return InputError(
            .configuration, at: unknown.place,
            "unknown key \(unknown.key.quoted)\(Spelling.suggestion(for: unknown.key, among: asked))",
            expected: Spelling.oneOf(asked))
    }
}
