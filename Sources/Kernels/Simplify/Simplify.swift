import Tensors

/// Passes over programs that change no result beyond rounding: each takes a program and returns a smaller or a cheaper
/// one. The verifier looks at the program after every pass.
enum Simplify {
    /// All passes, to a fixed point or a few rounds.
    static func all(_ program: Program) -> Program {
        var program = rewritten(program)
        for _ in 0..<4 {
            let before = size(program)
            program = verified(withoutDeadCode(program), "dead code")
            program = verified(fusingScans(program), "fusion of loops")
            program = verified(rewritten(program), "algebra")
            program = verified(withoutDeadCode(program), "dead code")
            if size(program) == before { break }
        }
        return verified(withoutDeadCode(keepingValues(program)), "values kept for later loops")
    }

    /// Constants folded, common subexpressions shared, algebra applied; inside loops too.
    static func rewritten(_ program: Program) -> Program {
        var writer = ProgramWriter(inputs: program.inputs)
        var values: [Program.Operand] = program.inputs.indices.map { .value($0) }
        func look(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { values[index] } else { operand }
        }
        for instruction in program.instructions {
            values += written(
                instruction.operation, instruction.operands.map(look), instruction.signatures, &writer)
        }
        return writer.finish(program.outputs.map(look))
    }

    private static func written(
        _ operation: Operation, _ operands: [Program.Operand], _ signatures: [Signature], _ writer: inout ProgramWriter
    ) -> [Program.Operand] {
        if case .fixedPoint(let point) = operation { return writer.append(rewritten(point.solution), operands) }
        if case .custom(let custom) = operation { return writer.append(rewritten(custom.body), operands) }
        if case .scan(let scan) = operation {
            let (scan, operands) = knowingConstants(scan, operands)
            return writer.append(.scan(scan.with(body: rewritten(scan.body))), operands, signatures)
        }
        if !operation.programs.isEmpty {
            return writer.append(operation.with(programs: operation.programs.map(rewritten)), operands, signatures)
        }
        if let folded = folded(operation, operands, signatures) { return folded.map { .constant($0) } }
        if let simpler = algebra(operation, operands, signatures[0], &writer) { return [simpler] }
        return writer.append(operation, operands, signatures)
    }

    /// A loop in whose body the constants stand that algebra knows: numbers, also repeated ones, and identity matrices.
    private static func knowingConstants(
        _ scan: Scan, _ operands: [Program.Operand]
    ) -> (scan: Scan, operands: [Program.Operand]) {
        let first = scan.carries + scan.sequences
        func isKnown(_ place: Int) -> Bool {
            guard place >= first, place != scan.limitPlace else { return false }
            return uniform(operands[place]) != nil || repeated(operands[place]) != nil || isIdentity(operands[place])
        }
        let kept = operands.indices.filter { !isKnown($0) }
        if kept.count == operands.count { return (scan, operands) }
        var writer = ProgramWriter(inputs: kept.map { scan.body.inputs[$0] })
        var inputs = operands
        for (place, index) in kept.enumerated() { inputs[index] = .value(place) }
        let outputs = writer.append(scan.body, inputs)
        let body = writer.finish(outputs)
        return (
            scan.with(
                body: body, carries: scan.carries, sequences: scan.sequences, constants: kept.count - first),
            kept.map { operands[$0] }
        )
    }

    /// The results that can be computed now. Repetitions are not: they are free in a loop, and would fill memory.
    private static func folded(
        _ operation: Operation, _ operands: [Program.Operand], _ signatures: [Signature]
    ) -> [Tensor]? {
        let constants = operands.compactMap { if case .constant(let tensor) = $0 { tensor } else { nil } }
        guard constants.count == operands.count, operation.programs.isEmpty else { return nil }
        let size = signatures.reduce(0) { $0 + $1.shape.elementCount }
        let given = constants.reduce(0) { $0 + $1.count }
        guard size <= max(given, 64), size <= 1 << 16 else { return nil }
        return operation.interpreted(constants, signatures)
    }

    static func size(_ program: Program) -> Int {
        program.instructions.reduce(program.outputs.count) { total, instruction in
            total + 1 + instruction.operation.programs.reduce(0) { $0 + size($1) }
        }
    }
}

extension Scan {
    func with(body: Program, carries: Int, sequences: Int, constants: Int) -> Scan {
        Scan(
            body: body, carries: carries, sequences: sequences, constants: constants, length: length,
            isReversed: isReversed, isLimited: isLimited)
    }
    /// Whether another loop does the same steps in the same order.
    func hasSteps(of other: Scan, _ own: [Program.Operand], _ others: [Program.Operand]) -> Bool {
        guard length == other.length, isLimited == other.isLimited else { return false }
        guard let limitPlace, let place = other.limitPlace else { return true }
        return Simplify.equal(own[limitPlace], others[place])
    }
}
