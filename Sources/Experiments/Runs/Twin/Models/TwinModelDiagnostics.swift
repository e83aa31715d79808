import Dynamics
import Kernels
import Studies
import Tensors

/// Models that are held against that of the truth, on truths of tests.
struct TwinModelDiagnostics: Sendable {
    let setting: TwinSetting
    /// Those of the test seeds, `[T, n]` each.
    let truths: [Tensor]
    /// Steps of the long run.
    let steps: Int

    init(_ setting: TwinSetting, seeds: [Int], steps: Int) {
        (self.setting, self.steps) = (setting, steps)
        truths = seeds.map { setting.draw(.test, seed: $0).twin.truth }
    }

    /// The long run of the model of the truth.
    struct Reference: Codable, Sendable {
        var record: TwinModelRecord
        var lowest: Double
        var highest: Double
        /// The standard deviation of the values.
        var deviation: Double
        /// The largest exponent.
        var growth: Double { max(record.exponents.first.flatMap { $0 } ?? 0, 1e-3) }
    }

    private var interval: Double { setting.model.interval }
    /// Where long runs of a model start: on a truth, which it has followed for some time if it remembers.
    private func start<Model: ForecastMap>(_ model: Model) -> Tensor {
        let seen = model.memory(of: setting.model.variables) > 0 ? min(Self.warmUp, setting.cycles) : 1
        return model.states(following: truths[0][0..<seen])[seen - 1]
    }
    /// The times of a truth after which a memory has forgotten its rest.
    private static var warmUp: Int { 100 }

    func reference() -> Reference { reference(setting.model.map) }

    private func reference<Model: ForecastMap>(_ truth: Model) -> Reference {
        let run = longRun(truth)
        // A truth that diverges, or stands still, has no range.
        let values = run.values.filter { abs($0) < 1e150 }
        let lowest = values.min() ?? 0
        let highest = max(values.max() ?? 1, lowest + max(1e-9 * abs(lowest), 1e-12))
        var record = TwinModelRecord(
            name: PlannedModel.truthName, kind: nil, description: "the model of the truth", modelError: nil,
            forecast: [], skill: nil, skillIsLeast: false, exponents: exponents(truth), density: [], spectrum: [],
            densityDistance: nil,
            spectralDistance: nil, end: nil, training: nil)
        let long = LongRun(of: run, within: lowest...highest)
        (record.density, record.spectrum) = (long.density, long.spectrum.map(\.finite))
        return Reference(
            record: record, lowest: lowest, highest: highest, deviation: run.variance().scalar.squareRoot())
    }

    func record(
        _ name: String, _ kind: String, _ description: String, _ trained: ForecastChoice, _ reference: Reference
    ) -> TwinModelRecord { record(name, kind, description, trained, trained.model, reference) }

    private func record<Model: ForecastMap>(
        _ name: String, _ kind: String, _ description: String, _ trained: ForecastChoice, _ model: Model,
        _ reference: Reference
    ) -> TwinModelRecord {
        let forecast = errors(model, reference)
        let bounds = reference.lowest...reference.highest
        let long = LongRun(of: longRun(model), within: bounds)
        let isComparable = long.spectrum.count == reference.record.spectrum.count && !long.spectrum.isEmpty
        let other = LongRun(
            density: reference.record.density, spectrum: reference.record.spectrum.map { $0 ?? .nan }, end: nil)
        return TwinModelRecord(
            name: name, kind: kind, description: description, modelError: trained.deviation,
            forecast: forecast.map(\.finite), skill: skill(forecast, reference),
            skillIsLeast: isLeast(forecast), exponents: exponents(model),
            density: long.density, spectrum: long.spectrum.map(\.finite),
            densityDistance: long.end == 0 ? nil : long.densityDistance(to: other).finite,
            spectralDistance: isComparable ? long.spectralDistance(to: other).finite : nil, end: long.end,
            training: trained.record)
    }

    func sensitivity(
        _ name: String, _ condition: RobustnessCondition?, _ trained: ForecastChoice, _ reference: Reference
    ) -> SensitivityRecord {
        let forecast = errors(trained.model, reference)
        let lead = min(forecast.count, max(1, Int((1 / (reference.growth * interval)).rounded())))
        return SensitivityRecord(
            model: name, key: condition?.key, value: condition?.value, skill: skill(forecast, reference),
            skillIsLeast: isLeast(forecast), error: forecast[lead - 1].finite, modelError: trained.deviation)
    }

    // MARK: - Measures

    /// The most Lyapunov times ahead that are forecast.
    private static var longestLead: Double { 6 }

    /// Errors at leads 1, 2, …, the mean over starts and truths, over the deviation of the climate.
    private func errors<Model: ForecastMap>(_ model: Model, _ reference: Reference) -> [Double] {
        let wanted = Int((Self.longestLead / (reference.growth * interval)).rounded(.up))
        let leads = min(max(wanted, 1), setting.cycles / 2)
        let variables = setting.model.variables
        let last = setting.cycles - leads
        let first = model.memory(of: variables) > 0 ? min(Self.warmUp, last / 2) : 0
        let starts = Tensor(integers: Array(stride(from: first, to: last, by: 10)))
        let perTruth = truths.map { truth in
            let followed = Pair(model, model.states(following: truth))
            return compile(like: followed) { now in
                let (model, truth) = (now.first, now.second)
                return scan(over: Tensor.range(leads), from: truth.taking(starts)) { states, lead in
                    let next = model.ensemble(states)
                    let verifying = truth.taking(starts + lead + Tensor(integer: 1))
                    let errors = (next - verifying).slice(axis: -1, from: 0, to: variables)
                    return (next, errors.squared().mean(axes: [-1]).sqrt().mean())
                }.outputs
            }(followed)
        }
        return (Tensor.stacked(perTruth).mean(axes: [0]) / Tensor(reference.deviation)).values
    }

    private func skill(_ errors: [Double], _ reference: Reference) -> Double? {
        guard reference.deviation.isFinite, reference.deviation > 0 else { return nil }
        return Double(errors.firstIndex { !($0 < 1) } ?? errors.count) * interval * reference.growth
    }

    /// Whether no forecast was long enough to lose its skill.
    private func isLeast(_ errors: [Double]) -> Bool { !errors.isEmpty && errors.allSatisfy { $0 < 1 } }

    private func longRun<Model: ForecastMap>(_ model: Model) -> Tensor {
        let start = Pair(model, start(model))
        let variables = setting.model.variables
        return compile(like: start) { now in
            scan(over: Nothing(), from: now.second, count: steps) { state, _ in
                let next = now.first(state)
                return (next, next.slice(axis: -1, from: 0, to: variables))
            }.outputs
        }(start)
    }

    private func exponents<Model: ForecastMap>(_ model: Model) -> [Double?] {
        let count = min(setting.model.variables, 40)
        let interval = interval
        let start = Pair(model, start(model))
        return compile(like: start) {
            $0.first.lyapunovExponents(count, from: $0.second, interval: interval, steps: 2000, settling: 500)
        }(start).values.map(\.finite)
    }
}
