import Assimilation
import Checks
import Dynamics
import Foundation
import Kernels
import Networks
import Tensors
import Testing

@testable import Learning

/// Random features, reservoirs and Gaussian processes against the values of `Tests/Oracles/forecast_models.py`.
@Suite struct ForecastModelOracleTests {
    struct Oracle: Decodable {
        struct Features: Decodable {
            let reach: Int?
            let states, targets, frequencies, said: [[Double]]
            let phases: [Double]
            let ridge: Double
        }
        struct Memory: Decodable {
            let trajectory, recurrent, input, forecast: [[Double]]
            let bias: [Double]
            let leak, ridge, radius: Double
            let warmUp: Int
        }
        struct Process: Decodable {
            struct Prediction: Decodable { let mean, variance: [Double] }
            let points, values: [[Double]]
            let state, start, best: [Double]
            let likelihood, bestLikelihood: Double
            let prediction: Prediction
        }
        let features: [Features]
        let reservoir: Memory
        let process: Process
    }
    private let oracle: Oracle

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Oracles/forecast_models.json")
        oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
    }

    private func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).absolute().maximum().scalar }

    @Test func randomFeaturesAreRidgeRegression() {
        for own in oracle.features {
            let states = Tensor(rows: own.states)
            var start = RandomFeatures(
                own.phases.count, kind: .tanh, view: own.reach.map { .near(reach: $0) } ?? .wholeState,
                ridge: own.ridge, like: states, key: Key(1))
            start.hidden = Dense(weight: Tensor(rows: own.frequencies), bias: Tensor(own.phases))
            let fitted = start.fitted(to: Tensor(rows: own.targets), at: states)
            #expect(distance(fitted(states[0..<2]), Tensor(rows: own.said)) < 1e-9)
            #expect(distance(fitted(states[1]), Tensor(own.said[1])) < 1e-9)
        }
    }

    @Test func theReservoirRunsAndLearnsAsWritten() {
        let own = oracle.reservoir
        let trajectory = Tensor(rows: own.trajectory)
        var start = Reservoir(units: own.bias.count, leak: own.leak, ridge: own.ridge, like: trajectory, key: Key(1))
        start.recurrent = Tensor(rows: own.recurrent)
        start.input = Dense(weight: Tensor(rows: own.input), bias: Tensor(own.bias))
        #expect(abs(start.recurrent.spectralRadius().scalar - own.radius) < 1e-6 * own.radius)
        let fitted = start.fitted(to: trajectory, warmUp: own.warmUp)
        let state = fitted.state(after: trajectory)
        #expect(distance(fitted.trajectory(from: state, steps: 3), Tensor(rows: own.forecast)) < 1e-8)
        #expect(fitted.states(along: trajectory)[12].values == state.values)
    }

    @Test func theProcessHasTheMarginalLikelihoodAndItsMaximum() {
        let own = oracle.process
        let (points, values) = (Tensor(rows: own.points), Tensor(rows: own.values))
        var start = GaussianProcess(like: points)
        start.kernel = GaussianProcess.Kernel(logLengths: Tensor(own.start)[0..<2], logNoise: Tensor(own.start[2]))
        let found = GaussianProcess.logMarginalLikelihood(start.kernel, points, values).scalar
        #expect(abs(found - own.likelihood) < 1e-7)
        let (state, held) = (Tensor(own.state), start.fitted(to: values, at: points, steps: 0))
        #expect(distance(held(state), Tensor(own.prediction.mean)) < 1e-7)
        #expect(distance(held.variance(state), Tensor(own.prediction.variance)) < 1e-7)
        let best = start.fitted(to: values, at: points)
        let reached = GaussianProcess.logMarginalLikelihood(best.kernel, points, values).scalar
        #expect(abs(reached - own.bestLikelihood) < 1e-4, "\(reached) against \(own.bestLikelihood)")
        #expect(distance(best.kernel.logLengths, Tensor(own.best)[0..<2]) < 0.02)
    }
}

/// The laws of the same models, and what they are good for.
@Suite struct ForecastModelTests {
    static let line = Key(1).normal([30, 6])

    @Test func randomFeaturesAndProcessesAreLawful() {
        let targets = Key(2).normal([30, 6])
        for view in [PlaceView.wholeState, .near(reach: 1)] {
            for kind in RandomFeatures.Kind.allCases {
                let features = RandomFeatures(9, kind: kind, view: view, ridge: 1e-3, like: Self.line, key: Key(3))
                let model = features.model(of: Self.line)
                #expect(checkModel(model, at: Self.line[3]) == [], "\(kind), \(view)")
            }
            let process = GaussianProcess(maximumPoints: 12, view: view, noise: 0.1, like: Self.line)
            let fitted = process.fitted(to: targets, at: Self.line, steps: 3)
            #expect(checkModel(Corrected(Persistent(), by: fitted), at: Self.line[3]) == [], "\(view)")
            #expect(checkMap(Function { (x: Tensor) in fitted.variance(x) }, at: Self.line[3]) == [], "\(view)")
        }
    }

