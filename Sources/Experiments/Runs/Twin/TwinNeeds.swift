import Foundation

/// The memory that a twin experiment takes, estimated from its sizes before anything is allocated.
extension TwinConfiguration {
    /// Throws where a run of some method does not fit into the memory of the machine, or all of them into some months.
    ///
    /// - Parameter entries: the nodes of the methods, in their order; baselines that nobody has named have none.
    func requireMachine(_ root: ConfigurationNode, methods entries: [ConfigurationNode]) throws(InputError) {
        let runs = min(ProcessInfo.processInfo.activeProcessorCount, testSeeds.count * methods.count)
        for (number, method) in methods.enumerated() {
            let place = number - methods.count + entries.count
            let node = place >= 0 ? entries[place] : root
            for candidate in method.candidates {
                let needs = setting.needs(method, candidate, members: mostMembers).map { $0.times(runs) }
                try MemoryNeed.check(needs, .configuration, at: node.place)
            }
        }
        for model in models {
            try root.require(
                setting.need(model), MemoryNeed(["long_run": longRun, "variables": setting.model.variables]))
        }
        let operations = methods.reduce(operationsOfTruths) { $0 + work($1) }
        guard operations <= Self.mostOperations else {
            throw root.error(
                "the cycles, members, variables and seeds of all methods need about \(order(operations)) operations",
                expected: "at most \(order(Self.mostOperations)), some months of one processor")
        }
    }

    /// The most members of any condition.
    private var mostMembers: Int {
        robustness?.conditions.filter { $0.key == .members }.map { Int($0.value) }.max() ?? 0
    }

    private static let mostOperations = 1e16
    private func order(_ number: Double) -> String { "1e\(Int(log10(number).rounded()))" }

    /// Of one run, as an order of magnitude.
    private func work(_ method: TwinMethod) -> Double {
        let (n, m) = (Double(setting.model.variables), Double(setting.observed.count))
        let step = 60 * n * Double(setting.model.stepsBetween)
        let candidates = Double(method.candidates.count)
        let runs =
            (method.candidates.count > 1 ? candidates * Double(tuningSeeds.count) : 0) + Double(testSeeds.count)
            + Double(robustness.map { $0.conditions.count * $0.seeds } ?? 0)
        return method.candidates.map { candidate in
            let members = method.kind.parameters.contains(.members) ? max(candidate[.members], Double(mostMembers)) : 1
            var cycle = members * (step + n * m)
            if method.kind.usesMembersSquared { cycle += members * members * (members + n) }
            if method.kind == .letkf { cycle += n * members * members * members }
            if method.kind.usesObservedSquared { cycle += m * m * (m + n) }
            if method.kind.usesVariablesSquared { cycle += n * step + n * n * n }
            if method.kind == .scoreFilter { cycle += 30 * candidate[.diffusionSteps] * members * n }
            if method.kind.parameters.contains(.iterations) {
                cycle *= candidate[.iterations] * (candidate[.lag] + 1) * 3
            }
            guard method.kind.isLearned else { return runs / candidates * Double(setting.cycles) * cycle }
            let layers = n * candidate[.depth] * candidate[.width] * (candidate[.width] + 10)
            let training = candidate[.steps] * candidate[.truncation] * 8 * (cycle + layers * candidate[.batch])
            return runs / candidates * Double(setting.cycles) * cycle + training
        }.reduce(0, +)
    }

    /// Of the truths and their climates.
    private var operationsOfTruths: Double {
        let steps = Double(setting.cycles * setting.model.stepsBetween) + 600 / setting.model.step
        return 60 * Double(setting.model.variables) * steps * Double(tuningSeeds.count + testSeeds.count)
    }
}

