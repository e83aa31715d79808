import Tensors

extension Simplify {
    /// The program, after checking that it is one: every operand is made before it is used, results are numbered in
    /// order, every operation gives the shapes and types that are written beside it, and loops carry what they take.
    /// Traps, naming the pass and the instruction.
    static func verified(_ program: Program, _ pass: String) -> Program {
        var signatures = program.inputs
        func signature(_ operand: Program.Operand, _ place: String) -> Signature {
            switch operand {
            case .constant(let tensor): return tensor.signature
            case .value(let index):
                precondition(
                    signatures.indices.contains(index),
                    "after \(pass): \(place) reads the value \(index) before it is made")
                return signatures[index]
            }
        }
        for (number, instruction) in program.instructions.enumerated() {
            let place = "instruction \(number), \(instruction.operation.name),"
            let operands = instruction.operands.map { signature($0, place) }
            precondition(
                instruction.results == signatures.count..<signatures.count + instruction.signatures.count,
                "after \(pass): \(place) makes \(instruction.results), not the next values")
            let expected = instruction.operation.results(of: operands)
            precondition(
                expected == instruction.signatures,
                "after \(pass): \(place) makes \(expected), not \(instruction.signatures)")
            for body in instruction.operation.programs { _ = verified(body, pass) }
            signatures += instruction.signatures
        }
        let outputs = program.outputs.map { signature($0, "the end") }
        precondition(
            outputs == program.resultSignatures,
            "after \(pass): the program returns \(outputs), not \(program.resultSignatures)")
        return program
    }
}
