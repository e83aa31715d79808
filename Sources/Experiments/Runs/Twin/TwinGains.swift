import Assimilation
import Kernels
import Learning
import Studies
import Tensors

extension TwinSetting {
    /// The mean over the times of the gain `P Hᵀ (H P Hᵀ + R)⁻¹` of an ensemble Kalman filter that has more members
    /// than there are variables, on a seed of tuning; nil where it diverges.
    func kalmanGain(seed: Int) -> Tensor? {
        let count = min(cycles, 400)
        let draw = draw(.tuning, seed: seed, cycles: count)
        let start = background(draw).ensemble(model.variables + 10)
        let arguments = Pair(start, draw.twin)
        let average = kalmanGains(model.map, arguments, count)
        return average.values.allSatisfy(\.isFinite) ? average : nil
    }

    private func kalmanGains<Model: ForecastMap>(
        _ model: Model, _ arguments: Pair<Ensemble, Twin<ObservedPart>>, _ count: Int
    ) -> Tensor {
        compile(like: arguments) { now in
            let filter = Cycle(EachMember(model, modelError: noise), Inflated(Rotated(ETKF()), by: 1.02))
            let gains = filter.run(from: now.first, now.second.observations, beside: Nothing()) {
                background, _, _, _ in gain(of: background)
            }.records
            return gains[(count / 4)..<count].mean(axes: [0])
        }(arguments)
    }

    private func gain(of background: Ensemble) -> Tensor {
        let seen = vmap { (x: Tensor) in operation(x) }(background.members)
        let anomalies = seen - seen.mean(axes: [0])
        let share = Tensor(1 / Double(background.count - 1))
        let between = share * anomalies.transposed.matrixProduct(anomalies) + errorCovariance
        let cross = share * anomalies.transposed.matrixProduct(background.anomalies)
        return between.symmetricSolve(cross).transposed
    }
}

extension TwinExperiment {
    /// Of learned analyses that are one matrix or nearly so, with that of a Kalman filter beside them.
    func gains(
        _ learned: [String: TrainedMethod], in folder: RunFolder
    ) throws(InputError) -> [GainRecord] {
        let setting = configuration.setting
        let shown = configuration.methods.compactMap { method in
            learned[method.name].map { (method.name, $0.method) }
        }
        return try folder.stage("gains", shown.map { "\($0.0.utf8.count) \($0.0)" }.joined(separator: " ")) {
            let own = shown.compactMap { name, method in
                method.gain(on: setting, seed: header.seed).map { GainRecord(name, $0) }
            }
            guard !own.isEmpty else { return [] }
            let kalman = setting.kalmanGain(seed: header.seed).map { GainRecord("Kalman", $0) }
            return own + (kalman.map { [$0] } ?? [])
        }
    }
}