extension TwinSetting {
    /// Of one run of a method: the arrays of its cycle, and the series in time.
    func needs(_ method: TwinMethod, _ candidate: MethodCandidate, members most: Int) -> [MemoryNeed] {
        let (n, m, kind) = (model.variables, observed.count, method.kind)
        var needs = [MemoryNeed(["cycles": cycles, "variables": n]).times(8)]
        if modelError > 0 || kind.usesVariablesSquared {
            needs.append(MemoryNeed(["variables": n, "variables": n]).times(4))
        }
        if kind.usesObservedSquared { needs.append(MemoryNeed(["observed": m, "observed": m]).times(4)) }
        if kind.parameters.contains(.members) {
            let members = max(candidate.whole(.members), most)
            needs.append(MemoryNeed(["members": members, "variables": n]).times(8))
            if kind.usesMembersSquared { needs.append(MemoryNeed(["members": members, "members": members]).times(1)) }
            if kind == .letkf {
                needs.append(MemoryNeed(["variables": n, "members": members, "members": members]))
            }
            if kind == .iterativeEnKS {
                needs.append(MemoryNeed(["cycles": cycles, "members": members, "variables": n]))
            }
        }
        if kind.parameters.contains(.radius) {
            needs.append(MemoryNeed(["variables": n, "observed": m]).times(2))
        }
        if kind.isLearned {
            let layers = max(1, candidate.whole(.depth)) * candidate.whole(.width)
            needs.append(
                MemoryNeed(
                    [
                        "batch": candidate.whole(.batch), "truncation": candidate.whole(.truncation), "layers": layers,
                        "variables": n,
                    ],
                    each: 4))
            needs.append(
                MemoryNeed(["width": candidate.whole(.width), "layers": layers, "filter": 5], each: 4).times(4))
            if kind == .jointNetworks {
                needs.append(
                    MemoryNeed(["batch": candidate.whole(.batch), "length": candidate.whole(.length), "variables": n])
                        .times(4))
            }
        }
        return needs
    }

    /// Of learning a model, in the largest of its arrays.
    func need(_ plan: TwinModelPlan) -> MemoryNeed {
        let (n, given) = (model.variables, plan.candidate)
        let length = given.whole(.length)
        switch plan.kind {
        case .physical: return MemoryNeed(["length": length, "variables": n]).times(4)
        case .convolution, .dense:
            let layers = plan.kind == .dense ? given.whole(.depth) : 2
            let batch = given.whole(.batch) * given.whole(.leads)
            let need = MemoryNeed(
                ["batch × leads": batch, "layers": layers, "width": given.whole(.width), "variables": n], each: 4)
            let series = MemoryNeed(["length": length, "variables": n]).times(8)
            return need.bytes > series.bytes ? need : series
        case .dictionary:
            let terms = (2 * given.whole(.reach) + 1) * (given.whole(.reach) + 1) + 1
            return MemoryNeed(["length": length, "variables": n, "terms": terms])
        case .randomFeatures:
            return MemoryNeed(["length": length, "variables": n, "features": given.whole(.features)])
        case .gaussianProcess:
            let points = min(given.whole(.points), length * n)
            return MemoryNeed(["length": length, "variables": n, "points": points])
        case .reservoir:
            let units = given.whole(.units)
            return units > length
                ? MemoryNeed(["variables": n, "units": units, "units": units])
                : MemoryNeed(["length": length, "variables": n, "units": units])
        }
    }
}

extension TwinMethodKind {
    fileprivate var usesMembersSquared: Bool {
        switch self {
        case .etkf, .enKFN, .iterativeEnKS, .scoreFilter, .serialEnSRF: true
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .stochasticEnKF, .deterministicEnKF,
            .letkf, .localStochasticEnKF, .fourDVar, .bootstrapParticles, .optimalParticles, .learnedGain,
            .learnedEnsembleGain, .residualNetwork, .learnedLocalization, .jointNetworks, .setTransformer:
            false
        }
    }

    fileprivate var usesObservedSquared: Bool {
        switch self {
        case .optimalInterpolation, .threeDVar, .extendedKalman, .stochasticEnKF, .deterministicEnKF,
            .localStochasticEnKF, .fourDVar, .optimalParticles, .learnedGain, .learnedEnsembleGain,
            .learnedLocalization, .setTransformer:
            true
        case .climatology, .etkf, .serialEnSRF, .enKFN, .letkf, .iterativeEnKS, .bootstrapParticles, .scoreFilter,
            .residualNetwork, .jointNetworks:
            false
        }
    }

    fileprivate var usesVariablesSquared: Bool {
        switch self {
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .fourDVar, .bootstrapParticles,
            .optimalParticles:
            true
        case .stochasticEnKF, .etkf, .deterministicEnKF, .serialEnSRF, .enKFN, .letkf, .localStochasticEnKF,
            .iterativeEnKS, .scoreFilter, .learnedGain, .learnedEnsembleGain, .residualNetwork, .learnedLocalization,
            .jointNetworks, .setTransformer:
            false
        }
    }
}
