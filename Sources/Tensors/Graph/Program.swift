/// A function that has been recorded: inputs, instructions, outputs, and nothing else.
///
/// It is what `scan` loops over, what `explain` prints and what native code will be made from. Running it on known tensors
/// interprets it; running it on traced tensors records it into their graph.
public struct Program: Sendable {
    enum Operand: Sendable {
        case value(Int)
        case constant(Tensor)
    }
    struct Instruction: Sendable {
        let operation: Operation
        let operands: [Operand]
        let results: Range<Int>
    }
    public let inputs: [Signature]
    let instructions: [Instruction]
    let outputs: [Operand]
    let valueCount: Int
    let resultSignatures: [Signature]

    /// The number of recorded operations.
    public var count: Int { instructions.count }

    /// Applies the recorded operations to `arguments`.
    public func run(_ arguments: [Tensor]) -> [Tensor] {
        precondition(
            arguments.map(\.signature) == inputs,
            "a program of \(inputs) was given \(arguments.map(\.signature))")
        var values = arguments
        values.reserveCapacity(valueCount)
        func look(_ operand: Operand) -> Tensor {
            switch operand {
            case .value(let index): values[index]
            case .constant(let tensor): tensor
            }
        }
        for instruction in instructions {
            values += applyAll(instruction.operation, instruction.operands.map(look))
        }
        return outputs.map(look)
    }
}

extension Program {
    /// Records `body` on unknown tensors of the given signatures. Traced tensors that it captures from outside become
    /// further inputs, after the declared ones, and are returned beside the program.
    static func capturing(
        _ signatures: [Signature], _ body: ([Tensor]) -> [Tensor]
    ) -> (program: Program, captured: [Tensor]) {
        Graph.with { graph, isOutermost in
            let parameters = signatures.map(graph.parameter)
            let outputs = body(parameters)
            var builder = ProgramBuilder(parameters, isOutermost: isOutermost)
            for step in graph.path(from: parameters, to: outputs) { builder.add(step) }
            return builder.finish(outputs)
        }
    }

    /// Records `body` as a program of its own. Traps if it captures a traced tensor.
    public static func tracing(_ signatures: [Signature], _ body: ([Tensor]) -> [Tensor]) -> Program {
        let (program, captured) = capturing(signatures, body)
        precondition(captured.isEmpty, "a program cannot capture traced tensors: \(captured.map(\.signature))")
        return program
    }
}

/// Renumbers a path through a graph into a program.
private struct ProgramBuilder {
    private var numbers: [Int: Int] = [:]
    private var steps: [(step: Step, results: [Int])] = []
    private let parameters: [Tensor]
    private var captured: [Tensor] = []
    /// Then what is traced but not made from the parameters is a constant that a transform inside the body has traced.
    private let isOutermost: Bool

    init(_ parameters: [Tensor], isOutermost: Bool) {
        self.parameters = parameters
        self.isOutermost = isOutermost
        for (number, parameter) in parameters.enumerated() { numbers[parameter.trace!.index] = number }
    }

    mutating func add(_ step: Step) { steps.append((step, step.results.map { $0.trace!.index })) }

    mutating func finish(_ outputs: [Tensor]) -> (Program, [Tensor]) {
        let made = Set(steps.flatMap(\.results))
        for tensor in steps.flatMap(\.step.operands) + outputs { capture(tensor, unless: made) }
        for entry in steps.flatMap(\.results) { numbers[entry] = numbers.count }
        let instructions = steps.map { step, results in
            let first = numbers[results[0]]!
            return Program.Instruction(
                operation: step.operation, operands: step.operands.map(operand),
                results: first..<first + results.count)
        }
        let program = Program(
            inputs: (parameters + captured).map(\.signature), instructions: instructions,
            outputs: outputs.map(operand), valueCount: numbers.count,
            resultSignatures: outputs.map(\.signature))
        return (program, captured)
    }

    /// A traced tensor that the steps do not make comes from outside: it becomes a further input.
    private mutating func capture(_ tensor: Tensor, unless made: Set<Int>) {
        guard !isOutermost, let index = tensor.trace?.index, numbers[index] == nil, !made.contains(index) else {
            return
        }
        numbers[index] = numbers.count
        captured.append(tensor)
    }

    private func operand(_ tensor: Tensor) -> Program.Operand {
        tensor.trace.flatMap { numbers[$0.index] }.map { .value($0) } ?? .constant(tensor.detached)
    }
}
