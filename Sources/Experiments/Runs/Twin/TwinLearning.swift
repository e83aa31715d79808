import Assimilation
import Dynamics
import Foundation
import Kernels
import Learning
import Networks
import Tensors

/// An analysis that was learned for a twin experiment.
enum LearnedAnalysis: Sendable {
    case gain(FixedGain<PointEstimate>)
    case ensembleGain(FixedGain<Ensemble>)
    case network(ResidualAnalysis)
    case radius(TunedLocalization<LogRadius>)
    case taper(TunedLocalization<FreeTaper>)
    case joint(JointNetworks)
    case ensemble(SetTransformerAnalysis)
}

/// A forecast model and an analysis that are learned together.
typealias JointNetworks = Cycle<
    PointForecast<Autonomous<Bounded<LearnedModel<TwinModel.ConvolutionField>>>>, ResidualAnalysis
>

/// A learned analysis and how it came about; of a method with several combinations of parameters, one of them.
struct TrainedMethod: Sendable {
    /// Of its files.
    let name: String
    let analysis: LearnedAnalysis
    let record: TrainingRecord
}

/// Trains a method of a twin experiment on truths that no test sees; which of its states is kept is chosen on others
/// (validation).
///
/// The model is `models/NAME.safetensors` in the run's folder, read again if it is there; while training goes on,
/// `stages/training/NAME.safetensors` holds all that is needed to go on to the same bits; `tensorboard/NAME` gets the
/// learning curve.
struct TwinLearning: Sendable {
    let setting: TwinSetting
    let method: TwinMethod
    /// Which combination of its parameters.
    let number: Int
    let seed: Int
    /// What forecasts.
    let model: TrainedModel

    private var candidate: MethodCandidate { method.candidates[number] }
    private var key: Key { Key(1_000_000 + seed).folding(7) }

    /// How many truths a gradient is the mean of: a filter that has lost one of them does not decide alone.
    private let trajectories = 8
    /// How many others choose what is kept.
    private let held = 2
    private func twins() -> [Twin<ObservedPart>] {
        (0..<trajectories).map { setting.draw(.training, seed: trajectories * seed + $0).twin }
            + (0..<held).map { setting.draw(.validation, seed: held * seed + $0).twin }
    }

    func trained(in folder: RunFolder, options: RunOptions) throws(InputError) -> TrainedMethod {
        let work = LearningFiles(
            folder: folder, name: method.trainingName(number), place: method.trainingPlace(number),
            isQuiet: options.isQuiet)
        switch method.kind {
        case .learnedGain: return try gain(work)
        case .learnedEnsembleGain: return try ensembleGain(work)
        case .residualNetwork: return try network(work)
        case .learnedLocalization: return try localization(work)
        case .jointNetworks: return try joint(work)
        case .setTransformer: return try ensemble(work)
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .stochasticEnKF, .etkf,
            .deterministicEnKF, .serialEnSRF, .enKFN, .letkf, .localStochasticEnKF, .fourDVar, .iterativeEnKS,
            .bootstrapParticles, .optimalParticles, .scoreFilter:
            preconditionFailure("\(method.kind.rawValue) is not learned")
        }
    }

    private func record<Parameters: Tree>(
        _ state: TrainingState<Parameters>, of start: Parameters, stepsPerEpoch: Int
    ) -> TrainingRecord {
        TrainingRecord(
            kind: method.kind.rawValue, setting: setting.name, given: candidate, of: start,
            losses: Array(state.losses.values.prefix(state.epochs)), stepsPerEpoch: stepsPerEpoch,
            outcome: state.outcome)
    }

    // MARK: A gain

    private func gain(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let start = FixedGain<PointEstimate>(startingGain(setting.draw(.tuning, seed: seed)))
        if let (gain, record) = try work.saved(like: start) {
            return TrainedMethod(name: work.name, analysis: .gain(gain), record: record)
        }
        let model = model.model
        let (spread, variables) = (setting.startSpread(seed: seed), setting.model.variables)
        let objective = objective { truth, key in
            PointEstimate(truth + spread * key.normal([variables]))
        } filter: { (gain: FixedGain<PointEstimate>) in
            Cycle(PointForecast(model), gain)
        }
        let (gain, record) = try descend(objective, from: start, work) { _ in nil }
        return TrainedMethod(name: work.name, analysis: .gain(gain), record: record)
    }

    private func ensembleGain(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let start = FixedGain<Ensemble>(startingGain(setting.draw(.tuning, seed: seed)))
        let (gain, record) = try ofEnsembles(start, work) { $0 }
        return TrainedMethod(name: work.name, analysis: .ensembleGain(gain), record: record)
    }

