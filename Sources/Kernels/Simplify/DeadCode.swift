import Tensors

extension Simplify {
    /// Without operations that no output needs; inside loops, without unread carries, sequences and results.
    static func withoutDeadCode(_ program: Program) -> Program {
        var isNeeded = [Bool](repeating: false, count: program.valueCount)
        func need(_ operand: Program.Operand) { if case .value(let index) = operand { isNeeded[index] = true } }
        program.outputs.forEach(need)
        var kept: [(instruction: Program.Instruction, loop: LiveLoop?)] = []
        for instruction in program.instructions.reversed() where instruction.results.contains(where: { isNeeded[$0] }) {
            if case .scan(let scan) = instruction.operation {
                let loop = LiveLoop(scan, needed: instruction.results.map { isNeeded[$0] })
                for operand in loop.operands { need(instruction.operands[operand]) }
                kept.append((instruction, loop))
            } else {
                instruction.operands.forEach(need)
                kept.append((instruction, nil))
            }
        }
        return rewrite(program, kept.reversed())
    }

    private static func rewrite(
        _ program: Program, _ kept: [(instruction: Program.Instruction, loop: LiveLoop?)]
    ) -> Program {
        var writer = ProgramWriter(inputs: program.inputs)
        var values = [Program.Operand?](repeating: nil, count: program.valueCount)
        for index in program.inputs.indices { values[index] = .value(index) }
        func look(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { values[index]! } else { operand }
        }
        for (instruction, loop) in kept {
            if let loop {
                let results = writer.append(
                    .scan(loop.scan), loop.operands.map { look(instruction.operands[$0]) },
                    loop.results.map { instruction.signatures[$0] })
                for (place, result) in zip(loop.results, results) {
                    values[instruction.results.lowerBound + place] = result
                }
            } else {
                let results = writer.append(
                    instruction.operation, instruction.operands.map(look), instruction.signatures)
                for (index, result) in zip(instruction.results, results) { values[index] = result }
            }
        }
        return writer.finish(program.outputs.map(look))
    }
}

/// A loop without the parts that nothing reads.
private struct LiveLoop {
    let scan: Scan
    /// The operands and the results that stay, by their old places.
    let operands: [Int]
    let results: [Int]

    init(_ scan: Scan, needed: [Bool]) {
        var liveCarries = Set((0..<scan.carries).filter { needed[$0] })
        let liveOutputs = (scan.carries..<needed.count).filter { needed[$0] }
        var liveInputs = Set<Int>()
        while true {  // a carry that a live carry reads is live
            liveInputs = scan.body.inputsNeeded(by: liveCarries.sorted() + liveOutputs)
            let grown = liveCarries.union(liveInputs.filter { $0 < scan.carries })
            if grown == liveCarries { break }
            liveCarries = grown
        }
        if let place = scan.limitPlace { liveInputs.insert(place) }
        let carries = liveCarries.sorted()
        let others = liveInputs.filter { $0 >= scan.carries }.sorted()
        let sequences = others.filter { $0 < scan.carries + scan.sequences }
        operands = carries + others
        results = carries + liveOutputs
        let body = scan.body.restricted(inputs: operands, outputs: results)
        self.scan = scan.with(
            body: Simplify.withoutDeadCode(body), carries: carries.count, sequences: sequences.count,
            constants: others.count - sequences.count)
    }
}

extension Program {
    /// The inputs that some outputs depend on.
    func inputsNeeded(by outputs: [Int]) -> Set<Int> {
        var isNeeded = [Bool](repeating: false, count: valueCount)
        func need(_ operand: Operand) { if case .value(let index) = operand { isNeeded[index] = true } }
        for output in outputs { need(self.outputs[output]) }
        for instruction in instructions.reversed() where instruction.results.contains(where: { isNeeded[$0] }) {
            instruction.operands.forEach(need)
        }
        return Set(inputs.indices.filter { isNeeded[$0] })
    }

    /// The same program with some of its inputs, the others not being needed, and some of its outputs.
    func restricted(inputs kept: [Int], outputs chosen: [Int]) -> Program {
        var isNeeded = [Bool](repeating: false, count: valueCount)
        func need(_ operand: Operand) { if case .value(let index) = operand { isNeeded[index] = true } }
        for output in chosen { need(outputs[output]) }
        for instruction in instructions.reversed() where instruction.results.contains(where: { isNeeded[$0] }) {
            instruction.operands.forEach(need)
        }
        var writer = ProgramWriter(inputs: kept.map { inputs[$0] })
        var values = [Operand?](repeating: nil, count: valueCount)
        for (place, input) in kept.enumerated() { values[input] = .value(place) }
        func look(_ operand: Operand) -> Operand {
            if case .value(let index) = operand { values[index]! } else { operand }
        }
        for instruction in instructions where instruction.results.contains(where: { isNeeded[$0] }) {
            let results = writer.append(instruction.operation, instruction.operands.map(look), instruction.signatures)
            for (index, result) in zip(instruction.results, results) { values[index] = result }
        }
        return writer.finish(chosen.map { look(outputs[$0]) })
    }
}
