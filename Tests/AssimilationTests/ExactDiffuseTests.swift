import Foundation
import Tensors
import Testing

@testable import Assimilation

/// The systems of `Tests/Oracles/state_space.json`, which `state_space.py` beside it solves as dense problems.
struct DenseSystems: Decodable {
    struct System: Decodable {
        let matrix, modelError, seen, errors, start: [[Double]]
        let unknown: [[Double]]?
        let values: [[Double?]]
        let loglik: Double?
        let mean, variance: [[Double]]?

        var forecast: LinearForecast {
            LinearForecast(
                LinearModel(Tensor(rows: matrix)), modelError: ModelError(covariance: Tensor(rows: modelError)))
        }
        var belief: Gaussian { Gaussian(mean: Tensor.zeros([start.count]), covariance: Tensor(rows: start)) }
        func observations(from first: Int = 0) -> Observations<LinearOperator> {
            Observations(
                values[first...].map { $0.map { $0 ?? .nan } }, errorCovariance: Tensor(rows: errors),
                operator: LinearOperator(Tensor(rows: seen)))
        }
    }
    let diffuse, smoother: [System]

    static func read() throws -> DenseSystems {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/state_space.json")
        return try JSONDecoder().decode(DenseSystems.self, from: Data(contentsOf: file))
    }
}

@Suite struct ExactDiffuseTests {
    private func logLikelihood(
        _ start: Gaussian, _ diffuse: Tensor, _ forecast: LinearForecast, _ observations: Observations<LinearOperator>
    ) -> Double {
        let begun = ExactDiffuse(finite: start, diffuse: diffuse, forecast: forecast, observations: observations)
        #expect(begun.unknownDirections == 0)
        if begun.stepsUsed == observations.count { return begun.logLikelihood }
        var rest = observations
        rest.values = rest.values[begun.stepsUsed..<observations.count]
        rest.mask = rest.mask[begun.stepsUsed..<observations.count]
        let filtered = Cycle(forecast, KalmanAnalysis())(from: begun.background, rest, firstStep: begun.stepsUsed)
        return begun.logLikelihood + filtered.logLikelihood.scalar
    }

    /// Two sensors of a random walk: independent errors, correlated ones, another unit.
    @Test(arguments: [(0.0, 1.0, -11.6499859319), (0.9, 1, -27.6241942229), (0, 1e-7, 5.0774916145)])
    func twoSensors(correlation: Double, size: Double, expected: Double) {
        let forecast = LinearForecast(
            LinearModel(Tensor.identity(1)), modelError: ModelError(covariance: Tensor(rows: [[0.5]])))
        let observations = Observations(
            [[1.0, 2.5], [1.4, 2.0], [0.7, 2.9], [1.9, 3.1]],
            errorCovariance: Tensor(rows: [[1, correlation], [correlation, 1]]),
            operator: LinearOperator(Tensor(rows: [[size], [size]])))
        let start = Gaussian(mean: Tensor([0]), covariance: Tensor.zeros([1, 1]))
        #expect(abs(logLikelihood(start, Tensor.identity(1), forecast, observations) - expected) < 1e-9)
    }

    @Test func theLimitOfDenseProblemsInAnyUnits() throws {
        for (number, system) in try DenseSystems.read().diffuse.enumerated() {
            let found = logLikelihood(
                system.belief, Tensor(rows: system.unknown ?? []), system.forecast, system.observations())
            let expected = system.loglik ?? .nan
            #expect(abs(found - expected) < 1e-7 * (1 + abs(expected)), "system \(number): \(found), not \(expected)")
        }
    }

    /// A second sensor that repeats the first one's error adds nothing.
    @Test func singularErrorsAndUnseenDirections() {
        let forecast = LinearForecast(
            LinearModel(Tensor.identity(2)), modelError: ModelError(covariance: Tensor.identity(2)))
        let start = Gaussian(mean: Tensor([0, 0]), covariance: Tensor.zeros([2, 2]))
        func begun(_ series: [[Double]], _ error: [[Double]], _ matrix: [[Double]]) -> ExactDiffuse {
            ExactDiffuse(
                finite: start, diffuse: Tensor.identity(2), forecast: forecast,
                observations: Observations(
                    series, errorCovariance: Tensor(rows: error), operator: LinearOperator(Tensor(rows: matrix))))
        }
        let twice = begun([[1, 1], [2, 2]], [[1, 1], [1, 1]], [[1, 0], [1, 0]])
        let once = begun([[1], [2]], [[1]], [[1, 0]])
        #expect(twice.logLikelihood.isFinite && abs(twice.logLikelihood - once.logLikelihood) < 1e-12)
        #expect(twice.unknownDirections == 1 && once.unknownDirections == 1)
    }
}
