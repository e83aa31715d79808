import Tensors

extension Simplify {
    /// Arrays that are constants become inputs, after the inputs proper, of the program and of every loop in it: emitted text
    /// holds single numbers only.
    static func liftingConstants(_ program: Program) -> (program: Program, constants: [Tensor]) {
        var constants: [Tensor] = []
        let program = program.mappingLoops { scan, operands in
            let (body, lifted) = liftingConstants(scan.body)
            let wider = Scan(
                body: body, carries: scan.carries, sequences: scan.sequences,
                constants: scan.constants + lifted.count, length: scan.length, isReversed: scan.isReversed)
            return (wider, operands + lifted.map { .constant($0) })
        }
        let first = program.inputs.count
        func lift(_ operand: Program.Operand) -> Program.Operand {
            switch operand {
            case .value(let index): return .value(index)
            case .constant(let tensor) where tensor.count == 1: return operand
            case .constant(let tensor):
                let known = constants.firstIndex { equal(.constant($0), .constant(tensor)) }
                if known == nil { constants.append(tensor) }
                return .value(-1 - (known ?? constants.count - 1))
            }
        }
        let lifted = program.instructions.map { instruction in
            Program.Instruction(
                operation: instruction.operation, operands: instruction.operands.map(lift),
                results: instruction.results, signatures: instruction.signatures)
        }
        let outputs = program.outputs.map(lift)
        // Inputs come first: everything made moves up.
        func place(_ index: Int) -> Int {
            if index < 0 { return first - 1 - index }
            return index < first ? index : index + constants.count
        }
        func moved(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { .value(place(index)) } else { operand }
        }
        let instructions = lifted.map { instruction in
            Program.Instruction(
                operation: instruction.operation, operands: instruction.operands.map(moved),
                results: place(instruction.results.lowerBound)..<place(instruction.results.lowerBound)
                    + instruction.results.count, signatures: instruction.signatures)
        }
        return (
            Program(
                inputs: program.inputs + constants.map(\.signature), instructions: instructions,
                outputs: outputs.map(moved), valueCount: program.valueCount + constants.count,
                resultSignatures: program.resultSignatures), constants
        )
    }
}

extension Program {
    fileprivate func mappingLoops(_ change: (Scan, [Operand]) -> (Scan, [Operand])) -> Program {
        let changed = instructions.map { instruction -> Instruction in
            guard case .scan(let scan) = instruction.operation else { return instruction }
            let (loop, operands) = change(scan, instruction.operands)
            return Instruction(
                operation: .scan(loop), operands: operands, results: instruction.results,
                signatures: instruction.signatures)
        }
        return Program(
            inputs: inputs, instructions: changed, outputs: outputs, valueCount: valueCount,
            resultSignatures: resultSignatures)
    }
}
