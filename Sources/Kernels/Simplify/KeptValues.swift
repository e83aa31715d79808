import Tensors

extension Simplify {
    /// Values of a loop that a later one would compute again are stored, step by step, where recomputing them is
    /// expensive or on the critical path: the factorizations and products of a forecast that its adjoint needs, and,
    /// while they fit into the nearer caches, the states of its stages whose neighbours are read, and values of many
    /// operations. Other elementwise work is done again, which is as fast as memory, and so is everything once the
    /// stored values would fill too much of it.
    static func keepingValues(_ program: Program) -> Program {
        var program = program.mappingBodies(keepingValues)
        let count = loops(program).count
        for second in 0..<count {
            for first in 0..<second {
                let places = loops(program)
                if let pair = Rereading(program, places[first], places[second]) { program = pair.keeping(program) }
            }
        }
        return program
    }

    private static func loops(_ program: Program) -> [Int] {
        program.instructions.indices.filter {
            if case .scan = program.instructions[$0].operation { true } else { false }
        }
    }

    /// The most bytes that are kept of the steps of one loop for another.
    fileprivate static let mostKept = 128 << 20
    /// And of values that are worth it only in a near cache.
    fileprivate static let mostKeptNear = 256 << 10
}

/// Two loops of a program of which the second recomputes values of the first.
private struct Rereading {
    private let first: Int
    private let second: Int
    /// The body of the first loop, rewritten so that equal instructions are one.
    private let writer: ProgramWriter
    private let outputs: [Program.Operand]
    /// Values of the second body to keep, with their counterparts in the first.
    private var kept: [(value: Int, source: Program.Operand)] = []

    /// Nil where there is nothing to keep.
    init?(_ program: Program, _ first: Int, _ second: Int) {
        let (a, b) = (program.instructions[first], program.instructions[second])
        guard case .scan(let x) = a.operation, case .scan(let y) = b.operation,
            x.hasSteps(of: y, a.operands, b.operands), x.length > 1
        else { return nil }
        (self.first, self.second) = (first, second)
        var writer = ProgramWriter(inputs: x.body.inputs)
        outputs = writer.append(x.body, x.body.inputs.indices.map { .value($0) })
        self.writer = writer

        // What the values of the second body are in the first, where they are the same at the same step.
        var twins = [Program.Operand?](repeating: nil, count: y.body.valueCount)
        let (sequences, constants) = (x.carries..<x.carries + x.sequences, x.carries + x.sequences..<a.operands.count)
        var isLinked = false
        for place in y.carries..<b.operands.count {
            let operand = b.operands[place]
            let isSequence = place < y.carries + y.sequences
            if case .value(let index) = operand, a.results.contains(index) {
                let result = index - a.results.lowerBound
                guard isSequence, result >= x.carries else { continue }
                twins[place] = outputs[result]
                isLinked = true
            } else {
                twins[place] = (isSequence ? sequences : constants)
                    .first { Simplify.equal(a.operands[$0], operand) }.map { .value($0) }
            }
        }
        guard isLinked else { return nil }
        func twin(_ operand: Program.Operand) -> Program.Operand? {
            if case .value(let index) = operand { twins[index] } else { operand }
        }
        for instruction in y.body.instructions {
            let operands = instruction.operands.compactMap(twin)
            guard operands.count == instruction.operands.count,
                let results = writer.found(instruction.operation, operands)
            else { continue }
            for (index, result) in zip(instruction.results, results) { twins[index] = result }
        }

        // What is needed of them from the end backwards: a value that is kept needs no others.
        var isNeeded = [Bool](repeating: false, count: y.body.valueCount)
        func need(_ operand: Program.Operand) { if case .value(let index) = operand { isNeeded[index] = true } }
        y.body.outputs.forEach(need)
        // Bytes of a step.
        var (room, nearRoom) = (Simplify.mostKept / x.length, Simplify.mostKeptNear / x.length)
        let rolled = y.body.rolledValues
        let efforts = y.body.efforts(but: rolled)
        for instruction in y.body.instructions.reversed() {
            let needed = zip(instruction.results, instruction.signatures).filter { isNeeded[$0.0] }
            if needed.isEmpty { continue }
            let bytes = needed.reduce(0) { $0 + $1.1.shape.elementCount * $1.1.type.size }
            let sources = needed.compactMap { twins[$0.0] }
            let isDear =
                instruction.operation.traits.dearFrom.map { y.body.side(instruction.operands[0]) >= $0 } ?? false
            let isNear = bytes <= nearRoom && needed.contains { rolled.contains($0.0) || efforts[$0.0] >= 8 }
            if sources.count == needed.count, bytes <= room, isDear || isNear {
                room -= bytes
                nearRoom -= isDear ? 0 : bytes
                kept += zip(needed, sources).map { ($0.0, $1) }
            } else {
                instruction.operands.forEach(need)
            }
        }
        if kept.isEmpty { return nil }
    }

