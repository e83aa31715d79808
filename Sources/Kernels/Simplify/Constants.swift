import Tensors

extension Simplify {
    /// Arrays that are constants become inputs, after the inputs proper, of the program and of every loop in it:
    /// emitted text holds single numbers only.
    static func liftingConstants(_ program: Program) -> (program: Program, constants: [Tensor]) {
        var constants: [Tensor] = []
        let program = program.mappingOperations { operation, operands in
            let parts = operation.programs.map(liftingConstants)
            let all = parts.flatMap(\.constants)
            // Every program of an operation takes the constants of all.
            var before = 0
            let programs = parts.map { part in
                defer { before += part.constants.count }
                return part.program.taking(all, ownFrom: before, count: part.constants.count)
            }
            return (operation.with(programs: programs, moreConstants: all.count), operands + all.map { .constant($0) })
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
    fileprivate func mappingOperations(_ change: (Operation, [Operand]) -> (Operation, [Operand])) -> Program {
        let changed = instructions.map { instruction -> Instruction in
            if instruction.operation.programs.isEmpty { return instruction }
            let (operation, operands) = change(instruction.operation, instruction.operands)
            return Instruction(
                operation: operation, operands: operands, results: instruction.results,
                signatures: instruction.signatures)
        }
        return Program(
            inputs: inputs, instructions: changed, outputs: outputs, valueCount: valueCount,
            resultSignatures: resultSignatures)
    }

    /// The program with more inputs at the end, of which its last `count` are those from `start` on.
    fileprivate func taking(_ all: [Tensor], ownFrom start: Int, count: Int) -> Program {
        let proper = inputs.count - count
        var writer = ProgramWriter(inputs: inputs.prefix(proper) + all.map(\.signature))
        let outputs = writer.append(
            self, (0..<proper).map { .value($0) } + (0..<count).map { .value(proper + start + $0) })
        return writer.finish(outputs)
    }
}

extension Operation {
    fileprivate func with(programs: [Program], moreConstants: Int) -> Operation {
        guard case .scan(let scan) = self else { return with(programs: programs) }
        return .scan(
            scan.with(
                body: programs[0], carries: scan.carries, sequences: scan.sequences,
                constants: scan.constants + moreConstants))
    }
}
