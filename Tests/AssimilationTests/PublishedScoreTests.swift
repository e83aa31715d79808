import Dynamics
import Kernels
import Tensors
import Testing

@testable import Assimilation

/// A twin experiment of Lorenz's model of 1996, whose scores are published.
private struct Lorenz96Setting {
    var variables = 40
    var step = 0.05
    /// Steps from one observation to the next.
    var every = 1
    /// Every so many variables is observed.
    var stride = 1
    var errorVariance = 1.0
    var cycles = 1300
    var spinUp = 200

    var model: Repeated<RungeKutta4<Lorenz96>> { RungeKutta4(Lorenz96(), step: step).repeated(every) }
    var observed: [Int] { Array(Swift.stride(from: 0, to: variables, by: stride)) }
    var climate: Gaussian {
        let model = RungeKutta4(Lorenz96(), step: 0.05).repeated(20)
        let states = compile(like: Key(99)) { key in
            model.trajectory(from: model.repeated(50)(8 + 0.1 * key.normal([variables])), steps: 4000)
        }
        return Climatology(of: states(Key(99))).climate
    }

    func twin(_ key: Key) -> Twin<LinearOperator> {
        let keys = key.split(2)
        let start = RungeKutta4(Lorenz96(), step: step).repeated(1000)(8 + 0.1 * keys[0].normal([variables]))
        let matrix = Tensor.identity(variables).taking(Tensor(integers: observed))
        return simulate(
            model, from: start, observing: LinearOperator(matrix),
            errorCovariance: errorVariance * Tensor.identity(observed.count), steps: cycles, key: keys[1])
    }
    /// Members about a wrong state, both near the truth: a small ensemble does not find it from afar.
    func ensemble(_ count: Int, about truth: Tensor, _ key: Key) -> Ensemble {
        let keys = key.split(3)
        let error = keys[0].normal([variables]) + keys[1].normal([count, variables])
        return Ensemble(members: truth + 0.1 * error, key: keys[2])
    }

    /// The mean over seeds of the time mean, after spin-up, of the error over the variables.
    func score(seeds: Int, _ estimate: (Twin<LinearOperator>, Key) -> Tensor) -> Double {
        let run = compile(like: Key(0)) { key in
            let keys = key.split(2)
            let twin = twin(keys[0])
            return twin.errors(of: estimate(twin, keys[1]))[spinUp..<cycles].mean()
        }
        return (1...seeds).map { run(Key($0)).scalar }.reduce(0, +) / Double(seeds)
    }
    func score<A: Analysis>(_ analysis: A, members: Int, seeds: Int = 2) -> Double where A.State == Ensemble {
        score(seeds: seeds) { twin, key in
            Cycle(EachMember(model), analysis)(
                from: ensemble(members, about: twin.truth[0], key), twin.observations
            ).analyses.mean
        }
    }
    func score<A: Analysis>(_ analysis: A, particles: Int, seeds: Int = 2) -> Double where A.State == Particles {
        score(seeds: seeds) { twin, key in
            Cycle(EachParticle(model), analysis)(
                from: Particles(ensemble(particles, about: twin.truth[0], key)), twin.observations
            ).analyses.mean
        }
    }
}

private func agrees(_ found: Double, _ published: Double, within tolerance: Double = 0.02) {
    #expect(abs(found - published) < tolerance, "published \(published), found \(found)")
}

/// Sakov & Oke (2008), Lorenz-96 with 40 variables, all observed every 0.05, R = I; scores as collected by DAPPER.
@Suite struct Sakov2008Tests {
    private static let setting = Lorenz96Setting()

    @Test func stochasticFilter() {
        agrees(Self.setting.score(Inflated(StochasticEnKF(), by: 1.06), members: 40), 0.22)
    }
    @Test func transformFilter() {
        agrees(Self.setting.score(Inflated(Rotated(ETKF()), by: 1.013), members: 24), 0.18)
    }
    @Test func localTransformFilter() {
        let localization = Localization(GaspariCohn(radius: 4), .circle(40))
        agrees(Self.setting.score(Inflated(Rotated(LETKF(localization)), by: 1.04), members: 7), 0.22)
    }
    @Test func deterministicAndSerialFilters() {
        agrees(Self.setting.score(Inflated(DeterministicEnKF(), by: 1.01), members: 40), 0.18)
        agrees(Self.setting.score(Inflated(Rotated(SerialEnSRF()), by: 1.02), members: 28), 0.18)
    }
    @Test func finiteSizeFilter() {
        agrees(Self.setting.score(Rotated(EnKFN()), members: 24), 0.21)
        agrees(Self.setting.score(Rotated(EnKFN(certainty: 2)), members: 24), 0.18)
    }
    @Test func staticCovariances() {
        let (setting, climate) = (Self.setting, Self.setting.climate)
        let variational = setting.score(seeds: 2) { twin, _ in
            let analysis = Variational(covariance: 0.02 * climate.covariance)
            return Cycle(PointForecast(setting.model), analysis)(from: PointEstimate(climate.mean), twin.observations)
                .analyses.mean
        }
        agrees(variational, 0.41)
        let interpolation = setting.score(seeds: 2) { twin, _ in
            Cycle(Climatology(climate), KalmanAnalysis())(from: climate, twin.observations).analyses.mean
        }
        agrees(interpolation, 0.95)
        let climatology = setting.score(seeds: 2) { twin, _ in climate.mean.broadcast(to: twin.truth.shape) }
        agrees(climatology, 3.6, within: 0.05)
    }
}

/// Other settings of the same model.
@Suite struct Lorenz96ScoreTests {
    /// Bocquet & Sakov (2013), observed every 0.2: 4D-Var with a background covariance that is a multiple of the
    /// identity, each window using its newest observation.
    @Test func fourDimensionalVariational() {
        let setting = Lorenz96Setting(every: 4, cycles: 800, spinUp: 100)
        let score = setting.score(seeds: 2) { twin, _ in
            let analysis = Variational(covariance: 0.1 * Tensor.identity(40), iterations: 5)
            return WindowedCycle(PointForecast(setting.model), analysis, model: setting.model, lag: 2)(
                from: PointEstimate(twin.truth[0] + 0.5), twin.observations
            ).analyses.mean
        }
        agrees(score, 0.39)
    }

    /// Bocquet (2010), 10 variables of which 5 are observed, R = 2.25 I. DAPPER's lists have .25 and .29 for this
    /// filter; seeds of two thousand cycles differ by .03, the more upwards as the particles
    /// lose the truth now and then.
    @Test func regularizedParticleFilter() {
        let setting = Lorenz96Setting(variables: 10, stride: 2, errorVariance: 2.25, cycles: 2300, spinUp: 300)
        let filter = Resampled(BootstrapAnalysis(), threshold: 0.2, jitter: 0.8)
        agrees(setting.score(filter, particles: 800, seeds: 5), 0.29, within: 0.05)
    }

    /// 10 of 40 variables observed every 0.15 with R = I: the tuned baseline of learned filters. A seed of a thousand
    /// cycles has a standard error of about .08.
    @Test func sparselyObserved() {
        let setting = Lorenz96Setting(step: 0.03, every: 5, stride: 4)
        let localization = Localization(GaspariCohn(radius: 1), .circle(40), observing: setting.observed)
        agrees(setting.score(Inflated(LETKF(localization), by: 1.04), members: 10, seeds: 5), 2.02, within: 0.12)
    }
}

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
