/// A loop with memory, as one operation: `carry, y[t] = body(carry, x[t])`.
///
/// `body` is recorded once, however long the loop. Derivatives are a linear scan about the stored trajectory of the
/// carry: the tangent-linear and the adjoint model of 4D-Var; memory grows with the length times the size of the carry,
/// or, with `checkpoints`, with the root of the length.
///
/// - Parameters:
///   - sequence: a tree whose leaves have time as their first axis.
///   - start: the carry before the first step.
///   - count: the number of steps; needed only when the sequence has no leaves.
///   - reversed: run from the last step to the first; results stay in the order of time.
///   - checkpoints: which carries derivatives keep; they compute the others again.
///   - body: one step: the carry and one element of the sequence to the next carry and an output.
/// - Returns: the carry after the last step, and what the steps returned, stacked in time.
public func scan<Carry: Tree, X: Tree, Y: Tree>(
    over sequence: X, from start: Carry, count: Int? = nil, reversed: Bool = false,
    checkpoints: Checkpoints = .automatic, _ body: (Carry, X) -> (Carry, Y)
) -> (final: Carry, outputs: Y) {
    let (carry, xs) = (start.leaves, sequence.leaves)
    let length = count ?? xs.first?.shape.first ?? 0
    precondition(
        xs.allSatisfy { $0.shape.first == length }, "scan: sequences of lengths \(xs.map { $0.shape.first ?? 0 })")
    if let segment = checkpoints.segment(length: length, carry: carry) {
        return segmentedScan(sequence, start, length, reversed, segment, body)
    }
    var structure: (Carry, Y)?
    let elements = xs.map { Signature(Array($0.shape.dropFirst()), $0.type) }
    let (program, captured) = Program.capturing(carry.map(\.signature) + elements) { parameters in
        let next = body(
            start.replacingLeaves(Array(parameters.prefix(carry.count))),
            sequence.replacingLeaves(Array(parameters.dropFirst(carry.count))))
        structure = next
        return next.0.leaves + next.1.leaves
    }
    let (varying, fixed) = program.hoisted(from: carry.count + xs.count)
    let constants = captured + fixed.run(captured)
    let loop = Scan(
        body: varying, carries: carry.count, sequences: xs.count, constants: constants.count, length: length,
        isReversed: reversed, linear: [])
    let results = applyAll(.scan(loop), carry + xs + constants)
    return (
        structure!.0.replacingLeaves(Array(results.prefix(carry.count))),
        structure!.1.replacingLeaves(Array(results.dropFirst(carry.count)))
    )
}

/// The recorded form of a loop. Operands and inputs of the body stand in the order carry, sequences, constants; results
/// in the order final carry, stacked outputs.
public struct Scan: Sendable {
    package let body: Program
    package let carries: Int
    package let sequences: Int
    package let constants: Int
    package let length: Int
    package let isReversed: Bool
    /// Which operands the loop is linear in: set by the tangent rule, read by the adjoint rule.
    let linear: [Bool]

    package init(
        body: Program, carries: Int, sequences: Int, constants: Int, length: Int, isReversed: Bool, linear: [Bool] = []
    ) {
        (self.body, self.carries, self.sequences, self.constants) = (body, carries, sequences, constants)
        (self.length, self.isReversed, self.linear) = (length, isReversed, linear)
    }

    private var order: [Int] { isReversed ? Array((0..<length).reversed()) : Array(0..<length) }
    private var outputs: Int { body.outputs.count - carries }

    func results(_ x: [Tensor]) -> [Signature] {
        precondition(x.count == carries + sequences + constants, "scan: \(x.count) operands")
        let made = body.resultSignatures
        precondition(
            Array(made.prefix(carries)) == x.prefix(carries).map(\.signature),
            "scan: the carry changes from \(x.prefix(carries).map(\.signature)) to \(made.prefix(carries))")
        return made.prefix(carries) + made.dropFirst(carries).map { Signature([length] + $0.shape, $0.type) }
    }

