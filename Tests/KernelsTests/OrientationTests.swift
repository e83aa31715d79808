import Testing

@testable import Kernels
@testable import Tensors

/// Matrices whose rows are shifted are computed as their transposes, and nothing else changes.
@Suite struct OrientationTests {
    /// Lorenz's tendency of 1996, of which every term is shifted.
    private func tendency(_ x: Tensor) -> Tensor {
        (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + 8
    }

    private func axesOfShifts(_ program: Program) -> Set<Int> {
        program.instructions.reduce(into: []) { axes, instruction in
            if case .roll(_, let axis) = instruction.operation, instruction.signatures[0].shape.count == 2 {
                axes.insert(axis)
            }
            for body in instruction.operation.programs { axes.formUnion(axesOfShifts(body)) }
        }
    }

    private func isSame(_ a: [Tensor], _ b: [Tensor]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy { a, b in
                a.signature == b.signature
                    && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-13 * max(1, abs($1)) }
            }
    }

    @Test func jacobians() {
        let x = Key(1).normal([12])
        let program = Simplify.all(
            Program.tracing([x.signature]) { [jacobian(of: { tendency(tendency($0)) })($0[0])] })
        let turned = Simplify.turning(program)
        #expect(axesOfShifts(program).contains(1) && axesOfShifts(turned) == [0])
        #expect(isSame(turned.run([x]), program.run([x])))
    }

    /// The members of an ensemble go through the loop as a transpose; a product takes and makes one for nothing.
    @Test func carriesOfLoops() {
        let (x, mixing) = (Key(1).normal([16, 12]), Key(2).normal([16, 16]))
        let program = Simplify.all(
            Program.tracing([x.signature, mixing.signature]) { inputs in
                let (last, means) = scan(over: Nothing(), from: inputs[1].matrixProduct(inputs[0]), count: 4) { x, _ in
                    (x + 0.01 * tendency(x), x.mean(axes: [0]))
                }
                return [last, means]
            })
        let turned = Simplify.turning(program)
        #expect(axesOfShifts(program) == [1] && axesOfShifts(turned) == [0])
        let carries = turned.instructions.compactMap {
            if case .scan(let scan) = $0.operation { scan.body.inputs[0].shape } else { nil }
        }
        #expect(carries == [[12, 16]])
        #expect(isSame(turned.run([x, mixing]), program.run([x, mixing])))
    }

    /// Rows of every kind of operand: a vector, a column, a number, a constant; parts of rows; a mask.
    @Test func operandsOfAllShapes() {
        let inputs = [Key(1).normal([16, 12]), Key(2).normal([12]), Key(3).normal([16, 1]), Key(4).normal([])]
        let constant = Key(5).normal([16, 12])
        let program = Simplify.all(
            Program.tracing(inputs.map(\.signature)) { x in
                let shifted = tendency(tendency(tendency(x[0] * x[1] + x[2]))) / x[3].exp() + constant
                let ends = Tensor.concatenated(
                    [shifted.slice(axis: 1, from: 5), shifted.slice(axis: 1, to: 5)], axis: 1)
                let chosen = select(
                    ends .> x[1], ends, x[2] + shifted.padded(axis: 1, before: 1, after: 0).slice(axis: 1, to: 12))
                return [chosen.sum(axes: [0]), chosen.mean(axes: [1]), chosen]
            })
        let turned = Simplify.turning(program)
        #expect(axesOfShifts(program) == [1] && axesOfShifts(turned) == [0])
        #expect(isSame(turned.run(inputs), program.run(inputs)))
    }

    @Test func aSingleShiftDoesNotPay() {
        let program = Simplify.all(Program.tracing([Key(1).normal([16, 12]).signature]) { [$0[0].rolled(by: 1) + 1] })
        #expect(axesOfShifts(Simplify.turning(program)) == [1])
    }
}
