/// `carry = body(carry)` while the condition on the carry holds.
///
/// It has forward-mode derivatives. How often it runs is not known beforehand, so nothing could hold its trajectory for
/// reverse mode, which traps: loop a fixed number of steps with `scan`, or solve with `fixedPoint`. Under `vmap` it
/// runs until all are done, and those that are done keep their carry.
public func whileLoop<Carry: Tree>(
    from start: Carry, while condition: (Carry) -> Tensor, do body: (Carry) -> Carry
) -> Carry {
    let carry = start.leaves
    let signatures = carry.map(\.signature)
    let test = Program.capturing(signatures) { [condition(start.replacingLeaves($0))] }
    let step = Program.capturing(signatures) { body(start.replacingLeaves($0)).leaves }
    let operands = carry + test.captured + step.captured
    let (n, m) = (carry.count, carry.count + test.captured.count)
    let loop = While(
        condition: test.program.widened(to: operands.map(\.signature), at: Array(0..<m)),
        body: step.program.widened(to: operands.map(\.signature), at: Array(0..<n) + Array(m..<operands.count)),
        carries: n)
    return start.replacingLeaves(applyAll(.whileLoop(loop), operands))
}

/// The recorded form of a loop until something is so. Operands, and inputs of both programs,
/// are the carry and then constants.
public struct While: Sendable {
    package let condition: Program
    package let body: Program
    package let carries: Int

    package init(condition: Program, body: Program, carries: Int) {
        (self.condition, self.body, self.carries) = (condition, body, carries)
    }

    func results(_ x: [Tensor]) -> [Signature] {
        let carry = x.prefix(carries).map(\.signature)
        precondition(
            body.resultSignatures == carry, "whileLoop: the carry changes from \(carry) to \(body.resultSignatures)")
        precondition(
            condition.resultSignatures == [Signature([], .bool)],
            "whileLoop: a condition of \(condition.resultSignatures), not one truth value")
        return carry
    }

    func run(_ x: [Tensor]) -> [Tensor] {
        var all = x.map(\.detached)
        while condition.run(all)[0].booleans[0] { all.replaceSubrange(0..<carries, with: body.run(all)) }
        return Array(all.prefix(carries))
    }

    /// The loop with the tangent beside the carry.
    func tangent(_ x: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        let real = body.realResults
        let fixed = x.indices.dropFirst(carries).filter { dx[$0] != nil }
        let dxs = real.map { dx[$0] ?? Tensor.zeros(x[$0].shape, type: x[$0].type) }
        let operands = x.prefix(carries) + dxs + x.dropFirst(carries) + fixed.compactMap { dx[$0] }
        let own = Array(0..<carries) + (carries..<x.count).map { $0 + dxs.count }
        let tangents = (0..<dxs.count).map { $0 + carries } + fixed.indices.map { $0 + x.count + dxs.count }
        let signatures = operands.map(\.signature)
        let change = body.tangent(real + fixed)
        let both = Program.tracing(signatures) { all in
            let point = own.map { all[$0] }
            return body.run(point) + change.run(point + tangents.map { all[$0] })
        }
        let loop = While(
            condition: condition.widened(to: signatures, at: own), body: both, carries: carries + dxs.count)
        return body.spread(Array(applyAll(.whileLoop(loop), Array(operands)).dropFirst(carries)))
    }

    /// The loop of all until none goes on. Which ones go on stands first in the carry.
    func batched(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        let marks = x.indices.map { $0 < carries || isBatched[$0] }
        let (test, step) = (condition.batched(marks, size), body.batched(marks, size))
        let operands = x.indices.map { marks[$0] && !isBatched[$0] ? x[$0].broadcast(to: [size] + x[$0].shape) : x[$0] }
        let signatures = [Signature([size], .bool)] + operands.map(\.signature)
        let onward = Program.tracing(signatures) { [($0[0].cast(to: .int64).sum() .> 0)] }
        let next = Program.tracing(signatures) { all in
            let (goesOn, old) = (all[0], Array(all.dropFirst()))
            let carry = zip(step.run(old), old).map { new, old in
                select(goesOn.reshaped([size] + [Int](repeating: 1, count: new.rank - 1)), new, old)
            }
            return [goesOn * test.run(carry + old.dropFirst(carries))[0]] + carry
        }
        let loop = While(condition: onward, body: next, carries: carries + 1)
        return Array(applyAll(.whileLoop(loop), test.run(operands) + operands).dropFirst())
    }
}