    /// What an analysis of ensembles is made of, learned through the cycles.
    private func ofEnsembles<Parameters: Tree, A: Analysis>(
        _ start: Parameters, _ work: LearningFiles, describing: (Parameters) -> String? = { _ in nil },
        analysis: @escaping @Sendable (Parameters) -> A
    ) throws(InputError) -> (Parameters, TrainingRecord) where A.State == Ensemble {
        if let saved = try work.saved(like: start) { return (saved.model, saved.record) }
        let (setting, members) = (setting, candidate.whole(.members))
        let forecast = EachMember(model.model, modelError: model.modelError)
        let spread = setting.startSpread(seed: seed)
        let objective = objective { truth, key in
            setting.start(members, about: truth, spread: spread, key: key)
        } filter: { (parameters: Parameters) in
            Cycle(forecast, analysis(parameters))
        }
        return try descend(objective, from: start, work, describing: describing)
    }

    /// The loss of a filter on all twins, each of which starts about its truth.
    private func objective<Parameters: Tree, F: Forecast, A: Analysis>(
        start: @escaping @Sendable (Tensor, Key) -> F.State, filter: @escaping @Sendable (Parameters) -> Cycle<F, A>
    ) -> FilterObjective<Parameters, F, A, ObservedPart> where F.State == A.State {
        let twins = twins()
        let first = Tensor.stacked(twins.map { $0.truth[0] })
        var objective = FilterObjective(
            twins.map(\.observations), truths: twins.map(\.truth), loss: method.loss.loss,
            segment: candidate.whole(.truncation), held: held, start: { start(first[0], $0) }, filter: filter)
        objective.start = { start(first.taking($1)[0], $0) }
        return objective
    }

    /// Follows the gradient; what was best on the twins that it does not see is kept.
    private func descend<O: Objective>(
        _ objective: O, from start: O.Parameters, _ work: LearningFiles, describing: (O.Parameters) -> String?
    ) throws(InputError) -> (O.Parameters, TrainingRecord) {
        let epochs = max(1, candidate.whole(.steps) / objective.stepsPerEpoch)
        let steps = epochs * objective.stepsPerEpoch
        // Adam's first steps are as long as any: networks that forecast would run away.
        let rates = Schedule(candidate[.rate], warmup: min(100, steps / 10), decay: .cosine(steps: steps, final: 0.02))
        let rule = Adam(rate: rates)
        let training = Training(
            objective, rule.clipped(to: .norm(1)), epochs: epochs, patience: candidate.patience, like: start)
        let (state, seconds) = try work.learn(
            training.start(start, key: key), isFinished: training.isFinished,
            progress: { ($0.epochs, epochs, $0.losses.values[max(0, $0.epochs - 1)]) },
            advance: { training.advance(&$0) })
        var record = record(state, of: start, stepsPerEpoch: objective.stepsPerEpoch)
        record.found = describing(state.best)
        try work.save(state.best, record, seconds: seconds, tag: method.loss.rawValue)
        return (state.best, record)
    }

    /// That of optimal interpolation with a share of the climate's covariance.
    private func startingGain(_ draw: TwinDraw) -> Tensor {
        let climate = Climatology(of: draw.climate).climate
        let matrix = jacobian(of: { setting.operation($0) })(climate.mean)
        let cross = (Tensor(candidate[.scale]) * climate.covariance).matrixProduct(matrix.transposed)
        return (matrix.matrixProduct(cross) + setting.errorCovariance).symmetricSolve(cross.transposed).transposed
    }

    // MARK: Inflation and localisation

    private func localization(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let (logInflation, radius) = (Tensor(candidate[.inflation]).log(), candidate[.radius])
        if candidate[.freeTaper] == 0 {
            let start = TunedLocalization(logInflation: logInflation, taper: LogRadius(radius: radius))
            let (tuning, record) = try localization(from: start, work)
            return TrainedMethod(name: work.name, analysis: .radius(tuning), record: record)
        }
        let farthest = setting.places.distances(to: setting.places).maximum().scalar
        let taper = FreeTaper(like: GaspariCohn(radius: Tensor(radius)), count: Int(farthest) + 1)
        let start = TunedLocalization(logInflation: logInflation, taper: taper)
        let (tuning, record) = try localization(from: start, work)
        return TrainedMethod(name: work.name, analysis: .taper(tuning), record: record)
    }

    private func localization<Weights: DescribedTaper>(
        from start: TunedLocalization<Weights>, _ work: LearningFiles
    ) throws(InputError) -> (TunedLocalization<Weights>, TrainingRecord) {
        let setting = setting
        return try ofEnsembles(
            start, work, describing: { "\($0.inflationText), \($0.taper.text)" },
            analysis: { $0.analysis(setting.places, observing: setting.observed) })
    }

    // MARK: A residual network

