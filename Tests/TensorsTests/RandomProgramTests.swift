import Checks
import Tensors
import Testing

/// The laws on thousands of functions that nobody thought of.
@Suite struct RandomProgramTests {
    /// Laws that need no differences, as some operations have kinks.
    @Test func lawsHoldInRandomPrograms() {
        let laws: Set<OperationLaw> = [
            .recorded, .values, .adjoint, .batch, .nestedBatch, .gradientOfBatch, .batchOfGradient,
        ]
        for seed in 0..<150 {
            let program = RandomProgram(seed: seed, operations: 5 + seed % 25)
            let found = checkOperation(
                "program \(seed)", at: program.inputs, laws: laws, tolerances: Tolerances(rounding: 1e-9),
                program.callAsFunction)
            #expect(found == [])
        }
    }

    @Test func forwardIsTheTransposeOfReverseInThousands() {
        for seed in 1000..<3000 {
            let program = RandomProgram(seed: seed, operations: 1 + seed % 50)
            let found = checkOperation(
                "program \(seed)", at: program.inputs, laws: [.recorded, .adjoint],
                tolerances: Tolerances(rounding: 1e-9), program.callAsFunction)
            #expect(found == [])
        }
    }
}
