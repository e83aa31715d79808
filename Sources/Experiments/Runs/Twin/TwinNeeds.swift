import Foundation
import Studies

/// The memory that a twin experiment takes, estimated from its sizes before anything is allocated.
extension TwinConfiguration {
    /// Throws where a run of some method does not fit into the memory of the machine, or all of them into some months.
    ///
    /// - Parameter entries: the places of the methods, in their order; baselines that nobody has named have none.
    func requireMachine(at root: InputError.Place, methods entries: [InputError.Place]) throws(InputError) {
        let runs = min(ProcessInfo.processInfo.activeProcessorCount, testSeeds.count * methods.count)
        for (number, method) in methods.enumerated() {
            let place = number - methods.count + entries.count
            let own = place >= 0 ? entries[place] : root
            for candidate in method.candidates {
                let needs = setting.needs(method.type, candidate, members: mostMembers).map { $0.times(runs) }
                try MemoryNeed.check(needs, .configuration, at: own)
            }
        }
        for model in models {
            let climate = MemoryNeed(["long_run": longRun, "variables": setting.model.variables])
            try MemoryNeed.check(setting.needs(model.plan) + [climate], .configuration, at: root)
        }
        let operations = methods.reduce(operationsOfTruths) { $0 + work($1) }
        guard operations <= Self.mostOperations else {
            throw InputError(
                .configuration, at: root,
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
    private func work(_ method: ComparedMethod) -> Double {
        let (n, m) = (Double(setting.model.variables), Double(setting.observed.count))
        let step = 60 * n * Double(setting.model.steps)
        let candidates = Double(method.candidates.count)
        let runs =
            (method.candidates.count > 1 ? candidates * Double(tuningSeeds.count) : 0) + Double(testSeeds.count)
            + Double(robustness.map { $0.conditions.count * $0.seeds } ?? 0)
        return method.candidates.map { candidate in
            func value(_ name: String, _ usual: Double = 1) -> Double { candidate.value(name) ?? usual }
            let costs = method.type.costs
            let members = candidate.value("members").map { max($0, Double(mostMembers)) } ?? 1
            var cycle = members * (step + n * m)
            if costs.contains(.membersSquared) { cycle += members * members * (members + n) }
            if costs.contains(.localEnsembles) { cycle += n * members * members * members }
            if costs.contains(.observedSquared) { cycle += m * m * (m + n) }
            if costs.contains(.variablesSquared) { cycle += n * step + n * n * n }
            if costs.contains(.diffusion) { cycle += 30 * value("diffusion-steps") * members * n }
            if candidate.value("iterations") != nil { cycle *= value("iterations") * (value("lag", 0) + 1) * 3 }
            guard method.isLearned else { return runs / candidates * Double(setting.cycles) * cycle }
            let layers = n * value("depth") * value("width") * (value("width") + 10)
            let training = value("steps") * value("truncation") * 8 * (cycle + layers * value("batch"))
            return runs / candidates * Double(setting.cycles) * cycle + training
        }.reduce(0, +)
    }

    /// Of the truths and their climates.
    private var operationsOfTruths: Double {
        let steps = Double(setting.cycles * setting.model.steps) + 600 / setting.model.model.step
        return 60 * Double(setting.model.variables) * steps * Double(tuningSeeds.count + testSeeds.count)
    }
}

extension TwinSetting {
    /// Of one run of a method: the arrays of its cycle, and the series in time.
    func needs(
        _ type: any AssimilationMethod.Type, _ candidate: any AssimilationMethod, members most: Int
    ) -> [MemoryNeed] {
        let (n, m, costs) = (model.variables, observed.count, type.costs)
        func whole(_ name: String, _ usual: Int = 1) -> Int { candidate.value(name).map { Int($0) } ?? usual }
        var needs = [
            MemoryNeed(["cycles": cycles, "variables": n]).times(8),
            MemoryNeed(["states of the climate": climateCount, "variables": n]).times(2),
        ]
        if modelError > 0 || costs.contains(.variablesSquared) {
            needs.append(MemoryNeed(["variables": n, "variables": n]).times(4))
        }
        if costs.contains(.observedSquared) { needs.append(MemoryNeed(["observed": m, "observed": m]).times(4)) }
        if type.has("members") {
            let members = max(whole("members"), most)
            needs.append(MemoryNeed(["members": members, "variables": n]).times(8))
            if costs.contains(.membersSquared) || candidate.value("rotates") == 1 {
                needs.append(MemoryNeed(["members": members, "members": members]))
            }
            if costs.contains(.localEnsembles) {
                needs.append(MemoryNeed(["variables": n, "members": members, "members": members]))
            }
            if costs.contains(.trajectory) {
                needs.append(MemoryNeed(["cycles": cycles, "members": members, "variables": n]))
            }
        }
        if type.has("radius") { needs.append(MemoryNeed(["variables": n, "observed": m]).times(2)) }
        if candidate is any TrainableMethod {
            let (batch, width) = (whole("batch", 8), whole("width"))
            let layers = whole("depth") * width
            needs.append(
                MemoryNeed(
                    ["batch": batch, "truncation": whole("truncation"), "layers": layers, "variables": n], each: 4))
            needs.append(MemoryNeed(["width": width, "layers": layers, "filter": 5], each: 4).times(4))
            if type.has("length") {
                needs.append(MemoryNeed(["batch": batch, "length": whole("length"), "variables": n]).times(4))
            }
        }
        return needs
    }

    /// Of learning a model: the series, and what training makes of them, with the copies that are held at once.
    func needs(_ plan: ForecastPlan) -> [MemoryNeed] {
        [MemoryNeed(["length": plan.length, "variables": model.variables]).times(8)]
            + (plan.surrogate?.arrays(model.variables) ?? []).map { MemoryNeed($0) }
    }
}

extension MemoryNeed {
    fileprivate init(_ array: ArraySizes) { self = MemoryNeed(array.sizes, each: array.bytes).times(array.copies) }
}