    @Test(arguments: [PlaceView.wholeState, .near(reach: 1)])
    func reservoirsAreLawful(view: PlaceView) {
        let reservoir = Reservoir(units: 5, view: view, leak: 0.8, ridge: 1e-3, like: Self.line, key: Key(4))
            .fitted(to: Self.line, warmUp: 5)
        let state = reservoir.state(after: Self.line)
        #expect(state.count == 6 + 5 * view.places(6))
        #expect(checkModel(reservoir, at: state) == [])
    }

    /// A model shared by all places says of the turned state the turned.
    @Test func modelsOfNearVariablesAreHomogeneous() {
        let view = PlaceView.near(reach: 2)
        let features = RandomFeatures(20, view: view, like: Self.line, key: Key(5)).model(of: Self.line)
        let process = GaussianProcess(maximumPoints: 20, view: view, like: Self.line).model(of: Self.line)
        let x = Self.line[7]
        #expect((features(x.rolled(by: 2)) - features(x).rolled(by: 2)).absolute().maximum().scalar < 1e-10)
        #expect((process(x.rolled(by: 2)) - process(x).rolled(by: 2)).absolute().maximum().scalar < 1e-10)
    }

    /// Two reservoirs that began differently agree once the same states have driven them for long.
    @Test func aReservoirForgetsItsRest() {
        let path = ForecastSkillTests.lorenz63(400)
        let reservoir = Reservoir(units: 30, spectralRadius: 0.5, like: path, key: Key(6))
        let (one, other) = (reservoir.memories(path), reservoir.memories(path[200..<400]))
        #expect((one[399] - other[199]).absolute().maximum().scalar < 1e-9)
        #expect((one[201] - other[1]).absolute().maximum().scalar > 1e-3)
    }

    /// Where values were seen the variance is the noise alone, far away that of the climate;
    /// errors are as large as it says.
    @Test func theVarianceOfAProcessIsThatOfItsErrors() {
        let states = 2 * Key(7).normal([500, 2])
        let truth = (states.slice(axis: 1, from: 0, to: 1).sin() + states.slice(axis: 1, from: 1, to: 2)).tanh()
        let both = truth * Tensor([1, 3])
        let noisy = both + Tensor([0.1, 0.3]) * Key(8).normal([500, 2])
        let process = GaussianProcess(maximumPoints: 250, noise: 1e-2, like: states)
            .fitted(to: noisy[0..<300], at: states[0..<300])
        let tested = 300..<500
        let errors = (process(states[tested]) - noisy[tested]).squared() / process.variance(states[tested])
        #expect((errors.mean(axes: [0]) - 1).absolute().maximum().scalar < 0.35, "\(errors.mean(axes: [0]).values)")
        let far = process.variance(Tensor([40, 40])) / process.variance(states[0])
        #expect(far.minimum().scalar > 5)
        let deviations = process.modelError(at: states[tested]).factors[0].diagonal()
        #expect((deviations / Tensor([0.1, 0.3]) - 1).absolute().maximum().scalar < 0.35, "\(deviations.values)")
    }
}

/// Models learned from clean trajectories forecast truths that they have not seen.
@Suite struct ForecastSkillTests {
    static func lorenz63(_ count: Int, start: Tensor = Tensor([1, 2, 20])) -> Tensor {
        compile(like: start) { start in
            let model = RungeKutta4(Lorenz63(), step: 0.02)
            return model.trajectory(from: model.repeated(200)(start), steps: count)
        }(start)
    }
    static func lorenz96(_ count: Int, seed: Int) -> Tensor {
        compile(like: Key(seed)) { key in
            let model = RungeKutta4(Lorenz96(), step: 0.05)
            return model.trajectory(from: model.repeated(400)(8 + key.normal([20])), steps: count)
        }(Key(seed))
    }

    /// Mean over some starts of the time until the error of a forecast is over 0.4 of the climate's deviation,
    /// in Lyapunov times.
    static func validTimes<M: StateMap>(
        _ model: M, from starts: [Tensor], along truth: Tensor, times: [Int], steps: Int, step: Double, exponent: Double
    ) -> Double {
        let forecast = compile(like: starts[0]) { model.trajectory(from: $0, steps: steps) }
        let deviation = (truth - truth.mean(axes: [0])).squared().mean().sqrt().scalar
        let n = truth.shape[1]
        let valid = zip(starts, times).map { start, time -> Double in
            let path = forecast(start).slice(axis: 1, from: 0, to: n)
            let errors = (path - truth[(time + 1)..<(time + 1 + steps)]).squared().mean(axes: [1]).sqrt().values
            return Double(errors.firstIndex { !($0 < 0.4 * deviation) } ?? steps) * step * exponent
        }
        return valid.reduce(0, +) / Double(valid.count)
    }

