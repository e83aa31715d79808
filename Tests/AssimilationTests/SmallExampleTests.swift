import Dynamics
import Kernels
import Tensors
import Testing

@testable import Assimilation

/// Bach, Baptista, Sanz-Alonso & Stuart, *Machine Learning for Inverse Problems and Data Assimilation*:
/// two small examples.
@Suite struct SmallExampleTests {
    /// A noisy rotation by 0.3 of which one coordinate is seen: 80 steps, scored by one realisation of each filter.
    /// Ours are many, and theirs must be one of these.
    @Test func noisyRotation() {
        let (cosine, sine) = (Tensor(0.3).cos().scalar, Tensor(0.3).sin().scalar)
        let model = LinearModel(Tensor(rows: [[cosine, -sine], [sine, cosine]]))
        let noise = ModelError(covariance: 1e-4 * Tensor.identity(2))
        let prior = Gaussian(mean: Tensor([0, 0]), covariance: Tensor.identity(2))
        let run = compile(like: Key(1)) { key in
            let keys = key.split(4)
            let twin = simulate(
                model, modelError: noise, from: keys[0].normal([2]), observing: LinearOperator.first(1, of: 2),
                errorCovariance: Tensor.identity(1), steps: 80, key: keys[1])
            let (few, many) = (prior.ensemble(of: 10, key: keys[2]), Particles(prior.ensemble(of: 50, key: keys[3])))
            let (forecast, y) = (EachMember(model, modelError: noise), twin.observations)
            let exact = Cycle(LinearForecast(model, modelError: noise), KalmanAnalysis())(from: prior, y)
            let means = [
                exact.analyses.mean,
                Cycle(forecast, StochasticEnKF())(from: few, y).analyses.mean,
                Cycle(forecast, SerialEnSRF())(from: few, y).analyses.mean,
                Cycle(EachParticle(model, modelError: noise), Resampled(BootstrapAnalysis()))(from: many, y)
                    .analyses.mean,
                Cycle(EachParticle(model), Resampled(OptimalProposal(modelError: noise)))(from: many, y).analyses.mean,
            ]
            return Tensor.stacked(means.map { twin.errors(of: $0).mean() })
        }
        let scores = Tensor.stacked((0..<200).map { run(Key($0)) })
        let (mean, spread) = (scores.mean(axes: [0]).values, scores.variance(axes: [0], correction: 1).sqrt().values)
        for (i, published) in zip(1..., [0.280, 0.252, 0.263, 0.206]) {
            #expect(mean[i] > mean[0])  // nothing beats the exact filter in the mean
            #expect(abs(published - mean[i]) < 2 * spread[i], "published \(published), ours \(mean[i]) ± \(spread[i])")
        }
    }

    private static let modelNoise = 0.1
    private static let looking = Function<Tensor, Tensor> { ($0 * Tensor(2 * Double.pi)).cos() }
    private static let doubling = Function<Tensor, Tensor> { (2 * $0) % 1 }

    private func doublingTwin(_ noise: Double, steps: Int) -> Twin<Function<Tensor, Tensor>> {
        simulate(
            Self.doubling, modelError: ModelError(factors: Tensor([Self.modelNoise], shape: [1, 1])),
            from: Key(1).uniform([1]), observing: Self.looking,
            errorCovariance: Tensor([noise * noise], shape: [1, 1]),
            steps: steps, key: Key(2))
    }

    /// Bayes' rule for the doubling map on a grid of the circle, by quadrature: the part of the particles that is
    /// effective after each observation, for a prior that is sampled perfectly.
    private func effectiveParts(_ observations: Observations<Function<Tensor, Tensor>>, _ noise: Double) -> [Double] {
        let cells = 800
        let grid = (Tensor.range(cells).cast(to: .float64) + 0.5) / Tensor(Double(cells))
        let distance = (grid.expanded(axis: -1) - 2 * grid + 0.5) % 1 - 0.5
        let variance = Tensor(Self.modelNoise * Self.modelNoise)
        let transition = [-1.0, 0, 1].map { (-0.5 / variance * (distance + Tensor($0)).squared()).exp() }.reduce(0, +)
        var density = Tensor.filled(1 / Double(cells), [cells])
        return (0..<observations.count).map { t in
            let departure = Self.looking(grid) - observations.values[t]
            let likelihood = (-0.5 / Tensor(noise * noise) * departure.squared()).exp()
            let joint = density * likelihood
            let part = joint.sum().squared() / (joint * likelihood).sum()
            let next = transition.vectorProduct(joint)
            density = next / next.sum()
            return part.scalar
        }
    }

    /// `v' = 2 v + ξ mod 1` seen through its cosine: the posterior has two modes,
    /// of which the ensemble Kalman filter is blind.
    @Test func doublingMap() {
        let (noise, steps) = (0.5, 60)
        let twin = doublingTwin(noise, steps: steps)
        let modelError = ModelError(factors: Tensor([Self.modelNoise], shape: [1, 1]))
        let uniform = { (count: Int) in Ensemble(members: Key(3).uniform([count, 1]), key: Key(4)) }
        let many = Particles(uniform(10_000))
        let particles = compile(like: many) { start in
            let forecast = EachParticle(Self.doubling, modelError: modelError)
            let filter = Cycle(forecast, Resampled(BootstrapAnalysis(), threshold: 1))
            return filter(from: start, twin.observations).backgrounds.states
        }(many)
        let seen = Self.looking(particles) - twin.observations.values.expanded(axis: 1)
        let likelihoods = (-0.5 / Tensor(noise * noise) * seen.squared()).exp()
        let sizes = likelihoods.sum(axes: [1, 2]).squared() / likelihoods.squared().sum(axes: [1, 2])
        let exact = effectiveParts(twin.observations, noise)
        for (found, expected) in zip(sizes.values, exact) { #expect(abs(found / 10_000 - expected) < 0.03) }

        let filter = Cycle(EachMember(Self.doubling, modelError: modelError), StochasticEnKF())
        let backgrounds = filter(from: uniform(100), twin.observations).backgrounds
        let gains = (0..<steps).map { t -> Double in
            let now = backgrounds.at(t)
            let y = Self.looking(now.members)
            let anomalies = y - y.mean(axes: [0])
            return ((now.anomalies * anomalies).sum() / (anomalies.squared().sum() + Tensor(99 * noise * noise))).scalar
        }.sorted()
        #expect(abs(gains[steps / 2]) < 0.03, "median gain \(gains[steps / 2])")
    }
}
