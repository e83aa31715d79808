extension Generator {
    /// The tree after a few changes of its structure and its values.
    mutating func mutated(_ tree: Tree) -> Tree {
        var tree = tree
        for _ in 0..<few() {
            let place = int(0...(tree.size - 1))
            let other = tree.node(int(0...(tree.size - 1)))
            tree = tree.changed(place) { mutatedNode($0, other: other) }
            // Growth is limited.
            if tree.size > 30_000 { break }
        }
        return tree
    }

    private mutating func mutatedNode(_ node: Tree, other: Tree) -> Tree {
        switch int(0...11) {
        case 0: return other
        case 1: return .list([node])
        case 2: return .mapping([(pick(Pool.words), node)])
        case 3: return nested(node)
        case 4: return .list(Array(repeating: node.size > 20 ? .plain("1") : node, count: pick([0, 2, 3, 100, 1000])))
        case 5: return .text(text())
        default: break
        }
        switch node {
        case .plain(let text): return scalar(text)
        case .text(let text): return .text(chance(0.5) ? self.text() : text + self.text())
        case .list(let trees): return .list(mutatedList(trees))
        case .mapping(let pairs): return .mapping(mutatedPairs(pairs))
        }
    }

    /// A number changes its size or its sign, or becomes something else.
    private mutating func scalar(_ text: String) -> Tree {
        guard let number = Double(text), chance(0.6) else { return .plain(self.text()) }
        let changed = pick([-number, number * 1e9, number + 1, number - 1, number * 1e-9, 0, number * 2, number * 10])
        if let whole = Int(exactly: changed), Int(text) != nil { return .plain("\(whole)") }
        return .plain("\(changed)")
    }

    private mutating func nested(_ node: Tree) -> Tree {
        var node = node
        for _ in 0..<pick([2, 20, 90, 110, 400]) { node = chance(0.5) ? .list([node]) : .mapping([("a", node)]) }
        return node
    }

    private mutating func mutatedList(_ trees: [Tree]) -> [Tree] {
        var trees = trees
        guard !trees.isEmpty else { return [.plain(text())] }
        let place = int(0...(trees.count - 1))
        switch int(0...3) {
        case 0: trees.remove(at: place)
        case 1: trees.append(trees[place])
        case 2: trees.insert(.plain(text()), at: place)
        default: trees.shuffle(using: &self)
        }
        return trees
    }

    private mutating func mutatedPairs(_ pairs: [(key: String, value: Tree)]) -> [(key: String, value: Tree)] {
        var pairs = pairs
        guard !pairs.isEmpty else { return [(text(), .plain(text()))] }
        let place = int(0...(pairs.count - 1))
        switch int(0...5) {
        case 0: pairs.remove(at: place)
        case 1: pairs.append(pairs[place])
        case 2: pairs[place].key = chance(0.5) ? text() : String(pairs[place].key.dropLast())
        case 3: pairs.append((pick(Pool.words), .plain(text())))
        case 4: pairs[place].value = pick(pairs).value
        default: pairs[place].value = .plain(text())
        }
        return pairs
    }
}
