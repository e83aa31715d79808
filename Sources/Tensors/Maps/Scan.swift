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
///   - limit: an integer scalar, the number of steps that are done, which may be known only when the program runs; the
///     carry is that after them, and the others would return zeros. All of them by default. Derivatives cost as many
///     steps; memory is that of all steps.
///   - reversed: run from the last step to the first; results stay in the order of time.
///   - checkpoints: which carries derivatives keep; they compute the others again.
///   - body: one step: the carry and one element of the sequence to the next carry and an output.
/// - Returns: the carry after the last step, and the outputs of the steps, stacked in time.
public func scan<Carry: Tree, X: Tree, Y: Tree>(
    over sequence: X, from start: Carry, count: Int? = nil, limit: Tensor? = nil, reversed: Bool = false,
    checkpoints: Checkpoints = .automatic, _ body: (Carry, X) -> (Carry, Y)
) -> (final: Carry, outputs: Y) {
    let (carry, xs) = (start.leaves, sequence.leaves)
    let length = count ?? xs.first?.shape.first ?? 0
    precondition(
        xs.allSatisfy { $0.shape.first == length }, "scan: sequences of lengths \(xs.map { $0.shape.first ?? 0 })")
    if let segment = checkpoints.segment(length: length, carry: carry) {
        return segmentedScan(sequence, start, length, limit, reversed, segment, body)
    }
    var structure: (Carry, Y)?
    let elements = xs.map { Signature(Array($0.shape.dropFirst()), $0.type) }
    let limits = limit.map { [$0] } ?? []
    let inputs = carry.map(\.signature) + elements + limits.map(\.signature)
    let (program, captured) = Program.capturing(inputs) { parameters in
        let next = body(
            start.replacingLeaves(Array(parameters.prefix(carry.count))),
            sequence.replacingLeaves(Array(parameters.dropFirst(carry.count).prefix(xs.count))))
        structure = next
        return next.0.leaves + next.1.leaves
    }
    let (varying, fixed) = program.hoisted(from: carry.count + xs.count)
    let given = limits + captured
    let constants = given + fixed.run(given)
    let loop = Scan(
        body: varying, carries: carry.count, sequences: xs.count, constants: constants.count, length: length,
        isReversed: reversed, isLimited: limit != nil)
    let results = applyAll(.scan(loop), carry + xs + constants)
    return (
        structure!.0.replacingLeaves(Array(results.prefix(carry.count))),
        structure!.1.replacingLeaves(Array(results.dropFirst(carry.count)))
    )
}

/// The recorded form of a loop. Operands and inputs of the body stand in the order carry, sequences, constants; results
/// in the order final carry, stacked outputs. Where the loop is limited, the first constant is the number of steps that
/// are done, which the body does not read.
public struct Scan: Sendable {
    package let body: Program
    package let carries: Int
    package let sequences: Int
    package let constants: Int
    package let length: Int
    package let isReversed: Bool
    package let isLimited: Bool
    /// Which operands the loop is linear in: set by the tangent rule, read by the adjoint rule.
    let linear: [Bool]

    package init(
        body: Program, carries: Int, sequences: Int, constants: Int, length: Int, isReversed: Bool, isLimited: Bool,
        linear: [Bool] = []
    ) {
        (self.body, self.carries, self.sequences, self.constants) = (body, carries, sequences, constants)
        (self.length, self.isReversed, self.isLimited, self.linear) = (length, isReversed, isLimited, linear)
    }

    /// The place among the operands of the number of steps that are done; nil where all are.
    package var limitPlace: Int? { isLimited ? carries + sequences : nil }
    /// The number of steps to reckon with: of a limited loop a few.
    package var expectedSteps: Int { isLimited ? min(length, 64) : length }
    private var outputs: Int { body.outputs.count - carries }

