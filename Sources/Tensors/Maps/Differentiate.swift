/// Forward and reverse mode on flat lists of tensors; the public transforms of trees are in `Transforms.swift`.
///
/// Forward mode walks the record from parameters to outputs and applies tangent rules. Reverse mode is its transpose: it
/// records the tangents of unknown tangent parameters, a program of linear operations, and walks that record backwards.
struct Linearization {
    let outputs: [Tensor]
    private let graph: Graph
    private let inputs: [Tensor]
    /// The unknown tangents of the inputs, nil for inputs that have none (integers).
    private let dx: [Tensor?]
    private let dy: [Tensor?]
    private let isOutermost: Bool

    init(_ f: ([Tensor]) -> [Tensor], at x: [Tensor]) {
        (graph, isOutermost, inputs, outputs, dx, dy) = Graph.with { graph, isOutermost in
            let parameters = x.map(graph.alias)
            let y = f(parameters)
            let dx = x.map { $0.type.isReal ? graph.parameter($0.signature) : nil }
            let dy = pushForward(graph, parameters, dx, y, detaching: isOutermost)
            return (graph, isOutermost, x, isOutermost ? y.map(\.detached) : y, dx, dy)
        }
    }

    /// The cotangents of the inputs for those of the outputs; zeros where an output does not depend on an input.
    func pullBack(_ cotangents: [Tensor?]) -> [Tensor] {
        let found = transpose(graph, dx.compactMap { $0 }, dy, cotangents)
        var next = found.makeIterator()
        return zip(inputs, dx).map { input, dx in
            let cotangent = dx == nil ? nil : next.next()!
            return cotangent ?? Tensor.zeros(input.shape, type: input.type)
        }
    }
}

/// Values and tangents of `f` at `x` along `dx`.
func forwardMode(_ f: ([Tensor]) -> [Tensor], _ x: [Tensor], _ dx: [Tensor?]) -> (y: [Tensor], dy: [Tensor]) {
    Graph.with { graph, isOutermost in
        let parameters = x.map(graph.alias)
        let y = f(parameters)
        let dy = pushForward(graph, parameters, dx, y, detaching: isOutermost)
        let tangents = zip(y, dy).map { $1 ?? Tensor.zeros($0.shape, type: $0.type) }
        return isOutermost ? (y.map(\.detached), tangents.map(\.detached)) : (y, tangents)
    }
}

/// Carries tangents along the record. `detaching` drops the traces of primal values when no outer transform needs them.
private func pushForward(
    _ graph: Graph, _ parameters: [Tensor], _ tangents: [Tensor?], _ outputs: [Tensor], detaching: Bool
) -> [Tensor?] {
    var table = EntryTable()
    for (parameter, tangent) in zip(parameters, tangents) { table[parameter] = tangent }
    let primal = { (x: Tensor) in detaching ? x.detached : x }
    for step in graph.path(from: parameters, to: outputs) {
        let dx = step.operands.map { table[$0] }
        guard dx.contains(where: { $0 != nil }) else { continue }
        let dy = step.operation.tangent(step.operands.map(primal), step.results.map(primal), dx)
        for (result, tangent) in zip(step.results, dy) where tangent != nil { table[result] = tangent }
    }
    return outputs.map { table[$0] }
}

/// Carries cotangents back along a record that is linear in `parameters`.
func transpose(
    _ graph: Graph, _ parameters: [Tensor], _ outputs: [Tensor?], _ cotangents: [Tensor?]
) -> [Tensor?] {
    var table = EntryTable()
    func add(_ cotangent: Tensor?, to tensor: Tensor) {
        guard let cotangent else { return }
        table[tensor] = table[tensor].map { $0 + cotangent } ?? cotangent
    }
    let steps = graph.path(from: parameters, to: outputs.compactMap { $0 })
    var linear = Set(parameters.map { $0.trace!.index })
    for step in steps { linear.formUnion(step.results.map { $0.trace!.index }) }
    for (output, cotangent) in zip(outputs, cotangents) {
        if let output, let trace = output.trace, linear.contains(trace.index) { add(cotangent, to: output) }
    }
    for step in steps.reversed() {
        let ct = step.results.map { table[$0] }
        guard ct.contains(where: { $0 != nil }) else { continue }
        let isLinear = step.operands.map { $0.trace.map { linear.contains($0.index) } ?? false }
        let found = step.operation.adjoint(step.operands, isLinear, step.results, ct)
        for (operand, (cotangent, isLinear)) in zip(step.operands, zip(found, isLinear)) where isLinear {
            add(cotangent, to: operand)
        }
    }
    return parameters.map { table[$0] }
}
