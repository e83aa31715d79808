import Tensors
import Testing

@testable import Learning

/// The number of digits that NIST expects: six, and four of the sets that it calls hard.
private func tolerance(_ problem: NistProblem) -> Double { problem.difficulty == "Higher" ? 1e-4 : 1e-6 }

private func relativeError(_ found: Tensor, _ certified: [Double]) -> Double {
    guard found.count == certified.count else { return .infinity }
    return zip(found.values, certified).map { abs($0 - $1) / abs($1) }.max() ?? .infinity
}

private struct Case: CustomStringConvertible, Sendable {
    let problem: NistProblem
    let start: Int
    var description: String { "\(problem) from start \(start + 1)" }
    var from: Tensor { Tensor(problem.starts[start]) }
}

private func cases() throws -> [Case] {
    try NistProblem.load().filter { $0.residuals != nil }.flatMap { problem in
        problem.starts.indices.map { Case(problem: problem, start: $0) }
    }
}

@Suite struct NistTests {
    @Test func linearRegressionReproducesNorris() throws {
        let norris = try #require(try NistProblem.load().first { $0.name == "Norris" })
        let fit = LinearRegression().fit(norris.predictor().expanded(axis: -1), norris.response)
        let parameters = Tensor.concatenated([fit.map.bias, fit.map.weight.flattened()])
        let deviations = Tensor.concatenated([fit.interceptDeviations, fit.coefficientDeviations.flattened()])
        #expect(relativeError(parameters, norris.certified) < 1e-11)
        #expect(relativeError(deviations, norris.deviations) < 1e-11)
        #expect(relativeError(fit.residualDeviations, [norris.residualDeviation]) < 1e-11)
        #expect(relativeError(fit.determination, [try #require(norris.determination)]) < 1e-14)
        #expect(fit.degreesOfFreedom.scalar == 34)
    }

    @Test func thereAreThirteenNonlinearSetsWithTwoStartsEach() throws {
        #expect(try cases().count == 26)
    }

    @Test(arguments: try cases())
    private func leastSquaresReproducesNist(_ test: Case) throws {
        let residuals = try #require(test.problem.residuals)
        let fit = NonlinearLeastSquares().fit(from: test.from, residuals: residuals)
        let limit = tolerance(test.problem)
        #expect(fit.outcome == .converged)
        #expect(relativeError(fit.parameters, test.problem.certified) < limit)
        #expect(relativeError(fit.deviations, test.problem.deviations) < limit)
        #expect(relativeError(Tensor(fit.residualSumOfSquares), [test.problem.residualSumOfSquares]) < limit)
        #expect(relativeError(Tensor(fit.residualDeviation), [test.problem.residualDeviation]) < limit)
    }

    @Test(arguments: try cases())
    private func newtonReproducesNist(_ test: Case) throws {
        let residuals = try #require(test.problem.residuals)
        let found = TrustRegionNewton().minimum(from: test.from) { 0.5 * residuals($0).squared().sum() }
        #expect(found.outcome == .converged)
        #expect(relativeError(found.point, test.problem.certified) < tolerance(test.problem))
        #expect(relativeError(Tensor(2 * found.value), [test.problem.residualSumOfSquares]) < tolerance(test.problem))
    }

    /// First derivatives alone, unknowns scaled by their start. From the first starts of Lanczos3 and MGH17 the method
    /// goes to other stationary points, which are far from the certified ones in value.
    @Test(arguments: try cases())
    private func quasiNewtonReproducesNistOrSaysOtherwise(_ test: Case) throws {
        let residuals = try #require(test.problem.residuals)
        let scale = test.from.absolute()
        let found = QuasiNewton().minimum(from: test.from / scale) { 0.5 * residuals($0 * scale).squared().sum() }
        let isElsewhere = ["Lanczos3 from start 1", "MGH17 from start 1"].contains(test.description)
        let excess = 2 * found.value / test.problem.residualSumOfSquares
        #expect(isElsewhere ? excess > 2 : abs(excess - 1) < 1e-6)
        if !isElsewhere { #expect(relativeError(found.point * scale, test.problem.certified) < 2e-5) }
    }
}