    func results(_ x: [Tensor]) -> [Signature] {
        precondition(x.count == carries + sequences + constants, "scan: \(x.count) operands")
        if let limitPlace {
            precondition(
                x[limitPlace].signature == Signature([], .int64),
                "scan: a limit of \(x[limitPlace].signature), not one integer")
        }
        let made = body.resultSignatures
        precondition(
            Array(made.prefix(carries)) == x.prefix(carries).map(\.signature),
            "scan: the carry changes from \(x.prefix(carries).map(\.signature)) to \(made.prefix(carries))")
        return made.prefix(carries) + made.dropFirst(carries).map { Signature([length] + $0.shape, $0.type) }
    }

    /// Runs the loop on known operands.
    func run(_ x: [Tensor]) -> [Tensor] {
        // The loop is one operation: its steps must not be recorded in the outer graph.
        let x = x.map(\.detached)
        var carry = Array(x.prefix(carries))
        let xs = x[carries..<(carries + sequences)]
        let fixed = Array(x.dropFirst(carries + sequences))
        var collected = [[Tensor]](repeating: [], count: outputs)
        let done = limitPlace.map { min(max(x[$0].integers[0], 0), length) } ?? length
        for step in 0..<done {
            let t = isReversed ? done - 1 - step : step
            let result = body.run(carry + xs.map { $0[t] } + fixed)
            carry = Array(result.prefix(carries))
            for i in 0..<outputs { collected[i].append(result[carries + i]) }
        }
        let stacked = zip(collected, body.resultSignatures.dropFirst(carries)).map { parts, signature in
            let rest = Tensor.zeros([length - done] + signature.shape, type: signature.type)
            if parts.isEmpty { return rest }
            let stacked = Tensor.stacked(isReversed ? parts.reversed() : parts)
            return done == length ? stacked : Tensor.concatenated([stacked, rest])
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
                isReversed: reversed ?? isReversed, isLimited: isLimited, linear: linear))
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
        if let limitPlace, isBatched[limitPlace] { return unequal(x, isBatched, size) }
        let batchedBody = body.batched(x.indices.map { $0 < carries || isBatched[$0] }, size)
        let operands = x.indices.map { i in
            if i < carries { return isBatched[i] ? x[i] : x[i].broadcast(to: [size] + x[i].shape) }
            return i < carries + sequences && isBatched[i] ? x[i].movingAxis(0, to: 1) : x[i]
        }
        let results = applyAll(
            with(batchedBody, carries: carries, sequences: sequences, constants: constants, linear: linear), operands)
        return results.enumerated().map { $0 < carries ? $1 : $1.movingAxis(0, to: 1) }
    }

    /// The loop over a batch whose elements do different numbers of steps: the most of them, and those that are done
    /// keep their carry and return zeros.
    private func unequal(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        let place = carries + sequences
        let step = body.batched(x.indices.map { $0 < carries || isBatched[$0] }, size)
        let inputs = step.inputs
        let outer = Array(inputs[..<place]) + [Signature([], .int64), Signature([], .int64)] + inputs[place...]
        let masked = Program.tracing(outer) { all in
            let (t, own) = (all[place], Array(all[..<place]) + all[(place + 2)...])
            let goesOn = t .< all[place + 2]
            return zip(step.run(own), step.resultSignatures).enumerated().map { number, made in
                let mask = goesOn.reshaped([size] + [Int](repeating: 1, count: made.1.shape.count - 1))
                let other = number < carries ? all[number] : Tensor.zeros(made.1.shape, type: made.1.type)
                return select(mask, made.0, other)
            }
        }
        let operands = x.indices.map { i in
            if i < carries { return isBatched[i] ? x[i] : x[i].broadcast(to: [size] + x[i].shape) }
            return i < place && isBatched[i] ? x[i].movingAxis(0, to: 1) : x[i]
        }
        let more = [Tensor.range(length), x[place].maximum()]
        let results = applyAll(
            with(
                masked, carries: carries, sequences: sequences + 1, constants: constants + 1,
                linear: linear.isEmpty ? [] : linear[..<place] + [false, false] + linear[place...]),
            Array(operands[..<place]) + more + operands[place...])
        return results.enumerated().map { $0 < carries ? $1 : $1.movingAxis(0, to: 1) }
    }
}