    /// The program with the values as results of the first loop and sequences of the second.
    func keeping(_ program: Program) -> Program {
        let (a, b) = (program.instructions[first], program.instructions[second])
        guard case .scan(let x) = a.operation, case .scan(let y) = b.operation else { return program }
        let keeping = x.with(body: writer.finish(outputs + kept.map(\.source)))
        let signatures = kept.map { writer.signature($0.source) }

        let before = y.carries + y.sequences
        var body = ProgramWriter(inputs: y.body.inputs.prefix(before) + signatures + y.body.inputs.dropFirst(before))
        var values = [Program.Operand?](repeating: nil, count: y.body.valueCount)
        for place in y.body.inputs.indices { values[place] = .value(place < before ? place : place + kept.count) }
        for (place, item) in kept.enumerated() { values[item.value] = .value(before + place) }
        func look(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { values[index]! } else { operand }
        }
        for instruction in y.body.instructions where instruction.results.contains(where: { values[$0] == nil }) {
            let results = body.append(instruction.operation, instruction.operands.map(look), instruction.signatures)
            for (index, result) in zip(instruction.results, results) where values[index] == nil {
                values[index] = result
            }
        }
        let reading = y.with(
            body: body.finish(y.body.outputs.map(look)), carries: y.carries, sequences: y.sequences + kept.count,
            constants: y.constants)

        var all = ProgramWriter(inputs: program.inputs)
        var moved: [Program.Operand] = program.inputs.indices.map { .value($0) }
        var stored: [Program.Operand] = []
        for (place, instruction) in program.instructions.enumerated() {
            var operands = instruction.operands.map { operand in
                if case .value(let index) = operand { moved[index] } else { operand }
            }
            if place == first {
                let more = signatures.map { Signature([x.length] + $0.shape, $0.type) }
                let results = all.append(.scan(keeping), operands, instruction.signatures + more)
                moved += results.prefix(instruction.results.count)
                stored = Array(results.dropFirst(instruction.results.count))
            } else {
                if place == second { operands.insert(contentsOf: stored, at: before) }
                moved += all.append(
                    place == second ? .scan(reading) : instruction.operation, operands, instruction.signatures)
            }
        }
        return all.finish(
            program.outputs.map { operand in
                if case .value(let index) = operand { moved[index] } else { operand }
            })
    }
}

extension Program {
    /// The values that their neighbours read.
    fileprivate var rolledValues: Set<Int> {
        instructions.reduce(into: []) { values, instruction in
            guard case .roll = instruction.operation, case .value(let index) = instruction.operands[0] else { return }
            if index >= inputs.count { values.insert(index) }
        }
    }

    /// The elementwise operations behind an element of each value,
    /// where some values and all that is not elementwise are at hand.
    fileprivate func efforts(but known: Set<Int>) -> [Int] {
        var efforts = [Int](repeating: 0, count: valueCount)
        for instruction in instructions {
            let operands = instruction.operands.reduce(0) { $0 + ($1.index.map { efforts[$0] } ?? 0) }
            for value in instruction.results where !known.contains(value) {
                switch instruction.operation.traits.kind {
                case .arithmetic(.cast), .same: efforts[value] = operands
                case .arithmetic: efforts[value] = min(operands + 1, 1000)
                case .movement(.concatenate), .movement(.gather), .movement(.unfold): break
                case .movement: efforts[value] = operands
                case .reduction, .routine, .program: break
                }
            }
        }
        return efforts
    }
}