    /// Runs the loop on known operands.
    func run(_ x: [Tensor]) -> [Tensor] {
        // The loop is one operation: its steps belong into no graph.
        let x = x.map(\.detached)
        var carry = Array(x.prefix(carries))
        let xs = x[carries..<(carries + sequences)]
        let fixed = Array(x.dropFirst(carries + sequences))
        var collected = [[Tensor]](repeating: [], count: outputs)
        for t in order {
            let result = body.run(carry + xs.map { $0[t] } + fixed)
            carry = Array(result.prefix(carries))
            for i in 0..<outputs { collected[i].append(result[carries + i]) }
        }
        let stacked = zip(collected, body.resultSignatures.dropFirst(carries)).map { parts, signature in
            parts.isEmpty
                ? Tensor.zeros([0] + signature.shape, type: signature.type)
                : Tensor.stacked(isReversed ? parts.reversed() : parts)
        }
        return carry + stacked
    }

    private func operands(_ x: [Tensor]) -> (carry: [Tensor], xs: [Tensor], constants: [Tensor]) {
        (Array(x[..<carries]), Array(x[carries..<(carries + sequences)]), Array(x[(carries + sequences)...]))
    }

    private func with(
        _ body: Program, carries: Int, sequences: Int, constants: Int, reversed: Bool? = nil, linear: [Bool] = []
    ) -> Operation {
        .scan(
            Scan(
                body: body, carries: carries, sequences: sequences, constants: constants, length: length,
                isReversed: reversed ?? isReversed, linear: linear))
    }
}

// MARK: - Tangent

extension Scan {
    /// The linear scan about the trajectory: its carry is the tangent of the carry;
    /// the trajectory is one of its sequences.
    func tangent(_ x: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        let trajectory = self.trajectory(x)
        let (_, xs, fixed) = operands(x)
        let active = x.indices.filter { $0 < carries ? x[$0].type.isReal : dx[$0] != nil }
        let parts = (
            carry: active.filter { $0 < carries },
            xs: active.filter { carries..<(carries + sequences) ~= $0 },
            fixed: active.filter { $0 >= carries + sequences }
        )
        let dxs = { (i: Int) in dx[i] ?? Tensor.zeros(x[i].shape, type: x[i].type) }
        let made = body.resultSignatures
        let kept = (carries..<made.count).filter { made[$0].type.isReal }
        let slices = Signature.elements(of: xs)
        let signatures =
            parts.carry.map { x[$0].signature } + body.inputs[..<carries] + slices
            + parts.xs.map { slices[$0 - carries] } + fixed.map(\.signature) + parts.fixed.map { x[$0].signature }
        let linearBody = Program.tracing(signatures) { inputs in
            var inputs = inputs[...]
            func take(_ count: Int) -> [Tensor] {
                defer { inputs = inputs.dropFirst(count) }
                return Array(inputs.prefix(count))
            }
            var tangents = [Tensor?](repeating: nil, count: x.count)
            for (i, t) in zip(parts.carry, take(parts.carry.count)) { tangents[i] = t }
            let point = take(carries) + take(sequences)
            for (i, t) in zip(parts.xs, take(parts.xs.count)) { tangents[i] = t }
            let constants = take(fixed.count)
            for (i, t) in zip(parts.fixed, take(parts.fixed.count)) { tangents[i] = t }
            let dy = forwardMode(body.run, point + constants, tangents).dy
            return parts.carry.map { dy[$0] } + kept.map { dy[$0] }
        }
        let linear =
            parts.carry.map { _ in true } + trajectory.map { _ in false } + xs.map { _ in false }
            + parts.xs.map { _ in true } + fixed.map { _ in false } + parts.fixed.map { _ in true }
        let results = applyAll(
            with(
                linearBody, carries: parts.carry.count, sequences: carries + sequences + parts.xs.count,
                constants: fixed.count + parts.fixed.count, linear: linear),
            parts.carry.map(dxs) + trajectory + xs + parts.xs.map(dxs) + fixed + parts.fixed.map(dxs))
        var tangents = [Tensor?](repeating: nil, count: made.count)
        for (i, t) in zip(parts.carry + kept, results) { tangents[i] = t }
        return tangents
    }

    /// The carry before each step.
    private func trajectory(_ x: [Tensor]) -> [Tensor] {
        if length == 1 { return x.prefix(carries).map { $0.expanded(axis: 0) } }
        let recording = Program.tracing(body.inputs) { inputs in
            let next = body.run(inputs)
            return Array(next.prefix(carries)) + Array(inputs.prefix(carries))
        }
        let loop = with(recording, carries: carries, sequences: sequences, constants: constants)
        return Array(applyAll(loop, x).dropFirst(carries))
    }
}

