/// One of two functions of `x`, by a truth value. Where the condition is known, ordinary Swift chooses; where it is
/// not, both are recorded, and one of them runs. Both must return tensors of the same shapes and types.
///
/// Under `vmap` with a condition that differs within the batch both run, and elements are selected. Then, as with
/// `select`, the adjoint of the side not taken is computed on zeros: an infinite derivative there makes NaN.
public func cond<A: Tree, B: Tree>(
    _ condition: Tensor, _ x: A, then: (A) -> B, else otherwise: (A) -> B
) -> B {
    precondition(
        condition.signature == Signature([], .bool), "cond: a condition of \(condition.signature), not one truth value")
    if condition.isKnown { return condition.booleans[0] ? then(x) : otherwise(x) }
    let leaves = x.leaves
    var structure: B?
    func record(_ f: (A) -> B) -> (program: Program, captured: [Tensor]) {
        Program.capturing(leaves.map(\.signature), whole: true) { parameters in
            let result = f(x.replacingLeaves(parameters))
            structure = result
            return result.leaves
        }
    }
    let (first, second) = (record(then), record(otherwise))
    let operands = leaves + first.captured + second.captured
    let (n, m) = (leaves.count, leaves.count + first.captured.count)
    let conditional = Conditional(
        then: first.program.widened(to: operands.map(\.signature), at: Array(0..<m)),
        otherwise: second.program.widened(
            to: operands.map(\.signature), at: Array(0..<n) + Array(m..<operands.count)))
    return structure!.replacingLeaves(applyAll(.conditional(conditional), [condition] + operands))
}

/// `cond` of two functions without an argument; what they use they capture.
public func cond<B: Tree>(_ condition: Tensor, then: () -> B, else otherwise: () -> B) -> B {
    cond(condition, Nothing(), then: { _ in then() }, else: { _ in otherwise() })
}

/// The recorded form of a choice. Operands are the condition, then the inputs of both programs.
public struct Conditional: Sendable {
    package let then: Program
    package let otherwise: Program

    package init(then: Program, otherwise: Program) { (self.then, self.otherwise) = (then, otherwise) }

    private func both(_ change: (Program) -> Program) -> Operation {
        .conditional(Conditional(then: change(then), otherwise: change(otherwise)))
    }

    func results(_ x: [Tensor]) -> [Signature] {
        precondition(
            then.resultSignatures == otherwise.resultSignatures,
            "cond: one side returns \(then.resultSignatures), the other \(otherwise.resultSignatures)")
        return then.resultSignatures
    }

    func run(_ x: [Tensor]) -> [Tensor] {
        let x = x.map(\.detached)
        return (x[0].booleans[0] ? then : otherwise).run(Array(x.dropFirst()))
    }

    func tangent(_ x: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        let active = dx.indices.dropFirst().filter { dx[$0] != nil }
        let change = applyAll(both { $0.tangent(active.map { $0 - 1 }) }, x + active.compactMap { dx[$0] })
        return then.spread(change)
    }

    func adjoint(_ x: [Tensor], _ isLinear: [Bool], _ results: [Tensor], _ cotangents: [Tensor?]) -> [Tensor?] {
        let linear = x.indices.filter { isLinear[$0] }
        let fixed = x.indices.dropFirst().filter { !isLinear[$0] }.map { x[$0] }
        let ct = then.realResults.map { cotangents[$0] ?? Tensor.zeros(results[$0].shape, type: results[$0].type) }
        let found = applyAll(both { $0.adjoint(linear.map { $0 - 1 }) }, [x[0]] + fixed + ct)
        var all = [Tensor?](repeating: nil, count: x.count)
        for (i, cotangent) in zip(linear, found) { all[i] = cotangent }
        return all
    }

    func batched(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        let operands = Array(x.dropFirst())
        let marks = Array(isBatched.dropFirst())
        guard isBatched[0] else { return applyAll(both { $0.batched(marks, size) }, x) }
        let (first, second) = (then.batched(marks, size).run(operands), otherwise.batched(marks, size).run(operands))
        return zip(first, second).map { a, b in
            select(x[0].reshaped([size] + [Int](repeating: 1, count: a.rank - 1)), a, b)
        }
    }
}

extension Program {
    /// Derivatives of the real results among nil for the others.
    func spread(_ derivatives: [Tensor]) -> [Tensor?] {
        var all = [Tensor?](repeating: nil, count: resultSignatures.count)
        for (i, derivative) in zip(realResults, derivatives) { all[i] = derivative }
        return all
    }
}
