import Assimilation
import Checks
import Tensors
import Testing

@Suite struct SimulationTests {
    private static let model = LinearModel(Tensor(rows: [[0.8, 0.3], [-0.3, 0.8]]), offsets: Tensor([0.1, 0]))
    private static let errorCovariance = Tensor(rows: [[0.5, 0.2], [0.2, 0.3]])
    private static let looking = LinearOperator(Tensor(rows: [[1, 0], [1, 2]]), offset: Tensor([0, 1]))

    private func twin(
        modelError: ModelError? = nil, mask: Tensor? = nil, steps: Int, key: Key = Key(1)
    ) -> Twin<LinearOperator> {
        simulate(
            Self.model, modelError: modelError, from: Tensor([1, -1]), observing: Self.looking,
            errorCovariance: Self.errorCovariance, mask: mask, steps: steps, key: key)
    }

    /// The sample covariance of rows.
    private func covariance(_ rows: Tensor) -> Tensor {
        rows.transposed.matrixProduct(rows) / Tensor(Double(rows.shape[0]))
    }

    @Test func truthWithoutErrorIsTheTrajectoryOfTheModel() {
        let truth = twin(steps: 5).truth
        var state = Tensor([1, -1])
        for t in 0..<5 {
            #expect(truth[t].values == state.values)
            state = Self.model(state, step: Tensor(integer: t))
        }
    }

    @Test func errorsHaveTheirCovariances() {
        let noise = Tensor(rows: [[0.4, 0.1], [0.1, 0.2]])
        let steps = 20_000
        let found = twin(modelError: ModelError(covariance: noise), steps: steps)
        let predicted = found.truth.matrixProduct(Self.model.matrices[0].transposed) + Self.model.offsets
        let modelErrors = found.truth[1..<steps] - predicted[0..<(steps - 1)]
        let seen = vmap { (x: Tensor) in Self.looking(x) }(found.truth)
        for (rows, expected) in [
            (modelErrors, noise), (found.observations.values - seen, Self.errorCovariance),
        ] {
            // The standard error of a variance of 0.5 is 0.5 √(2/T) = 0.005.
            let distance = (covariance(rows) - expected).absolute().maximum().scalar
            #expect(distance < 0.02)
            #expect(rows.mean(axes: [0]).absolute().maximum().scalar < 0.02)
        }
    }

    @Test func missingValuesAreZeroAndOthersAreUntouched() {
        let mask = Tensor(rows: [[1, 0], [0, 0], [1, 1], [0, 1]])
        let (whole, partial) = (twin(steps: 4), twin(mask: mask, steps: 4))
        #expect(partial.observations.values.values == (mask * whole.observations.values).values)
        #expect(partial.observations.mask.values == mask.values)
        #expect(partial.truth.values == whole.truth.values)
    }

    @Test func errorsOfEstimatesAreRootsOfMeanSquares() {
        let found = twin(steps: 3)
        let estimates = found.truth + Tensor(rows: [[3, 4], [0, 0], [1, 1]])
        let expected: [Double] = [(12.5).squareRoot(), 0, 1]
        for (a, b) in zip(found.errors(of: estimates).values, expected) { #expect(abs(a - b) < 1e-14) }
    }

    @Test func experimentsAreDifferentiableAndBatchable() {
        let x = Tensor([0.9, 1.2])
        #expect(
            checkOperation("simulate", at: x, laws: [.recorded, .values, .tangent, .adjoint, .batch]) { x in
                simulate(
                    LinearModel(x[0] * Self.model.matrices[0]),
                    modelError: ModelError(covariance: 0.1 * Tensor.identity(2)),
                    from: x, observing: Self.looking, errorCovariance: x[1] * Self.errorCovariance, steps: 6,
                    key: Key(2)
                ).observations.values
            } == [])
    }
}
