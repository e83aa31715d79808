import Checks
import Tensors
import Testing

@testable import Assimilation

@Suite struct WindowTests {
    private static let model = LinearModel(
        Tensor(rows: [[0.9, 0.3, 0], [-0.3, 0.9, 0.1], [0.1, 0, 1]]), offsets: Tensor([0.1, -0.2, 0]))
    private static let start = Gaussian(mean: Tensor([1, 0, -1]), covariance: Tensor.identity(3) + 0.2)
    private static func observations(_ steps: Int) -> Observations<LinearOperator> {
        let mask = (Key(1).uniform([steps, 2]) .> 0.2).cast(to: .float64)
        return simulate(
            model, from: Tensor([0.5, 0.5, 0]), observing: LinearOperator(Tensor(rows: [[1, 0, 0.5], [0, 1, 0]])),
            errorCovariance: Tensor(rows: [[0.5, 0.1], [0.1, 0.4]]), mask: mask, steps: steps, key: Key(2)
        ).observations
    }

    /// A linear model without error: filter and smoother are those of Kalman and of Rauch, Tung and Striebel,
    /// whatever the windows.
    @Test(arguments: [(0, 1), (2, 1), (3, 2), (1, 2), (4, 4)])
    func windowsOfALinearModelAreExact(lag: Int, shift: Int) {
        let steps = lag + 1 + 3 * shift
        let observations = Self.observations(steps)
        let forecast = LinearForecast(Self.model, modelError: .none(3))
        let ensemble = Self.start.ensemble(of: 10, key: Key(3))
        let filtered = Cycle(forecast, KalmanAnalysis())(from: ensemble.gaussian, observations)
        // The exact smoother from the joint distribution: the posterior of the start, carried on.
        let whole = WindowOperator(Self.model, observations.operator, count: steps)
        let errors = observations.errorCovariance.expanded(axis: 0).broadcast(to: [steps, 2, 2]).blockDiagonal()
        let all = Observation(
            values: observations.values.flattened(), mask: observations.mask.flattened(), errorCovariance: errors,
            operator: whole)
        let posterior = KalmanAnalysis()(ensemble.gaussian, all)
        let found = WindowedCycle(
            EachMember(Self.model), IterativeEnKS(iterations: 2), model: Self.model, lag: lag, shift: shift)(
                from: ensemble, observations)
        for t in (steps - shift)..<steps {
            // The newest analyses know all that the last window knows.
            let exact = forecast.ahead(posterior.belief, step: Tensor(integer: 0), count: steps).at(t - 1)
            #expect(difference(found.analyses.at(t).mean.values, exact.mean.values) < 1e-9)
            #expect(difference(found.smoothed.at(t).mean.values, exact.mean.values) < 1e-9)
            #expect(difference(found.analyses.at(t).variance.values, exact.variance.values) < 1e-9)
        }
        let last = (steps - lag - 1)..<steps
        let path = forecast.ahead(posterior.belief, step: Tensor(integer: 0), count: steps).mean
        let exact = Tensor.concatenated([posterior.belief.mean.expanded(axis: 0), path])[last]
        #expect(difference(found.smoothed.mean[last].values, exact.values) < 1e-9)
        if shift == 1 {
            let late = lag..<steps
            #expect(difference(found.analyses.mean[late].values, filtered.analyses.mean[late].values) < 1e-9)
        }
        #expect(abs(found.logLikelihood.scalar - posterior.logLikelihood.scalar) < 1e-8)
        #expect(found.analyses.mean.shape == [steps, 3] && found.smoothed.mean.shape == [steps, 3])
    }

    /// 4D-Var of one window with the right covariance is the mean of the Gaussian posterior; `lag` 0 is 3D-Var.
    @Test func fourDimensionalVariationalWindows() {
        let observations = Self.observations(4)
        let analysis = Variational(covariance: Self.start.covariance)
        let found = WindowedCycle(PointForecast(Self.model), analysis, model: Self.model, lag: 3)(
            from: PointEstimate(Self.start.mean), observations)
        let exact = RauchTungStriebel().smooth(
            Cycle(LinearForecast(Self.model, modelError: .none(3)), KalmanAnalysis())(from: Self.start, observations),
            LinearForecast(Self.model, modelError: .none(3))
        ).beliefs.mean
        #expect(difference(found.smoothed.mean.values, exact.values) < 1e-9)
        let plain = Cycle(PointForecast(Self.model), analysis)(from: PointEstimate(Self.start.mean), observations)
        let windowed = WindowedCycle(PointForecast(Self.model), analysis, model: Self.model, lag: 0)(
            from: PointEstimate(Self.start.mean), observations)
        #expect(difference(windowed.analyses.mean.values, plain.analyses.mean.values) < 1e-12)
    }

    @Test func errorsMayVaryInTime() {
        var varying = Self.observations(5)
        let constant = varying
        varying.errorCovariance = constant.errorCovariance.expanded(axis: 0).broadcast(to: [5, 2, 2])
        let cycle = WindowedCycle(
            PointForecast(Self.model), Variational(covariance: Self.start.covariance), model: Self.model, lag: 2)
        let start = PointEstimate(Self.start.mean)
        #expect(
            difference(
                cycle(from: start, varying).analyses.mean.values, cycle(from: start, constant).analyses.mean.values)
                < 1e-12)
        #expect(checkTree(cycle) == [])
    }

    @Test func gradientsPassThroughWindows() {
        let observations = Self.observations(5)
        let check = { (x: Tensor) -> Tensor in
            let model = LinearModel(x[0] * Self.model.matrices[0])
            let analysis = Inflated(IterativeEnKS(iterations: 2), by: x[1])
            let start = Self.start.ensemble(of: 8, key: Key(4))
            return WindowedCycle(EachMember(model), analysis, model: model, lag: 2)(from: start, observations)
                .logLikelihood
        }
        #expect(
            checkOperation("windows", at: Tensor([1, 1.05]), laws: [.recorded, .values, .tangent, .adjoint], check)
                == [])
    }
}
