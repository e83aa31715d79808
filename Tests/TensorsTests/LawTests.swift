import Checks
import Testing

@testable import Tensors

/// Every law of `checkOperation` on every operation, in double and single precision.
@Suite struct LawTests {
    /// The laws that need reverse mode.
    private static let reverse: Set<OperationLaw> = [
        .adjoint, .gradientOfBatch, .batchOfGradient, .secondOrder, .symmetry, .thirdOrder,
    ]

    @Test(arguments: OperationCase.all)
    func everyOperationIsLawful(_ example: OperationCase) {
        let kinks: Set<OperationLaw> = example.isSmooth ? [] : [.tangent, .secondOrder]
        let laws = Set(OperationLaw.allCases).subtracting(kinks).subtracting(example.isReversible ? [] : Self.reverse)
        #expect(checkOperation(example.description, at: example.x, laws: laws, example.f) == [])
    }

    @Test(arguments: OperationCase.all.filter { $0.x.contains { $0.type == .float64 } })
    func inSinglePrecisionToo(_ example: OperationCase) {
        let x = example.x.map { $0.type == .float64 ? $0.cast(to: .float32) : $0 }
        let laws = Set<OperationLaw>([.recorded, .values, .adjoint, .batch, .batchOfGradient])
            .subtracting(example.isReversible ? [] : Self.reverse)
        #expect(
            checkOperation(
                example.description, at: x, laws: example.isSmooth ? laws.union([.tangent]) : laws, example.f)
                == [])
    }

    @Test func everyOperationIsInTheTable() {
        var seen: Set<String> = []
        func look(_ program: Program) {
            for instruction in program.instructions {
                seen.insert(instruction.operation.label)
                instruction.operation.programs.forEach(look)
            }
        }
        for example in OperationCase.all { look(Program.tracing(example.x.map(\.signature), example.f)) }
        let missing = Set(OperationKind.allCases.flatMap(\.labels)).subtracting(seen)
        #expect(missing == [])
    }

    /// The checks themselves can fail: a derivative that is wrong on purpose,
    /// and a function that is not what it records.
    @Test func aWrongDerivativeIsFound() {
        let laws = checkOperation("half a square", at: Tensor([1.5])) { $0 * $0.stoppingGradient }.map(\.law)
        #expect(laws.contains(OperationLaw.tangent.rawValue))
        #expect(laws.contains(OperationLaw.secondOrder.rawValue))
        let twice = { (x: Tensor) in 2 * x }
        #expect(checkLinearMap("wrong adjoint", like: Tensor([1, 2]), twice, adjoint: { $0 * $0 }).count == 2)
        #expect(checkLinearMap("affine", like: Tensor([1, 2]), { twice($0) + Tensor(1) }, adjoint: twice).count == 2)
        #expect(
            checkTaylorRemainder("half a square", at: Tensor([1.5])) { (x: Tensor) in x * x.stoppingGradient }.count
                == 2)
    }

    @Test func linearOperationsHaveTheirAdjoints() {
        let a = OperationCase.smooth([3, 4], 1)
        #expect(
            checkLinearMap("matrix", like: Tensor.zeros([4])) {
                a.vectorProduct($0)
            } adjoint: {
                a.transposed.vectorProduct($0)
            } == [])
        #expect(
            checkLinearMap("cumulative sum", like: Tensor.zeros([4])) {
                $0.cumulativeSum()
            } adjoint: { y in
                y.sum() - y.cumulativeSum() + y
            } == [])
    }
}
