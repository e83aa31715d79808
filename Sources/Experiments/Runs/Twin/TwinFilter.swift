import Assimilation
import Kernels
import Learning
import Tensors

/// A method with its parameters on one seed: the filter is put together, compiled and run.
struct TwinFilter: Sendable {
    let setting: TwinSetting
    let kind: TwinMethodKind
    let candidate: MethodCandidate
    /// What forecasts.
    let model: TrainedModel
    /// What was learned, for methods that learn.
    var learned: LearnedAnalysis?

    /// The series, and the seconds that the compiled run took.
    func run(_ draw: TwinDraw) -> (series: FilterSeries, seconds: Double) {
        let (model, noise) = (Autonomous(model.model), model.modelError)
        let climate = Climatology(of: draw.climate).climate
        let members = candidate.whole(.members)
        switch kind {
        case .climatology: return (climatology(climate, draw), 0)
        case .optimalInterpolation:
            return series(Cycle(Climatology(climate), KalmanAnalysis()), from: climate, draw)
        case .threeDVar:
            let share = Tensor(candidate[.scale]) * climate.covariance
            let analysis = Variational(covariance: share, iterations: setting.function == .identity ? 1 : 3)
            return series(Cycle(PointForecast(model), analysis), from: PointEstimate(climate.mean), draw)
        case .extendedKalman:
            let error = noise ?? .none(setting.model.variables)
            let forecast = ExtendedForecast(model, modelError: error, inflation: Tensor(candidate[.inflation]))
            let spread = setting.startSpread(draw.climate)
            let start = Gaussian(mean: draw.twin.truth[0], covariance: spread.squared().diagonalMatrix())
            return series(Cycle(forecast, KalmanAnalysis()), from: start, draw)
        case .stochasticEnKF: return ensemble(StochasticEnKF(), members, draw)
        case .etkf: return ensemble(ETKF(rotates: rotates), members, draw)
        case .deterministicEnKF: return ensemble(DeterministicEnKF(), members, draw)
        case .serialEnSRF: return ensemble(SerialEnSRF(rotates: rotates), members, draw)
        case .enKFN: return ensemble(EnKFN(rotates: rotates), members, draw)
        case .letkf: return ensemble(LETKF(localization, rotates: rotates), members, draw)
        case .localStochasticEnKF: return ensemble(LocalizedStochasticEnKF(localization), members, draw)
        case .fourDVar:
            let analysis = Variational(
                covariance: Tensor(candidate[.scale]) * climate.covariance, iterations: candidate.whole(.iterations))
            let lag = candidate.whole(.lag)
            return windows(
                WindowedCycle(PointForecast(model), analysis, model: model, lag: lag, shift: 1),
                from: PointEstimate(climate.mean), draw)
        case .iterativeEnKS:
            let smoother = IterativeEnKS(
                iterations: candidate.whole(.iterations), tolerance: candidate[.tolerance], rotates: rotates,
                certainty: candidate[.finiteSize] == 0 ? nil : 1)
            let analysis = Inflated(smoother, by: Tensor(candidate[.inflation]))
            let forecast = EachMember(model, modelError: noise)
            return windows(
                WindowedCycle(forecast, analysis, model: model, lag: candidate.whole(.lag), shift: 1),
                from: start(members, draw), draw)
        case .bootstrapParticles: return particles(BootstrapAnalysis(), members, draw)
        case .optimalParticles:
            return particles(
                OptimalProposal(modelError: noise ?? .none(setting.model.variables)), members, draw)
        case .scoreFilter:
            let schedule = NoiseSchedule(
                finalScale: Tensor(candidate[.finalScale]), initialVariance: Tensor(candidate[.initialVariance]))
            return ensemble(
                EnsembleScoreFilter(schedule, steps: candidate.whole(.diffusionSteps)), members, draw)
        case .learnedGain, .learnedEnsembleGain, .residualNetwork, .learnedLocalization, .jointNetworks,
            .setTransformer:
            let start = PointEstimate(climate.mean)
            switch learned {
            case .gain(let gain): return series(Cycle(PointForecast(model), gain), from: start, draw)
            case .network(let network): return series(Cycle(PointForecast(model), network), from: start, draw)
            case .radius(let tuning): return tuned(tuning, draw)
            case .taper(let tuning): return tuned(tuning, draw)
            case .joint(let cycle): return series(cycle, from: start, draw)
            case .ensembleGain(let gain):
                let forecast = EachMember(model, modelError: noise)
                return series(Cycle(forecast, gain), from: self.start(members, draw), draw)
            case .ensemble(let analysis):
                let forecast = EachMember(model, modelError: noise)
                return series(Cycle(forecast, analysis), from: self.start(members, draw), draw)
            case nil: preconditionFailure("\(kind.rawValue) is tested before it was trained")
            }
        }
    }

    private func tuned<Weights: Taper>(_ tuning: TunedLocalization<Weights>, _ draw: TwinDraw) -> (FilterSeries, Double)
    {
        let forecast = EachMember(model.model, modelError: model.modelError)
        let start = setting.start(candidate.whole(.members), draw)
        return series(
            Cycle(forecast, tuning.analysis(setting.places, observing: setting.observed)), from: start, draw)
    }

    private var rotates: Bool { candidate[.rotates] != 0 }

    /// Settings whose variables have no place are refused when the configuration is read.
    private var localization: Localization<GaspariCohn> {
        // What is remembered lies where it was seen.
        let variables = Array(0..<setting.model.variables)
        let each = memory / variables.count
        let places = variables + variables.flatMap { [Int](repeating: $0, count: each) }
        return Localization(
            GaspariCohn(radius: Tensor(candidate[.radius])), variables: setting.places.taking(places),
            observed: setting.places.taking(setting.observed))
    }

