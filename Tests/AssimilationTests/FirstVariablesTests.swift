import Tensors
import Testing

@testable import Assimilation

/// What sees or moves the first variables of a state alone is what a matrix of ones and zeros makes of it.
@Suite struct FirstVariablesTests {
    private let state = Key(1).normal([7])
    private let columns = Key(2).normal([7, 3])

    @Test func aSliceIsTheMatrixOfIt() {
        let slice = FirstVariables<IdentityOperator>(4)
        let matrix = LinearOperator.first(4, of: 7)
        #expect(slice(state).values == matrix(state).values)
        #expect(slice.matrix(at: state).values == matrix.matrix.values)
        let derivative = slice.derivative(at: state, times: columns)
        #expect(derivative.shape == [4, 3] && derivative.values == columns[0..<4].values)
        #expect(matrix.derivative(at: state, times: columns).values == columns[0..<4].values)
    }

    @Test func derivativesTimesColumnsAreThoseOfTheMatrix() {
        let squares = FirstVariables(4, seenBy: Function<Tensor, Tensor> { $0.squared() })
        let expected = squares.matrix(at: state).matrixProduct(columns).values
        let found = squares.derivative(at: state, times: columns).values
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-14 })
    }

    @Test func errorsOfFewerRowsAreOfTheFirstVariables() {
        let factors = Key(3).normal([4, 2])
        let halved = Function<Tensor, Tensor> { 0.5 * $0 }
        let ensemble = Ensemble(members: Key(4).normal([9, 7]), key: Key(5))
        let step = Tensor(integer: 0)
        let short = EachMember(halved, modelError: ModelError(factors: factors))(ensemble, step: step)
        let whole = EachMember(
            halved, modelError: ModelError(factors: factors.padded(axis: 0, before: 0, after: 3)))(ensemble, step: step)
        #expect(short.members.values == whole.members.values)
        #expect(short.members.slice(axis: 1, from: 4, to: 7).values.contains { $0 != 0 })
    }
}
