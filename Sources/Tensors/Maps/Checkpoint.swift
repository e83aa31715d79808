/// Which carries the derivatives of a `scan` keep. They compute the others again, segment by segment: one more run of
/// the loop for memory that grows with the root of its length.
public enum Checkpoints: Sendable, Equatable {
    /// Every carry while all of them fit into 16 MiB, beyond that those of `squareRoot`.
    case automatic
    /// Every carry: nothing is computed twice.
    case everyStep
    /// The carry before every `n`-th step, and those of one segment of `n` steps at a time.
    case every(Int)
    /// Segments of about the root of the length, for the least memory.
    case squareRoot

    /// The length of segments for a loop, nil where all carries are kept.
    func segment(length: Int, carry: [Tensor]) -> Int? {
        let chosen =
            switch self {
            case .everyStep: length
            case .every(let steps): steps
            case .squareRoot: Checkpoints.rootSegment(length)
            case .automatic:
                length * carry.reduce(0) { $0 + $1.count * $1.type.size } > 1 << 24
                    ? Checkpoints.rootSegment(length) : length
            }
        precondition(chosen > 0 || length == 0, "scan: a checkpoint every \(chosen) steps")
        return chosen < length && chosen > 1 ? chosen : nil
    }

    /// The number nearest to the root of the length that divides it, if one is near, so that no remainder is left.
    private static func rootSegment(_ length: Int) -> Int {
        let root = max(Int(Double(length).squareRoot().rounded()), 1)
        let near = (0...(root / 2)).lazy.flatMap { [root - $0, root + $0] }
        return near.first { $0 > 0 && length.isMultiple(of: $0) } ?? root
    }
}

/// A scan over segments of scans: the outer one keeps the carries between segments, and the derivative of a segment
/// computes those inside it again. What does not fill a segment is a scan of its own, at the end of time.
func segmentedScan<Carry: Tree, X: Tree, Y: Tree>(
    _ sequence: X, _ start: Carry, _ length: Int, _ limit: Tensor?, _ reversed: Bool, _ segment: Int,
    _ body: (Carry, X) -> (Carry, Y)
) -> (final: Carry, outputs: Y) {
    let (segments, rest) = length.quotientAndRemainder(dividingBy: segment)
    /// The steps to do of those from a number on.
    func left(_ limit: Tensor?, from first: Tensor, count: Int) -> Tensor? {
        limit.map { ($0 - first).clipped(from: Tensor(integer: 0), to: Tensor(integer: count)) }
    }
    func whole(from start: Carry) -> (final: Carry, outputs: Y) {
        let parts = sequence.mappingLeaves { x in
            x.slice(axis: 0, to: segments * segment).reshaped([segments, segment] + x.shape.dropFirst())
        }
        let firsts = Tensor(integers: (0..<segments).map { $0 * segment })
        let begun = limit.map { limit in (firsts .< limit).cast(to: .int64).sum() }
        let (final, outputs) = scan(
            over: Pair(parts, firsts), from: start, count: segments, limit: begun, reversed: reversed,
            checkpoints: .everyStep
        ) { carry, part in
            scan(
                over: part.first, from: carry, count: segment,
                limit: left(limit, from: part.second, count: segment), reversed: reversed, checkpoints: .everyStep,
                body)
        }
        return (final, outputs.mappingLeaves { $0.reshaped([segments * segment] + $0.shape.dropFirst(2)) })
    }
    func remainder(from start: Carry) -> (final: Carry, outputs: Y) {
        let parts = sequence.mappingLeaves { $0.slice(axis: 0, from: segments * segment) }
        let first = Tensor(integer: segments * segment)
        return scan(
            over: parts, from: start, count: rest, limit: left(limit, from: first, count: rest), reversed: reversed,
            checkpoints: .everyStep, body)
    }
    if rest == 0 { return whole(from: start) }
    let first = reversed ? remainder(from: start) : whole(from: start)
    let second = reversed ? whole(from: first.final) : remainder(from: first.final)
    let (early, late) = reversed ? (second.outputs, first.outputs) : (first.outputs, second.outputs)
    return (second.final, early.combiningLeaves(late) { Tensor.concatenated([$0, $1]) })
}

/// The same function, of which derivatives keep the argument alone: they compute what is inside again. It costs one
/// more evaluation of `f`, and of its intermediate values those that depend on the argument take no memory in between.
public func checkpointed<A: Tree, B: Tree>(_ f: @escaping (A) -> B) -> (A) -> B {
    { x in
        if Graph.current == nil { return f(x) }
        // A loop of one step is a call: its derivative is a linear loop about what went into it.
        let argument = x.mappingLeaves { $0.expanded(axis: 0) }
        return scan(over: argument, from: Nothing(), count: 1, checkpoints: .everyStep) { nothing, x in
            (nothing, f(x))
        }.outputs.mappingLeaves { $0[0] }
    }
}
