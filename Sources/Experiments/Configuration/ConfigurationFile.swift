import Yams

extension ConfigurationNode {
    /// Reads a YAML file.
    ///
    /// - Throws: a file that is absent, unreadable, empty or not UTF-8; the first fault of its syntax; a key given
    ///   twice.
    public init(file: String) throws(InputError) {
        try self.init(yaml: try InputFile.text(file), file: file)
    }

    /// Reads a text in YAML; `file` names it in errors.
    public init(yaml text: String, file: String) throws(InputError) {
        try Self.requireModest(text, file: file)
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw Self.syntaxError(error, file: file)
        }
        guard let root else {
            throw InputError(.configuration, at: .init(file), "the file is empty", expected: "a configuration in YAML")
        }
        var count = 0
        try self.init(root, file: file, path: "", depth: 0, count: &count)
    }

    static let longestFile = 1_000_000
    static let mostValues = 100_000
    static let mostReferences = 30

    /// Throws where the text is long, or has so many references (`*name`) to parts that hold references that their
    /// values cannot be counted.
    private static func requireModest(_ text: String, file: String) throws(InputError) {
        guard text.utf8.count <= longestFile else {
            throw InputError(
                .configuration, at: .init(file), "a configuration of \(text.utf8.count) bytes",
                expected: "at most \(longestFile)")
        }
        var (references, before) = (0, UInt8(ascii: "\n"))
        var isReference = false
        for byte in text.utf8 {
            let isSpace = byte <= UInt8(ascii: " ")
            if isReference && !isSpace && byte != UInt8(ascii: "*") { references += 1 }
            isReference = byte == UInt8(ascii: "*") && (before <= UInt8(ascii: " ") || "[{,:-?".utf8.contains(before))
            before = byte
        }
        guard references <= mostReferences else {
            throw InputError(
                .configuration, at: .init(file), "\(references) references of the form *name",
                expected: "at most \(mostReferences)")
        }
    }

    /// The default of a key as a node at the key's place.
    init(yaml text: String, at place: InputError.Place) throws(InputError) {
        let node = try ConfigurationNode(yaml: text, file: place.file)
        (self.place, content) = (place, node.content)
    }

    /// - Parameter count: of the values so far, with each reference to a part counted as the whole part.
    private init(
        _ node: Yams.Node, file: String, path: String, depth: Int, count: inout Int
    ) throws(InputError) {
        place = .init(file, line: node.mark?.line, column: node.mark?.column, path: path)
        count += 1
        guard count <= Self.mostValues else {
            throw InputError(
                .configuration, at: .init(file), "more values than a configuration may have, references counted",
                expected: "at most \(Self.mostValues)")
        }
        // What refers to itself through anchors is refused by the parser; what is nested without end, here.
        guard depth < 100 else {
            throw InputError(.configuration, at: place, "nested more than a hundred deep", expected: "less")
        }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            content = isNull ? .null : .scalar(scalar.string, isQuoted: isQuoted)
        case .sequence(let sequence):
            var nodes: [ConfigurationNode] = []
            for (index, node) in sequence.enumerated() {
                nodes.append(try Self(node, file: file, path: "\(path)[\(index)]", depth: depth + 1, count: &count))
            }
            content = .list(nodes)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                entries.append(try Self.entry(key, value, file: file, path: path, depth: depth, count: &count))
            }
            content = .mapping(entries)
        case .alias:
            throw InputError(.configuration, at: place, "a reference that leads nowhere", expected: "a value")
        }
    }

    private static func entry(
        _ key: Yams.Node, _ value: Yams.Node, file: String, path: String, depth: Int, count: inout Int
    ) throws(InputError) -> Entry {
        var place = InputError.Place(file, line: key.mark?.line, column: key.mark?.column, path: path)
        guard let name = key.scalar?.string else {
            throw InputError(.configuration, at: place, "the key is not a word", expected: "a word")
        }
        place.path = path.isEmpty ? name : "\(path).\(name)"
        let node = try Self(value, file: file, path: place.path ?? name, depth: depth + 1, count: &count)
        return Entry(key: name, place: place, value: node)
    }

    /// The parser's error in one line.
    private static func syntaxError(_ error: any Error, file: String) -> InputError {
        func fault(_ problem: String, line: Int? = nil, column: Int? = nil) -> InputError {
            InputError(.configuration, at: .init(file, line: line, column: column), "YAML syntax: \(problem)")
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _)?, .parser(_, let problem, let mark, _)?,
            .composer(_, let problem, let mark, _)?:
            // The commonest slip: a formula or a title with ': ' in it.
            let isColon = problem.contains("mapping values are not allowed")
            return InputError(
                .configuration, at: .init(file, line: mark.line, column: mark.column), "YAML syntax: \(problem)",
                expected: isColon ? "quotes around a text that holds ': '" : nil)
        case .reader(let problem, let offset?, _, let text)?:
            let lines = text.prefix(offset).split(separator: "\n", omittingEmptySubsequences: false)
            return fault(problem, line: max(lines.count, 1), column: (lines.last?.count ?? 0) + 1)
        case .duplicatedKeysInMapping(let keys, let context)?:
            return InputError(
                .configuration, at: .init(file, line: context.mark.line, column: context.mark.column),
                "duplicate key \((keys.first ?? "").quoted)", expected: "each key once")
        default:
            return fault("cannot be read")
        }
    }
}