    private func network(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let keys = key.split(4)
        let climate = setting.draw(.tuning, seed: seed, cycles: 2).climate
        let start = ResidualAnalysis(
            GainNetwork(
                channels: 2, width: candidate.whole(.width), depth: candidate.whole(.depth), key: keys[0],
                type: .float32),
            centre: climate.mean().scalar, scale: climate.variance().scalar.squareRoot())
        if let (network, record) = try work.saved(like: start) {
            return TrainedMethod(name: work.name, analysis: .network(network), record: record)
        }
        var settings = AnalysisTraining()
        settings.batch = candidate.whole(.batch)
        settings.cycles = candidate.whole(.truncation)
        settings.steps = candidate.whole(.steps)
        settings.rate = candidate[.rate]
        settings.observationError = setting.error
        settings.places = setting.observed
        settings.observed = 1 - setting.missing
        settings.modelError = setting.modelError
        let rows = climate.taking(keys[1].permutation(climate.shape[0])[0..<settings.batch])
        let truth = rows.cast(to: .float32)
        let (world, forecast) = (setting.model.model, model.model)
        let trainer = AnalysisTrainer(
            settings, like: start, truth: truth, forecast: { forecast($0).cast(to: $0.type) }, model: { world($0) })
        let (session, seconds) = try work.learn(
            trainer.start(start, from: truth, key: keys[2]), isFinished: trainer.isFinished,
            progress: {
                ($0.state.epochs, settings.steps, $0.state.losses.values[max(0, $0.state.epochs - 1)])
            }, advance: { trainer.advance(&$0) })
        let state = session.state
        let record = record(state, of: start, stepsPerEpoch: 1)
        // Each step sees other truths: none is better than the last, unless it has spoilt the network.
        let network = state.outcome == .completed ? state.parameters : state.best
        try work.save(network, record, seconds: seconds, tag: "error")
        return TrainedMethod(name: work.name, analysis: .network(network), record: record)
    }

    // MARK: A network that sees the ensemble

    private func ensemble(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let climate = setting.draw(.tuning, seed: seed, cycles: 2).climate
        let count = setting.model.variables
        let start = SetTransformerAnalysis(
            radius: candidate[.radius], inflation: candidate[.inflation], setting.places, observing: setting.observed,
            period: setting.period, taperCount: min(12, count / 2 + 1),
            scales: .init(
                centre: climate.mean().scalar, state: climate.variance().scalar.squareRoot(), error: setting.error),
            channels: max(1, candidate.whole(.width) / 2), width: candidate.whole(.width),
            depth: candidate.whole(.depth), key: key.folding(1))
        let (analysis, record) = try ofEnsembles(start, work) { $0 }
        return TrainedMethod(name: work.name, analysis: .ensemble(analysis), record: record)
    }
}

// MARK: - Forecast and analysis together

extension TwinLearning {
    /// Neither truths nor the dynamics are asked for: the loss is the error of forecasts against observations that they
    /// have not seen.
    private func joint(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let held = max(1, candidate.whole(.batch) / 8)
        let trajectories = setting.observations(
            candidate.whole(.batch) + held, times: candidate.whole(.length), seed: 700_000 + seed)
        let (centre, scale) = trajectories.sizeOfStates
        let start = joint(centre, scale)
        if let saved = try work.saved(like: start) {
            // Networks do not hold the size of states: it is of the same observations.
            return TrainedMethod(name: work.name, analysis: .joint(saved.model), record: saved.record)
        }
        let variables = setting.model.variables
        let objective = FilterObjective(
            learning: start, from: trajectories, loss: method.loss.loss, segment: candidate.whole(.truncation),
            spinUp: min(20, candidate.whole(.length) / 10), held: held
        ) { _ in PointEstimate(Tensor(centre) * Tensor.ones([variables])) }
        let (cycle, record) = try descend(objective, from: start, work) { _ in nil }
        return TrainedMethod(name: work.name, analysis: .joint(cycle), record: record)
    }

    private func joint(_ centre: Double, _ scale: Double) -> JointNetworks {
        let keys = key.split(5)
        let field = TwinModel.convolution(
            width: candidate.whole(.width), centre: centre, scale: scale, outputScale: 3 * scale, keys[3], keys[4])
        let model = LearnedModel(field: field, physics: nil, interval: setting.model.interval)
        let network = GainNetwork(
            channels: 2, width: candidate.whole(.width), depth: candidate.whole(.depth), key: keys[0], type: .float32)
        // While it learns it may forecast anything.
        let bounded = Bounded(model, from: centre - 8 * scale, to: centre + 8 * scale)
        return Cycle(PointForecast(bounded), ResidualAnalysis(network, centre: centre, scale: scale))
    }
}

extension [Observations<ObservedPart>] {
    /// The mean of what is observed, and its standard deviation.
    var sizeOfStates: (centre: Double, scale: Double) {
        let values = Tensor.stacked(map(\.values))
        let mask = Tensor.stacked(map(\.mask))
        let mean = (values * mask).sum() / mask.sum()
        let square = ((values - mean).squared() * mask).sum() / mask.sum()
        return (mean.scalar, Swift.max(square.scalar.squareRoot(), 1e-12))
    }
}

extension TunedLocalization {
    fileprivate var inflationText: String { "inflation \(NumberText.fixed(logInflation.exp().scalar, decimals: 3))" }
}

/// A taper that says what was learned of it.
private protocol DescribedTaper: Taper {
    var text: String { get }
}

extension LogRadius: DescribedTaper {
    fileprivate var text: String { "radius \(NumberText.fixed(logRadius.exp().scalar, decimals: 2))" }
}

extension FreeTaper: DescribedTaper {
    fileprivate var text: String {
        "weights " + weights.values.map { NumberText.fixed($0, decimals: 2) }.joined(separator: " ")
    }
}