    /// How many numbers the model remembers.
    private var memory: Int { model.model.memory(of: setting.model.variables) }

    /// Members that remember nothing.
    private func start(_ members: Int, _ draw: TwinDraw) -> Ensemble {
        var start = setting.start(members, draw)
        if memory > 0 { start.members = start.members.padded(axis: 1, before: 0, after: memory) }
        return start
    }

    private func ensemble<A: Analysis>(_ analysis: A, _ members: Int, _ draw: TwinDraw) -> (FilterSeries, Double)
    where A.State == Ensemble {
        let forecast = EachMember(model.model, modelError: model.modelError)
        let inflated = Inflated(analysis, by: Tensor(candidate[.inflation]))
        let cycle = Cycle(forecast, inflated)
        if memory == 0 { return series(cycle, from: start(members, draw), draw) }
        let count = setting.model.variables
        return remembering(cycle, from: start(members, draw), draw) {
            Ensemble(members: $0.members.slice(axis: -1, from: 0, to: count), key: $0.key)
        }
    }

    private func particles<A: Analysis>(_ analysis: A, _ members: Int, _ draw: TwinDraw) -> (FilterSeries, Double)
    where A.State == Particles {
        // The optimal proposal draws the model error itself.
        let forecast = EachParticle(model.model, modelError: kind == .optimalParticles ? nil : model.modelError)
        let resampled = Resampled(
            analysis, threshold: candidate[.threshold], jitter: Tensor(candidate[.jitter]))
        let cycle = Cycle(forecast, resampled)
        let start = Particles(start(members, draw))
        if memory == 0 { return series(cycle, from: start, draw) }
        let count = setting.model.variables
        return remembering(cycle, from: start, draw) {
            Particles(
                states: $0.states.slice(axis: -1, from: 0, to: count), logWeights: $0.logWeights, key: $0.key)
        }
    }

    private func climatology(_ climate: Gaussian, _ draw: TwinDraw) -> FilterSeries {
        // One covariance serves all times.
        vmap { (truth: Tensor) in FilterSeries(climate, truth: truth) }(draw.twin.truth)
    }

    private func series<F: Forecast, A: Analysis>(
        _ cycle: Cycle<F, A>, from start: F.State, _ draw: TwinDraw
    ) -> (FilterSeries, Double) where F.State == A.State {
        segments(cycle, from: start, draw.twin) { $0 }
    }

    /// The same where the state has a memory behind it, which is not observed and not scored.
    private func remembering<F: Forecast, A: Analysis>(
        _ cycle: Cycle<F, A>, from start: F.State, _ draw: TwinDraw, scoring part: @escaping (F.State) -> F.State
    ) -> (FilterSeries, Double) where F.State == A.State {
        let seen = draw.twin.observations.ofFirst(setting.model.variables)
        return segments(cycle, from: start, Twin(truth: draw.twin.truth, observations: seen), scoring: part)
    }

    /// The filter and its start are arguments of the program, so that all parameters and seeds share its code, and it
    /// runs in segments, so that all lengths do. The last one is filled up with times at which nothing is observed.
    private func segments<F: Forecast, A: Analysis, H: Map>(
        _ cycle: Cycle<F, A>, from start: F.State, _ twin: Twin<H>, scoring part: @escaping (F.State) -> F.State
    ) -> (FilterSeries, Double) where F.State == A.State, H.Input == Tensor, H.Output == Tensor {
        let count = twin.observations.count
        let length = TwinFilter.segment(of: count)
        func input(_ belief: F.State, _ first: Int) -> Pair<Pair<Cycle<F, A>, Pair<F.State, Tensor>>, Twin<H>> {
            let end = min(first + length, count)
            func times(_ x: Tensor) -> Tensor {
                x[first..<end].padded(axis: 0, before: 0, after: first + length - end)
            }
            let now = Twin(truth: times(twin.truth), observations: twin.observations.mappingTimes(times))
            return Pair(Pair(cycle, Pair(belief, Tensor(integers: [first], shape: []))), now)
        }
        let program = compile(like: input(start, 0), calls: .few) {
            let now = $0.first.second
            let run = $0.first.first.series(from: now.first, $0.second, firstStep: now.second, of: part)
            return Pair(run.next, run.records)
        }
        let clock = ContinuousClock.now
        var (belief, parts) = (start, [FilterSeries]())
        for first in stride(from: 0, to: count, by: length) {
            let found = program(input(belief, first))
            belief = found.first
            parts.append(found.second)
        }
        let series = FilterSeries(joining: parts, count: count)
        return (series, (ContinuousClock.now - clock) / .seconds(1))
    }

    /// Of how many times a segment of so many is: one length for all long series, and few for short ones.
    static func segment(of count: Int) -> Int {
        var length = 16
        while length < min(count, 256) { length *= 2 }
        return length
    }

    private func windows<F: Forecast, A: Analysis, M: ForecastModel>(
        _ cycle: WindowedCycle<F, A, M>, from start: F.State, _ draw: TwinDraw
    ) -> (FilterSeries, Double) where F.State == A.State {
        timed(Pair(Pair(cycle, start), draw.twin)) {
            let trajectory = $0.first.first(from: $0.first.second, $0.second.observations)
            return FilterSeries(stacked: trajectory.analyses, truth: $0.second.truth)
        }
    }

    private func timed<Input: Tree>(
        _ input: Input, _ run: (Input) -> FilterSeries
    ) -> (FilterSeries, Double) {
        let program = compile(like: input, calls: .few, run)
        let start = ContinuousClock.now
        let series = program(input)
        return (series, (ContinuousClock.now - start) / .seconds(1))
    }
}