    static let (learned63, test63) = (lorenz63(3000), lorenz63(3000, start: Tensor([-3, 5, 30])))
    static let starts63 = Array(stride(from: 300, to: 2400, by: 150))

    func score63<M: StateMap>(_ model: M, _ starts: [Tensor]) -> Double {
        Self.validTimes(
            model, from: starts, along: Self.test63, times: Self.starts63, steps: 500, step: 0.02, exponent: 0.906)
    }

    @Test func randomFeaturesForecastLorenz63() {
        let model = RandomFeatures(300, like: Self.learned63, key: Key(1)).model(of: Self.learned63)
        let valid = score63(model, Self.starts63.map { Self.test63[$0] })
        #expect(valid > 4)
    }

    @Test func aReservoirForecastsLorenz63() {
        let model = Reservoir(units: 300, like: Self.learned63, key: Key(2)).fitted(to: Self.learned63)
        let valid = score63(model, Self.starts63.map { model.state(after: Self.test63[0..<($0 + 1)]) })
        #expect(valid > 4)
    }

    @Test func aProcessForecastsLorenz63() {
        let model = GaussianProcess(maximumPoints: 400, like: Self.learned63).model(of: Self.learned63)
        let valid = score63(model, Self.starts63.map { Self.test63[$0] })
        #expect(valid > 2)
    }

    /// One function of near variables for all places, from 300 times.
    @Test func modelsOfNearVariablesForecastLorenz96() {
        let (learned, test) = (Self.lorenz96(400, seed: 1), Self.lorenz96(700, seed: 2))
        let times = Array(stride(from: 100, to: 600, by: 50))
        func score<M: StateMap>(_ model: M, _ starts: [Tensor]) -> Double {
            Self.validTimes(model, from: starts, along: test, times: times, steps: 90, step: 0.05, exponent: 1.5)
        }
        let view = PlaceView.near(reach: 3)
        let states = times.map { test[$0] }
        let features = score(
            RandomFeatures(300, view: view, length: 6, like: learned, key: Key(3)).model(of: learned), states)
        let process = score(GaussianProcess(maximumPoints: 400, view: view, like: learned).model(of: learned), states)
        let reservoir = Reservoir(
            units: 200, view: view, spectralRadius: 0.2, inputScale: 0.1, like: learned, key: Key(4)
        )
        .fitted(to: learned)
        let memory = score(reservoir, times.map { reservoir.state(after: test[0..<($0 + 1)]) })
        let persistence = score(Persistent(), states)
        #expect(features > 1.5 && process > 1 && memory > 1 && persistence < 0.4)
    }

    /// In a filter, seen in one variable only: with the state augmented by the reservoir,
    /// with a process and the error that it knows of.
    @Test func learnedModelsStandInFilters() {
        let count = 400
        let truth = Self.test63[0..<count]
        let observations = Observations(
            values: truth.slice(axis: 1, from: 0, to: 1) + Key(3).normal([count, 1]),
            errorCovariance: Tensor.identity(1), operator: LinearOperator.first(1, of: 3))
        func error<M: StateMap, H: StateMap>(
            _ model: M, _ modelError: ModelError?, _ start: Tensor, _ observations: Observations<H>
        ) -> Double {
            let members = Ensemble(members: start, key: Key(5))
            let analyses = compile(like: members) { members in
                Cycle(EachMember(model, modelError: modelError), Inflated(ETKF(), by: 1.02))(
                    from: members, observations
                ).analyses.mean.slice(axis: 1, from: 0, to: 3)
            }(members)
            return (analyses - truth).squared().mean(axes: [1]).sqrt()[100..<count].mean().scalar
        }
        let climate = Self.learned63.taking(Tensor(integers: (0..<30).map { 200 + 80 * $0 }))
        let process = GaussianProcess(maximumPoints: 300, like: Self.learned63).model(of: Self.learned63)
        let noise = process.correction.modelError(at: Self.learned63[0..<200])
        let withProcess = error(process, noise, climate, observations)
        let reservoir = Reservoir(units: 100, like: Self.learned63, key: Key(2)).fitted(to: Self.learned63)
        let states = reservoir.states(along: Self.learned63).taking(Tensor(integers: (0..<30).map { 199 + 80 * $0 }))
        let withReservoir = error(reservoir, nil, states, observations.ofFirst(3))
        let withTruth = error(RungeKutta4(Lorenz63(), step: 0.02), nil, climate, observations)
        #expect(withTruth < 0.6 && withProcess < 1.2 && withReservoir < 1.2)
    }
}
