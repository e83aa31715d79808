import Tensors

/// Checks that the walk of a tree shows every leaf once, under a name of its own, always in the same order, and lets it
/// be replaced; and that no stored tensor is forgotten.
///
/// Forgotten fields are found by reflection on a copy with marked leaves: every stored tensor must carry a mark.
/// Reflection cannot tell `let` from `var`, so a tensor that is structure on purpose must be named. Tensors captured by
/// closures or held by classes are out of its sight.
///
/// - Parameter ignoring: dotted paths of stored properties that are structure, with everything in them.
public func checkTree<T: Tree>(_ tree: T, ignoring: Set<String> = []) -> [Violation] {
    var findings = Findings("\(T.self)")
    let named = tree.named
    let names = named.map(\.name)
    findings.require("the order of the walk is stable", tree.named.map(\.name) == names)
    for name in Set(names) {
        findings.require("names are unique", at: name, names.count { $0 == name } == 1)
    }
    findings.equal(
        "leaves put back are the same tree", tree.replacingLeaves(tree.leaves).leaves, tree.leaves, tolerance: 0)

    let marked = tree.replacingLeaves(names.indices.map(Mark.init).map(\.tensor))
    for (number, leaf) in marked.leaves.enumerated() {
        findings.require("a replaced leaf is read back", at: names[number], Mark(leaf)?.number == number)
    }
    var search = Search(ignoring: ignoring)
    search.look(at: marked, path: [])
    for path in search.unmarked {
        findings.require("every stored tensor is walked, or named as structure", at: path, false)
    }
    for number in names.indices {
        let places = search.marks[number, default: 0]
        findings.require("a leaf is stored once", at: names[number], places <= 1)
    }
    for path in ignoring.subtracting(search.ignored).sorted() {
        findings.require("ignored paths exist", at: path, false)
    }
    return findings.violations
}

extension Findings {
    /// Demands a yes.
    mutating func require(_ law: String, at detail: String = "", _ holds: Bool) {
        if !holds { add(law, at: detail, measured: 1, allowed: 0) }
    }
}

/// A tensor that no model would hold, to recognise a leaf by.
private struct Mark {
    private static let shape = [1, 1, 1, 1, 1, 1, 1, 1, 1]
    let number: Int

    init(number: Int) { self.number = number }
    init?(_ tensor: Tensor) {
        guard tensor.shape == Mark.shape, tensor.type == .int64 else { return nil }
        number = tensor.integers[0]
    }
    var tensor: Tensor { Tensor(integers: [number], shape: Mark.shape) }
}

/// Looks for tensors in the stored properties of a value.
private struct Search {
    let ignoring: Set<String>
    var marks: [Int: Int] = [:]
    var unmarked: [String] = []
    var ignored: Set<String> = []

    mutating func look(at value: Any, path: [String]) {
        let name = path.joined(separator: ".")
        if ignoring.contains(name) {
            ignored.insert(name)
        } else if let tensor = value as? Tensor {
            if let mark = Mark(tensor) { marks[mark.number, default: 0] += 1 } else { unmarked.append(name) }
        } else if path.count < 32 {
            let mirror = Mirror(reflecting: value)
            for (place, child) in mirror.children.enumerated() where mirror.displayStyle != .class {
                look(at: child.value, path: path + step(mirror, child, place))
            }
        }
    }

    /// The name of a child: of a field, of an element by its place, of an entry by its key; none for wrappings.
    private func step(_ mirror: Mirror, _ child: Mirror.Child, _ place: Int) -> [String] {
        switch mirror.displayStyle {
        case .optional: []
        case .dictionary: ["\(place)"]
        default: [child.label ?? "\(place)"]
        }
    }
}
