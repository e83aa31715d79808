import Tensors

/// Writes a program instruction by instruction; each pass reads one program and writes the next.
///
/// The same operation on the same operands is written once (common subexpressions).
struct ProgramWriter {
    let inputs: [Signature]
    private(set) var instructions: [Program.Instruction] = []
    private var signatures: [Signature]
    private var written: [Key: Range<Int>] = [:]

    /// The instruction that makes a value, nil for an input.
    private var makers: [Int?]

    /// The operation and the operands of an instruction, which decide its value.
    private struct Key: Hashable {
        let operation: String
        let operands: [OperandKey]
    }
    private enum OperandKey: Hashable {
        case value(Int)
        case scalar(ElementType, UInt64)
        case array([Int], ElementType, [UInt64])
    }

    init(inputs: [Signature]) {
        self.inputs = inputs
        signatures = inputs
        makers = inputs.map { _ in nil }
    }

    func signature(_ operand: Program.Operand) -> Signature {
        switch operand {
        case .value(let index): signatures[index]
        case .constant(let tensor): tensor.signature
        }
    }

    /// The instruction that made an operand, if one did and it has a single result.
    func maker(_ operand: Program.Operand) -> Program.Instruction? {
        guard case .value(let index) = operand, let maker = makers[index] else { return nil }
        let instruction = instructions[maker]
        return instruction.results.count == 1 ? instruction : nil
    }

    /// The results of an instruction that is there already.
    func found(_ operation: Operation, _ operands: [Program.Operand]) -> [Program.Operand]? {
        key(operation, operands).flatMap { written[$0] }.map { $0.map { .value($0) } }
    }

    /// Appends an instruction, or finds that it is there already.
    mutating func append(
        _ operation: Operation, _ operands: [Program.Operand], _ results: [Signature]
    ) -> [Program.Operand] {
        let key = key(operation, operands)
        if let key, let known = written[key] { return known.map { .value($0) } }
        let range = signatures.count..<signatures.count + results.count
        signatures += results
        makers += results.map { _ in instructions.count }
        instructions.append(
            Program.Instruction(operation: operation, operands: operands, results: range, signatures: results))
        if let key { written[key] = range }
        return range.map { .value($0) }
    }

    /// Appends an instruction with one result, whose shape follows from the operands.
    mutating func append(_ operation: Operation, _ operands: Program.Operand...) -> Program.Operand {
        append(operation, operands, operation.results(of: operands.map(signature)))[0]
    }

    func finish(_ outputs: [Program.Operand]) -> Program {
        Program(
            inputs: inputs, instructions: instructions, outputs: outputs, valueCount: signatures.count,
            resultSignatures: outputs.map(signature))
    }

    private func key(_ operation: Operation, _ operands: [Program.Operand]) -> Key? {
        guard operation.programs.isEmpty else { return nil }
        var keys: [OperandKey] = []
        for operand in operands {
            switch operand {
            case .value(let index): keys.append(.value(index))
            case .constant(let tensor) where tensor.count <= 4096:
                let bits = tensor.values.map(\.bitPattern)
                keys.append(
                    tensor.rank == 0
                        ? .scalar(tensor.type, bits[0]) : .array(tensor.shape, tensor.type, bits))
            case .constant: return nil
            }
        }
        return Key(operation: operation.name, operands: keys)
    }
}
