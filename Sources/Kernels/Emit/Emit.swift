import Tensors

/// A program in C, with the tables that go with it.
struct EmittedProgram: Sendable {
    let source: String
    /// Arrays that the program takes as inputs after its own.
    let constants: [Tensor]
    /// The operations that it leaves to the interpreter.
    let interpreted: [InterpretedInstruction]
    /// The scratch memory of one call in bytes.
    let scratchSize: Int
    let outputs: [Signature]

    /// The program for one thread, element by element.
    init(_ program: Program) {
        let (lifted, constants) = Simplify.liftingConstants(program)
        var source = Source(lanes: nil)
        func places(_ signatures: [Signature], _ name: String, _ qualifier: String) -> [Place] {
            signatures.enumerated().map { number, signature in
                let type = signature.type.name(false)
                source.line("\(qualifier)\(type) *restrict \(name)\(number) = (\(qualifier)\(type) *)\(name)[\(number)];")
                return Place(pointer: "\(name)\(number)", type: signature.type, isBatched: false)
            }
        }
        let inputs = places(lifted.inputs, "in", "const ")
        let outputs = places(lifted.resultSignatures, "out", "")
        scratchSize = source.body(
            lifted, inputs: inputs, outputs: outputs,
            isBatched: [Bool](repeating: false, count: lifted.valueCount), scratch: "scratch")
        self.source = """
            \(Prelude.text(lanes: nil))
            int apus_run(const struct apus_runtime *runtime, const void *const *in, void *const *out, char *scratch) {
              int failed = 0, *failure = &failed;
            \(source.text)
              return failed;
            }

            """
        self.constants = constants
        interpreted = source.interpreted
        self.outputs = lifted.resultSignatures
    }
}
