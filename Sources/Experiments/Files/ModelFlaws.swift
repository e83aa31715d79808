import Learning
import Networks

extension Checkpoint<ForecasterDescription> {
    /// The flaw of a checkpoint that is no forecaster, whoever wrote the file; nil where there is none.
    ///
    /// Checked before anything of the described size is made.
    var flaw: String? {
        let it = description
        return layoutFlaw(it.layout) ?? climatologyFlaw(it) ?? numbersFlaw(it) ?? networksFlaw(it)
            ?? (it.variables.count == it.layout.variables
                ? nil : "\(it.variables.count) names of \(it.layout.variables) variables")
    }

    private func layoutFlaw(_ layout: MemoryLayout) -> String? {
        let sizes = [layout.variables, layout.memory, layout.period]
        guard sizes.allSatisfy({ 1...100_000 ~= $0 }), 0..<layout.period ~= layout.firstPhase else {
            return "a layout of \(layout.variables) variables, \(layout.memory) steps of memory, "
                + "period \(layout.period) and first phase \(layout.firstPhase)"
        }
        guard let shape = tensors["model.coefficients"]?.shape, [1, layout.period].contains(shape.first) else {
            return "no coefficients for 1 or \(layout.period) seasons"
        }
        guard layout.season.cycles.allSatisfy(\.isValid), layout.season.cycles.count <= 10 else {
            return "a season of \(layout.season.cycles)"
        }
        let (inputs, outputs) = (layout.count, layout.variables)
        guard shape == [shape[0], inputs, outputs], tensors["modelError"]?.shape == [outputs, outputs] else {
            return
                "coefficients of shape \(shape) or a model error that do not fit \(inputs) inputs and \(outputs) "
                + "outputs"
        }
        return nil
    }

    private func climatologyFlaw(_ it: ForecasterDescription) -> String? {
        let (means, scales) = (it.climatology.means, it.climatology.scales)
        let fits =
            means.count == it.layout.season.coefficientCount
            && (means + [scales]).allSatisfy { $0.count == it.layout.variables }
        guard fits else {
            return
                "a climatology that does not fit \(it.layout.season.coefficientCount) seasons of "
                + "\(it.layout.variables) variables"
        }
        let isSound = means.allSatisfy { $0.allSatisfy(\.isFinite) } && scales.allSatisfy { $0.isFinite && $0 > 0 }
        return isSound ? nil : "a climatology with numbers that are infinite or scales that are not positive"
    }

    private func numbersFlaw(_ it: ForecasterDescription) -> String? {
        guard it.members >= 2, it.members <= 10_000_000 / it.layout.count else {
            return "\(it.members) members of \(it.layout.count) numbers"
        }
        guard it.observationError > 0, it.observationError.isFinite, it.inflation > 0, it.inflation.isFinite else {
            return "an observation error of \(it.observationError) and an inflation of \(it.inflation)"
        }
        let unsound = tensors.filter { $0.value.type == .float64 && !$0.value.values.allSatisfy(\.isFinite) }
        if let name = unsound.keys.min() { return "the tensor \(name) has numbers that are not finite" }
        let isPositive =
            tensors["modelError"].map {
                $0.type == .float64 && $0.cholesky().values.allSatisfy(\.isFinite)
            } ?? false
        return isPositive ? nil : "a covariance of the model error that is not positive definite"
    }

    /// Networks take `networkMemory` past values and the season; their weights must be in the file.
    private func networksFlaw(_ it: ForecasterDescription) -> String? {
        if it.networks.isEmpty { return nil }
        guard 1...it.layout.memory ~= it.networkMemory else {
            return "networks that see \(it.networkMemory) of \(it.layout.memory) steps"
        }
        let input = it.networkMemory * it.layout.variables + it.layout.networkSeasonCount
        let available = tensors.values.map(\.count).reduce(0, +)
        var needed = 0
        for widths in it.networks {
            guard widths.first == input, widths.last == it.layout.variables, widths.allSatisfy({ 1...1_000_000 ~= $0 })
            else { return "a network of widths \(widths), from \(input) to \(it.layout.variables)" }
            needed += zip(widths, widths.dropFirst()).map { ($0 + 1) * $1 }.reduce(0, +)
            guard needed <= available else { return "networks with more weights than the file has" }
        }
        return nil
    }
}