extension Signature {
    /// The signatures of one element of each sequence.
    fileprivate static func elements(of sequences: [Tensor]) -> [Signature] {
        sequences.map { Signature(Array($0.shape.dropFirst()), $0.type) }
    }
}

// MARK: - Adjoint

extension Scan {
    /// The scan run backwards: its carry is the cotangent of the carry and the sum of those of linear constants.
    func adjoint(_ x: [Tensor], _ results: [Tensor], _ cotangents: [Tensor?]) -> [Tensor?] {
        precondition(linear.count == x.count, "scan: only the tangent of a scan can be transposed")
        let isLinear = { (i: Int) in linear[i] }
        let (_, xs, _) = operands(x)
        let elements =
            x.prefix(carries).map(\.signature) + Signature.elements(of: xs)
            + x.dropFirst(carries + sequences).map(\.signature)
        let lx = (carries..<(carries + sequences)).filter(isLinear)
        let rx = (carries..<(carries + sequences)).filter { !isLinear($0) }
        let lc = ((carries + sequences)..<x.count).filter(isLinear)
        let rc = ((carries + sequences)..<x.count).filter { !isLinear($0) }
        let ct = zip(results, cotangents).map { $1 ?? Tensor.zeros($0.shape, type: $0.type) }
        let outputElements = Signature.elements(of: Array(ct.dropFirst(carries)))
        let signatures =
            elements[..<carries] + lc.map { elements[$0] } + outputElements + rx.map { elements[$0] }
            + rc.map { elements[$0] }
        let adjointBody = Program.tracing(Array(signatures)) { inputs in
            let carry = Array(inputs[..<carries])
            let sums = Array(inputs[carries..<(carries + lc.count)])
            var rest = inputs[(carries + lc.count)...]
            let given = Array(rest.prefix(outputElements.count))
            rest = rest.dropFirst(outputElements.count)
            var fixed = [Int: Tensor]()
            for (i, tensor) in zip(rx + rc, rest) { fixed[i] = tensor }
            let unknowns = Array(0..<carries) + lx + lc
            let found = linearTranspose(unknowns.map { elements[$0] }, carry + given) { tangents in
                var all = fixed
                for (i, t) in zip(unknowns, tangents) { all[i] = t }
                return body.run(elements.indices.map { all[$0]! })
            }
            let back = Array(found.prefix(carries))
            let forSequences = Array(found[carries..<(carries + lx.count)])
            let forConstants = found.dropFirst(carries + lx.count)
            return back + zip(sums, forConstants).map(+) + forSequences
        }
        let (varying, fixed) = adjointBody.hoisted(from: signatures.count - rc.count)
        let constants = rc.map { x[$0] }
        let all = constants + fixed.run(constants)
        let loop = with(
            varying, carries: carries + lc.count, sequences: outputElements.count + rx.count, constants: all.count,
            reversed: !isReversed)
        let found = applyAll(
            loop,
            Array(ct.prefix(carries)) + lc.map { Tensor.zeros(x[$0].shape, type: x[$0].type) }
                + ct.dropFirst(carries) + rx.map { x[$0] } + all)
        var cotangentsOfOperands = [Tensor?](repeating: nil, count: x.count)
        for (i, cotangent) in zip(Array(0..<carries) + lc + lx, found) { cotangentsOfOperands[i] = cotangent }
        return cotangentsOfOperands
    }
}

// MARK: - Batch

extension Scan {
    /// The same loop over a batch: time stays the axis of the loop, the batch is the first axis inside the body.
    func batched(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        let batchedBody = body.batched(x.indices.map { $0 < carries || isBatched[$0] }, size)
        let operands = x.indices.map { i in
            if i < carries { return isBatched[i] ? x[i] : x[i].broadcast(to: [size] + x[i].shape) }
            return i < carries + sequences && isBatched[i] ? x[i].movingAxis(0, to: 1) : x[i]
        }
        let results = applyAll(
            with(batchedBody, carries: carries, sequences: sequences, constants: constants), operands)
        return results.enumerated().map { $0 < carries ? $1 : $1.movingAxis(0, to: 1) }
    }
}
