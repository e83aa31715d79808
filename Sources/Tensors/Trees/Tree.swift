/// A value made of tensors: a model, a belief, an optimiser's state.
///
/// `walk` shows every tensor that may be learned, perturbed or differentiated (the type's `var`s) to the visitor,
/// always in the same order; what is structure (its `let`s) it leaves out.
/// `checkTree` in `Checks` catches a forgotten field.
public protocol Tree: Sendable {
    mutating func walk<V: TreeVisitor>(_ visitor: inout V)
}

/// Sees, and may replace, the leaves of a tree.
public protocol TreeVisitor {
    mutating func visit(_ leaf: inout Tensor, _ name: String)
    mutating func visit<T: Tree>(_ branch: inout T, _ name: String)
}

extension TreeVisitor {
    public mutating func visit<T: Tree>(_ branch: inout T, _ name: String) { branch.walk(&self) }
}

extension Tensor: Tree {
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&self, "") }
}

extension Array: Tree where Element: Tree {
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        for i in indices { visitor.visit(&self[i], "\(i)") }
    }
}

extension Optional: Tree where Wrapped: Tree {
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        guard var value = self else { return }
        visitor.visit(&value, "some")
        self = value
    }
}

extension Dictionary: Tree where Key == String, Value: Tree {
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        for key in keys.sorted() { visitor.visit(&self[key]!, key) }
    }
}

/// Two trees as one.
public struct Pair<First: Tree, Second: Tree>: Tree {
    public var first: First
    public var second: Second
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&first, "first")
        visitor.visit(&second, "second")
    }
}

/// The tree without leaves.
public struct Nothing: Tree {
    public init() {}
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

// MARK: - Leaves

extension Tree {
    /// All tensors, in the order of the walk.
    public var leaves: [Tensor] { named.map(\.leaf) }

    /// All tensors with the dotted path that leads to each.
    public var named: [(name: String, leaf: Tensor)] {
        var collector = Collector()
        var copy = self
        copy.walk(&collector)
        return collector.found
    }

    /// The same tree with other tensors, in the order of the walk.
    public func replacingLeaves(_ leaves: [Tensor]) -> Self {
        var replacer = Replacer(leaves: leaves)
        var copy = self
        // A value of no size has no tensors and no memory of its own, which a walk would change.
        if MemoryLayout<Self>.size > 0 { copy.walk(&replacer) }
        precondition(replacer.next == leaves.count, "\(leaves.count) tensors for a tree of \(replacer.next)")
        return copy
    }

    /// The same tree with each tensor changed.
    public func mappingLeaves(_ change: (Tensor) -> Tensor) -> Self { replacingLeaves(leaves.map(change)) }

    /// The same tree with each tensor combined with that of another tree of the same structure.
    public func combiningLeaves(_ other: Self, _ combine: (Tensor, Tensor) -> Tensor) -> Self {
        let (own, others) = (leaves, other.leaves)
        precondition(own.count == others.count, "trees of \(own.count) and \(others.count) tensors")
        return replacingLeaves(zip(own, others).map(combine))
    }
}

private struct Collector: TreeVisitor {
    var found: [(name: String, leaf: Tensor)] = []
    private var path: [String] = []

    mutating func visit(_ leaf: inout Tensor, _ name: String) {
        found.append(((path + [name]).filter { !$0.isEmpty }.joined(separator: "."), leaf))
    }
    mutating func visit<T: Tree>(_ branch: inout T, _ name: String) {
        path.append(name)
        branch.walk(&self)
        path.removeLast()
    }
}

private struct Replacer: TreeVisitor {
    let leaves: [Tensor]
    var next = 0

    mutating func visit(_ leaf: inout Tensor, _ name: String) {
        precondition(next < leaves.count, "\(leaves.count) tensors are too few for the tree")
        leaf = leaves[next]
        next += 1
    }
}
