import Yams

/// A configuration or a JSON text as a tree that can be changed anywhere.
indirect enum Tree {
    /// A plain scalar: number, word, date.
    case plain(String)
    case text(String)
    case list([Tree])
    case mapping([(key: String, value: Tree)])

    /// Of YAML or JSON.
    init(_ text: String) {
        guard let node = try? Yams.compose(yaml: text) else { preconditionFailure("Tree: a text that cannot be read") }
        self.init(node)
    }

    /// Of a text that may be no YAML.
    init?(valid text: String) {
        guard let node = try? Yams.compose(yaml: text) else { return nil }
        self.init(node)
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            self = isQuoted ? .text(scalar.string) : .plain(scalar.string)
        case .sequence(let nodes): self = .list(nodes.map(Tree.init))
        case .mapping(let pairs): self = .mapping(pairs.map { ($0.scalar?.string ?? "", Tree($1)) })
        case .alias: self = .plain("")
        }
    }

    /// JSON, which is YAML too.
    var json: String {
        switch self {
        case .plain(let text): text
        case .text(let text): Self.quoted(text)
        case .list(let trees): "[" + trees.map(\.json).joined(separator: ",") + "]"
        case .mapping(let pairs):
            "{" + pairs.map { Self.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    /// YAML in blocks at the top, where lines are what people write.
    var yaml: String {
        guard case .mapping(let pairs) = self, !pairs.isEmpty else { return json + "\n" }
        return pairs.map { "\($0.key.isEmpty ? "''" : $0.key): \($0.value.flow)\n" }.joined()
    }

    private var flow: String {
        switch self {
        case .plain(let text): text
        case .text(let text): Self.quoted(text)
        case .list(let trees): "[" + trees.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let pairs):
            "{" + pairs.map { ($0.key.isEmpty ? "''" : $0.key) + ": " + $0.value.flow }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The number of nodes.
    var size: Int {
        switch self {
        case .plain, .text: 1
        case .list(let trees): trees.reduce(1) { $0 + $1.size }
        case .mapping(let pairs): pairs.reduce(1) { $0 + $1.value.size }
        }
    }

    /// The node at a place, counted from the root down.
    func node(_ place: Int) -> Tree {
        var result = self
        _ = changed(place) { node in
            result = node
            return node
        }
        return result
    }

    /// The tree with another node at a place.
    func changed(_ place: Int, _ change: (Tree) -> Tree) -> Tree {
        if place == 0 { return change(self) }
        var rest = place - 1
        func child(_ tree: Tree) -> Tree {
            let size = tree.size
            defer { rest -= size }
            return 0..<size ~= rest ? tree.changed(rest, change) : tree
        }
        switch self {
        case .plain, .text: return self
        case .list(let trees): return .list(trees.map(child))
        case .mapping(let pairs): return .mapping(pairs.map { ($0.key, child($0.value)) })
        }
    }

    /// The tree with another value at a path, as `["data", "variables[]", "name"]`: of lists the first element,
    /// which is made if need be.
    func setting(_ path: [String], to value: Tree) -> Tree {
        guard let first = path.first else { return value }
        let (name, below) = (first.hasSuffix("[]") ? String(first.dropLast(2)) : first, Array(path.dropFirst()))
        var pairs: [(key: String, value: Tree)] = []
        if case .mapping(let own) = self { pairs = own }
        let old = pairs.first { $0.key == name }?.value ?? .mapping([])
        var new = old
        if first.hasSuffix("[]") {
            var elements: [Tree] = []
            if case .list(let own) = old { elements = own }
            if elements.isEmpty { elements = [.mapping([])] }
            elements[0] = elements[0].setting(below, to: value)
            new = .list(elements)
        } else {
            new = old.setting(below, to: value)
        }
        if let index = pairs.firstIndex(where: { $0.key == name }) {
            pairs[index].value = new
        } else {
            pairs.append((name, new))
        }
        return .mapping(pairs)
    }
}
