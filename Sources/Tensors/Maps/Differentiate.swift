/// Forward and reverse mode on flat lists of tensors; the public transforms of trees are in `Transforms.swift`.
///
/// Forward mode walks the record from parameters to outputs and applies tangent rules. Reverse mode is its transpose:
/// it records the tangents of unknown tangent parameters, a program of linear operations,
/// and walks that record backwards.
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
    func pull(_ cotangents: [Tensor?]) -> [Tensor] {
        let found = transpose(graph, dx.compactMap { $0 }, dy, cotangents)
        var next = found.makeIterator()
        return zip(inputs, dx).map { input, dx in
            let cotangent = dx == nil ? nil : next.next()!
            return cotangent ?? Tensor.zeros(input.shape, type: input.type)
        }
    }
}

extension Linearization {
    /// The tangents of the outputs for those of the inputs: the recorded linear program, run again; zeros where an
    /// output does not depend on an input.
    func push(_ tangents: [Tensor?]) -> [Tensor] {
        var table = EntryTable()
        for (unknown, tangent) in zip(dx, tangents) {
            if let unknown, let tangent { table[unknown] = tangent }
        }
        for step in graph.path(from: dx.compactMap { $0 }, to: dy.compactMap { $0 }) {
            let results = applyAll(step.operation, step.operands.map { table[$0] ?? $0 })
            for (result, value) in zip(step.results, results) { table[result] = value }
        }
        return zip(outputs, dy).map { output, dy in
            dy.flatMap { table[$0] } ?? Tensor.zeros(output.shape, type: output.type)
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
    var linear = Set(parameters.map { $0.tracer!.index })
    for step in steps { linear.formUnion(step.results.map { $0.tracer!.index }) }
    for (output, cotangent) in zip(outputs, cotangents) {
        if let output, let tracer = output.tracer, linear.contains(tracer.index) { add(cotangent, to: output) }
    }
    for step in steps.reversed() {
        let ct = step.results.map { table[$0] }
        guard ct.contains(where: { $0 != nil }) else { continue }
        let isLinear = step.operands.map { $0.tracer.map { linear.contains($0.index) } ?? false }
        let found = step.operation.adjoint(step.operands, isLinear, step.results, ct)
        for (operand, (cotangent, isLinear)) in zip(step.operands, zip(found, isLinear)) where isLinear {
            add(cotangent, to: operand)
        }
    }
    return parameters.map { table[$0] }
}

/// The adjoint of a linear function, applied to cotangents of its results.
func linearTranspose(
    _ inputs: [Signature], _ cotangents: [Tensor?], _ f: ([Tensor]) -> [Tensor]
) -> [Tensor] {
    Graph.with { graph, _ in
        let parameters = inputs.map(graph.parameter)
        let outputs = f(parameters)
        return zip(inputs, transpose(graph, parameters, outputs, cotangents)).map { input, found in
            found ?? Tensor.zeros(input.shape, type: input.type)
        }
    }
}

// MARK: - Derivatives of programs

extension Program {
    /// The results that have derivatives.
    var realResults: [Int] { resultSignatures.indices.filter { resultSignatures[$0].type.isReal } }

    /// A program of the inputs, then of tangents of the inputs `active`; it returns the tangents of the real results.
    func tangent(_ active: [Int]) -> Program {
        Program.tracing(inputs + active.map { inputs[$0] }) { all in
            var dx = [Tensor?](repeating: nil, count: inputs.count)
            for (i, tangent) in zip(active, all.dropFirst(inputs.count)) { dx[i] = tangent }
            let dy = forwardMode(run, Array(all.prefix(inputs.count)), dx).dy
            return realResults.map { dy[$0] }
        }
    }

    /// For a program that is linear in the inputs `linear`: a program of the other inputs, then of cotangents of the
    /// real results; it returns the cotangents of the linear inputs.
    func adjoint(_ linear: [Int]) -> Program {
        let fixed = inputs.indices.filter { !linear.contains($0) }
        let results = realResults
        return Program.tracing(fixed.map { inputs[$0] } + results.map { resultSignatures[$0] }) { all in
            linearTranspose(linear.map { inputs[$0] }, Array(all.dropFirst(fixed.count))) { tangents in
                var arguments = [Tensor?](repeating: nil, count: inputs.count)
                for (i, value) in zip(fixed + linear, all.prefix(fixed.count) + tangents) { arguments[i] = value }
                let made = run(arguments.compactMap { $0 })
                return results.map { made[$0] }
            }
        }
    }

    /// The same program, of more inputs: its own stand at `positions` among `inputs`.
    func widened(to inputs: [Signature], at positions: [Int]) -> Program {
        Program.tracing(inputs) { all in run(positions.map { all[$0] }) }
    }
}
