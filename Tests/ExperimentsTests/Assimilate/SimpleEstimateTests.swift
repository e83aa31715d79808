import Formulas
import Tensors
import Testing

@testable import Studies

/// Estimates without a model, against numbers by hand.
@Suite struct SimpleEstimateTests {
    /// One channel at times 0 to 6; the value at 3 is withheld.
    private static func filled(_ kind: SimpleEstimate) throws -> (mean: Double, deviation: Double) {
        let observations = SystemObservations(
            times: (0..<7).map(Double.init), channels: [SystemChannel("a", try Formula("x"))],
            values: Tensor([1, 2, 4, 100, 5, 7, 8], shape: [7, 1]), mask: Tensor.ones([7, 1]),
            deviations: Tensor.ones([7, 1]))
        let folds = WithheldFolds(observations, by: .time, folds: 6, blocks: 1, key: Key(1))
        let fold = folds.folds[3]
        var estimates = WithheldEstimates("simple", isSmoothed: false, count: 7)
        kind.fill(
            &estimates, folds, fold: fold, folds.observations(observations, without: fold), tables: [0])
        return (estimates.means[3], estimates.deviations[3])
    }

    @Test func theMeanIsThatOfTheOthers() throws {
        let found = try Self.filled(.mean)
        #expect(abs(found.mean - 4.5) < 1e-12)
        #expect(abs(found.deviation - (37.5 / 6.0).squareRoot()) < 1e-12)
    }

    /// Neighbours are 1.2 apart with a mean square difference of 2.2, those at one more 2.5 apart with 8.25.
    @Test func theErrorOfTheLastValueGrows() throws {
        let found = try Self.filled(.last)
        #expect(found.mean == 4)
        // Nearer than neighbours are in the mean.
        #expect(abs(found.deviation - 2.2.squareRoot()) < 1e-12)
    }
}
