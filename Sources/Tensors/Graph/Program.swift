/// A function that has been recorded: inputs, instructions, outputs, and nothing else.
///
/// It is what `scan` loops over, what `explain` prints and what native code will be made from. Running it on known
/// tensors interprets it; running it on traced tensors records it into their graph.
public struct Program: Sendable {
    package enum Operand: Sendable {
        case value(Int)
        case constant(Tensor)

        @inline(__always)
        func look(in values: borrowing [Tensor]) -> Tensor {
            switch self {
            case .value(let index): values[index]
            case .constant(let tensor): tensor
            }
        }
    }
    package struct Instruction: Sendable {
        package let operation: Operation
        package let operands: [Operand]
        package let results: Range<Int>
        package let signatures: [Signature]

        package init(operation: Operation, operands: [Operand], results: Range<Int>, signatures: [Signature]) {
            (self.operation, self.operands, self.results, self.signatures) = (operation, operands, results, signatures)
        }
    }
    public let inputs: [Signature]
    package let instructions: [Instruction]
    package let outputs: [Operand]
    package let valueCount: Int
    package let resultSignatures: [Signature]

    package init(
        inputs: [Signature], instructions: [Instruction], outputs: [Operand], valueCount: Int,
        resultSignatures: [Signature]
    ) {
        (self.inputs, self.instructions, self.outputs) = (inputs, instructions, outputs)
        (self.valueCount, self.resultSignatures) = (valueCount, resultSignatures)
    }

    /// The number of recorded operations.
    public var count: Int { instructions.count }

    /// The number of elements that one run computes: what the program costs where every element costs the same. Steps
    /// of loops count each; of a choice the longer side; of a loop whose end is not known one step.
    public var computedElements: Int {
        instructions.reduce(0) { total, instruction in
            let own = instruction.signatures.reduce(0) { $0 + $1.shape.elementCount }
            let inner = instruction.operation.programs.map(\.computedElements)
            if case .scan(let scan) = instruction.operation { return total + scan.length * inner[0] }
            if case .conditional = instruction.operation { return total + (inner.max() ?? 0) }
            return total + (inner.isEmpty ? own : inner.reduce(0, +))
        }
    }

    /// Applies the recorded operations to `arguments`.
    public func run(_ arguments: [Tensor]) -> [Tensor] {
        precondition(
            arguments.map(\.signature) == inputs,
            "a program of \(inputs) was given \(arguments.map(\.signature))")
        let isInterpreted = arguments.allSatisfy { $0.isKnown && $0.tracer == nil }
        var values = arguments
        values.reserveCapacity(valueCount)
        for instruction in instructions {
            let operands = instruction.operands.map { $0.look(in: values) }
            guard isInterpreted else {
                values += applyAll(instruction.operation, operands)
                continue
            }
            // Shapes and types are as they were when the program was recorded.
            let results = instruction.operation.value(operands, instruction.signatures)
            for (signature, storage) in zip(instruction.signatures, results) {
                values.append(Tensor(shape: signature.shape, type: signature.type, storage: storage, tracer: nil))
            }
        }
        return outputs.map { $0.look(in: values) }
    }
}

extension Program {
    /// Splits off the operations that depend on no input before `first`: a loop does them once.
    ///
    /// - Returns: the rest, a program that takes the results of `fixed` as further inputs; and `fixed`, a program of
    ///   the inputs from `first` on.
    func hoisted(from first: Int) -> (rest: Program, fixed: Program) {
        var isFixed = (0..<valueCount).map { $0 >= first && $0 < inputs.count }
        var kept: [Instruction] = []
        var moved: [Instruction] = []
        for instruction in instructions {
            let depends = instruction.operands.contains {
                if case .value(let index) = $0 { !isFixed[index] } else { false }
            }
            if depends {
                kept.append(instruction)
            } else {
                for result in instruction.results { isFixed[result] = true }
                moved.append(instruction)
            }
        }
        let crossing = moved.flatMap { zip($0.results, $0.signatures) }
        let rest = Renumbering(inputs: Array(0..<inputs.count) + crossing.map(\.0), instructions: kept)
        let fixed = Renumbering(inputs: Array(first..<inputs.count), instructions: moved)
        return (
            rest.program(inputs + crossing.map(\.1), kept, outputs, resultSignatures),
            fixed.program(Array(inputs[first...]), moved, crossing.map { .value($0.0) }, crossing.map(\.1))
        )
    }

