import Tensors

/// The stages of a program on its way to machine code.
public struct Explanation: Sendable {
    /// The program as it was recorded.
    public let recorded: Program
    /// The same after simplification: constants folded, common subexpressions shared, loops fused, dead code gone.
    public let simplified: Program
    let emitted: EmittedProgram

    public init(_ program: Program) { self.init(program, registers: .ofProcess) }

    init(_ program: Program, registers: VectorRegisters) {
        recorded = program
        simplified = Simplify.all(program)
        emitted = EmittedProgram(simplified, registers: registers)
    }

    /// The C that is compiled, the prelude included.
    public var source: String { emitted.source }

    /// The C of the program itself.
    public var code: String { emitted.body }

    /// How the work is laid out: what vectors run over, what lies in memory, what is left to the interpreter,
    /// in one line each.
    public var schedule: String {
        let program = emitted.parts == 1 && emitted.lanes == nil ? Simplify.turning(simplified) : simplified
        let schedule = Schedule(program)
        var lines = [
            emitted.lanes.map { "vectors over \($0) elements of the batch at a time" }
                ?? "vectors over the elements of arrays",
            VectorWidth.explanation,
            "eager products and factorizations: \(LinearAlgebra.description ?? LinearAlgebra.failure ?? "")",
            "\(emitted.scratchSize) bytes of scratch memory for each of up to \(emitted.parts) parts of the work",
        ]
        for statement in schedule.statements {
            switch statement {
            case .loops(let members):
                let names = members.map { program.instructions[$0].operation.name }.joined(separator: "; ")
                lines.append("loops over \(program.instructions[members[0]].signatures[0]): \(names)")
            case .routine(let member):
                lines.append("routine: \(program.instructions[member].operation.name)")
            }
        }
        lines += emitted.interpreted.map { "left to the interpreter: \($0.operation.name)" }
        return lines.joined(separator: "\n")
    }
}
