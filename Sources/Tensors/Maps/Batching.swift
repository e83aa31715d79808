/// Which axis of each tensor counts the elements of a batch.
///
/// Shorthand by literals: `0` or `-1` is that axis of every leaf, `nil` is no axis (the same value for all
/// elements), and `[0, nil, 1]` is one a leaf.
public enum BatchAxes: Sendable, Equatable {
    /// The same axis of every leaf.
    case every(Int)
    /// None: the tensors are the same for every element of the batch.
    case none
    /// One a leaf, in the order of the walk.
    case leaves([Int?])

    fileprivate func axes(of leaves: [Tensor]) -> [Int?] {
        let axes: [Int?] =
            switch self {
            case .every(let axis): leaves.map { _ in axis }
            case .none: leaves.map { _ in nil }
            case .leaves(let axes): axes
            }
        precondition(axes.count == leaves.count, "vmap: \(axes.count) axes for \(leaves.count) leaves")
        return zip(leaves, axes).map { leaf, axis in axis.map { leaf.shape.axis($0, "vmap") } }
    }
}

extension BatchAxes: ExpressibleByIntegerLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral {
    public init(integerLiteral axis: Int) { self = .every(axis) }
    public init(nilLiteral: ()) { self = .none }
    public init(arrayLiteral axes: Int?...) { self = .leaves(axes) }
}

/// The same function on a batch.
///
/// - Parameters:
///   - f: a function of one element; inside it no tensor has the axis of the batch.
///   - axes: where the batch is in the leaves of the argument, by default the first axis of each.
///   - out: where it is to be in the leaves of the result.
public func vmap<A: Tree, B: Tree>(
    _ f: @escaping (A) -> B, in axes: BatchAxes = 0, out: Int = 0
) -> (A) -> B {
    { batch in
        let leaves = batch.leaves
        let places = axes.axes(of: leaves)
        let marked = leaves.indices.filter { places[$0] != nil }
        let sizes = marked.map { leaves[$0].shape[places[$0] ?? 0] }
        guard let size = sizes.first else { preconditionFailure("vmap needs a leaf with a batch axis") }
        precondition(
            sizes.allSatisfy { $0 == size }, "vmap: the batch axes \(places) of \(leaves.map(\.shape)) differ")
        var structure: B?
        let results = batched(
            { elements in
                var arguments = leaves
                for (i, element) in zip(marked, elements) { arguments[i] = element }
                let result = f(batch.replacingLeaves(arguments))
                structure = result
                return result.leaves
            }, marked.map { leaves[$0].movingAxis(places[$0] ?? 0, to: 0) }, size)
        return structure!.replacingLeaves(results.map { $0.movingAxis(0, to: out) })
    }
}

/// `vmap` of a function of two arguments, each with its own axes.
public func vmap<A: Tree, B: Tree, C: Tree>(
    _ f: @escaping (A, B) -> C, in axes: (BatchAxes, BatchAxes) = (0, 0), out: Int = 0
) -> (A, B) -> C {
    { a, b in
        let places = axes.0.axes(of: a.leaves) + axes.1.axes(of: b.leaves)
        return vmap({ (pair: Pair<A, B>) in f(pair.first, pair.second) }, in: .leaves(places), out: out)(Pair(a, b))
    }
}

/// `vmap` of a function of three arguments, each with its own axes. More arguments fit into a tree.
public func vmap<A: Tree, B: Tree, C: Tree, D: Tree>(
    _ f: @escaping (A, B, C) -> D, in axes: (BatchAxes, BatchAxes, BatchAxes) = (0, 0, 0), out: Int = 0
) -> (A, B, C) -> D {
    { a, b, c in
        let rest = axes.1.axes(of: b.leaves) + axes.2.axes(of: c.leaves)
        return vmap(
            { (a: A, rest: Pair<B, C>) in f(a, rest.first, rest.second) }, in: (axes.0, .leaves(rest)), out: out)(
                a, Pair(b, c))
    }
}

extension Program {
    /// The program on a batch that is the first axis of the inputs marked and of all results.
    func batched(_ isBatched: [Bool], _ size: Int) -> Program {
        let signatures = zip(inputs, isBatched).map { $1 ? Signature([size] + $0.shape, $0.type) : $0 }
        return Program.tracing(signatures) { inputs in
            let marked = inputs.indices.filter { isBatched[$0] }
            let elements = { (elements: [Tensor]) in
                var all = inputs
                for (i, element) in zip(marked, elements) { all[i] = element }
                return run(all)
            }
            return Tensors.batched(elements, marked.map { inputs[$0] }, size)
        }
    }
}

/// Records `f` on unknown elements of the batch and replays the record with batched rules.
private func batched(_ f: ([Tensor]) -> [Tensor], _ x: [Tensor], _ size: Int) -> [Tensor] {
    Graph.with { graph, isOutermost in
        let parameters = x.map { graph.parameter(Signature(Array($0.shape.dropFirst()), $0.type)) }
        let outputs = f(parameters)
        // Transforms inside `f` trace known values too; no outer transform asks for these
        // traces if this is the outermost.
        let unbatched = { (tensor: Tensor) in isOutermost ? tensor.detached : tensor }
        var table = EntryTable()
        for (parameter, value) in zip(parameters, x) { table[parameter] = value }
        for step in graph.path(from: parameters, to: outputs) {
            let operands = step.operands.map { table[$0] ?? unbatched($0) }
            let results = step.operation.batched(operands, step.operands.map { table[$0] != nil }, size)
            for (result, value) in zip(step.results, results) { table[result] = value }
        }
        let results = outputs.map { table[$0] ?? unbatched($0).broadcast(to: [size] + $0.shape) }
        return isOutermost ? results.map(\.detached) : results
    }
}