    /// New numbers for the values of a part of a program.
    private struct Renumbering {
        private var numbers: [Int: Int] = [:]

        init(inputs: [Int], instructions: [Instruction]) {
            for value in inputs + instructions.flatMap(\.results) { numbers[value] = numbers.count }
        }

        private func operand(_ operand: Operand) -> Operand {
            if case .value(let index) = operand { .value(numbers[index]!) } else { operand }
        }

        func program(
            _ inputs: [Signature], _ instructions: [Instruction], _ outputs: [Operand], _ signatures: [Signature]
        ) -> Program {
            let renumbered = instructions.map { instruction in
                let first = numbers[instruction.results.lowerBound]!
                return Instruction(
                    operation: instruction.operation, operands: instruction.operands.map(operand),
                    results: first..<first + instruction.results.count, signatures: instruction.signatures)
            }
            return Program(
                inputs: inputs, instructions: renumbered, outputs: outputs.map(operand), valueCount: numbers.count,
                resultSignatures: signatures)
        }
    }

    /// Records `body` on unknown tensors of the given signatures. Traced tensors that it captures from outside become
    /// further inputs, after the declared ones, and are returned beside the program. What `body` does to those alone is
    /// done once, outside the program, unless it is to be in there (`whole`).
    package static func capturing(
        _ signatures: [Signature], whole: Bool = false, _ body: ([Tensor]) -> [Tensor]
    ) -> (program: Program, captured: [Tensor]) {
        Graph.with { graph, isOutermost in
            let parameters = signatures.map(graph.parameter)
            let mark = graph.count
            let outputs = body(parameters)
            var builder = ProgramBuilder(parameters, isOutermost: isOutermost)
            let path = whole ? graph.path(since: mark, to: outputs) : graph.path(from: parameters, to: outputs)
            for step in path { builder.add(step) }
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
        for (number, parameter) in parameters.enumerated() { numbers[parameter.tracer!.index] = number }
    }

    mutating func add(_ step: Step) { steps.append((step, step.results.map { $0.tracer!.index })) }

    mutating func finish(_ outputs: [Tensor]) -> (Program, [Tensor]) {
        let made = Set(steps.flatMap(\.results))
        for tensor in steps.flatMap(\.step.operands) + outputs { capture(tensor, unless: made) }
        for entry in steps.flatMap(\.results) { numbers[entry] = numbers.count }
        let instructions = steps.map { step, results in
            let first = numbers[results[0]]!
            return Program.Instruction(
                operation: step.operation, operands: step.operands.map(operand),
                results: first..<first + results.count, signatures: step.results.map(\.signature))
        }
        let program = Program(
            inputs: (parameters + captured).map(\.signature), instructions: instructions,
            outputs: outputs.map(operand), valueCount: numbers.count,
            resultSignatures: outputs.map(\.signature))
        return (program, captured)
    }

    /// A traced tensor that the steps do not make comes from outside: it becomes a further input.
    private mutating func capture(_ tensor: Tensor, unless made: Set<Int>) {
        guard !isOutermost, let index = tensor.tracer?.index, numbers[index] == nil, !made.contains(index) else {
            return
        }
        numbers[index] = numbers.count
        captured.append(tensor)
    }

    private func operand(_ tensor: Tensor) -> Program.Operand {
        tensor.tracer.flatMap { numbers[$0.index] }.map { .value($0) } ?? .constant(tensor.detached)
    }
}
