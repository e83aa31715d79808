import Learning

/// What a forecast experiment needs of its data; found wanting before anything is computed.
extension ForecastData {
    func requireEnough(_ setting: ForecastSetting) throws(InputError) {
        try requireLength(setting)
        try requireMemory(setting)
        for v in 0..<series.variables { try requireVariation(of: v, setting) }
        try requireIndependence(setting)
        try requireTargetValues(setting)
        for gaps in setting.gaps {
            guard case .period(let variable, let period, let place) = gaps.rule else { continue }
            if withheld(of: variable, in: period).isEmpty {
                throw place.error(
                    "no value of \(variable.quoted) lies in \(period.lowerBound) to \(period.upperBound)",
                    expected: "a period with values to withhold")
            }
        }
    }

    /// The times in a period at which a variable has a value.
    func withheld(of variable: String, in period: Range<Instant>) -> [Int] {
        guard let v = variables.firstIndex(where: { $0.name == variable }) else { return [] }
        return series.values.indices.filter { period.contains(times[$0]) && !series.values[$0][v].isNaN }
    }

    private func requireLength(_ setting: ForecastSetting) throws(InputError) {
        let place = setting.split.place
        let memory = setting.longestMemory
        let needed = memory + max(2 * series.season.coefficientCount, 24) + setting.longestLead
        guard training.upperBound >= needed else {
            throw place.error(
                "\(training.upperBound) steps before the end of training are too few for a memory of \(memory)",
                expected: "at least \(needed)")
        }
        guard end - memory >= 2 * setting.folds else {
            throw place.error(
                "\(end - memory) steps before the test, after a memory of \(memory), are too few for \(setting.folds) "
                    + "folds",
                expected: "at least \(2 * setting.folds)")
        }
        guard validation.count > setting.longestLead, test.count > setting.longestLead else {
            throw place.error(
                "validation of \(validation.count) and test of \(test.count) steps",
                expected: "each longer than the \(setting.longestLead) leads")
        }
        guard min(validation.count, test.count) > 2 * setting.startInterval else {
            throw setting.places.forecast.error(
                "a start every \(setting.startInterval) steps of \(min(validation.count, test.count))",
                expected: "at least two starts in validation and test")
        }
    }

    /// Products of sizes that would not fit, before anything is allocated.
    private func requireMemory(_ setting: ForecastSetting) throws(InputError) {
        let (d, memory) = (series.variables, setting.linear.map(\.memory).max() ?? 1)
        let starts = max(validation.count, test.count) / setting.startInterval + setting.longestLead
        try setting.places.forecast.require(
            MemoryNeed(["leads": setting.leads.count, "starts": starts, "members": setting.members, "variables": d]),
            MemoryNeed(["starts": starts, "members": setting.members, "memory": memory, "variables": d]))
        let state = (memory + 1) * d
        try setting.places.linear.require(
            MemoryNeed(["memory × variables": state, "memory × variables": state, "seasons": 4 * series.period]),
            MemoryNeed(["times": series.count, "memory × variables": state]),
            MemoryNeed([
                "times": series.hasGaps ? 3 * end : 0, "memory × variables": state, "memory × variables": state,
            ]))
        for network in setting.network + setting.correction {
            let widths = [network.memory * d] + network.hidden
            try (setting.places.network ?? setting.places.linear).require(
                MemoryNeed(["folds": 4 * setting.folds, "units": widths.max() ?? 1, "units": widths.max() ?? 1]),
                MemoryNeed(["times": series.count, "memory × variables": network.memory * d]))
        }
    }

    /// What never leaves its seasonal mean leaves nothing to learn, and its scaled anomalies would be rounding errors.
    private func requireVariation(of variable: Int, _ setting: ForecastSetting) throws(InputError) {
        let known = training.lowerBound..<training.upperBound
        let values = known.map { series.values[$0][variable] }.filter { !$0.isNaN }
        guard let largest = values.map(abs).max() else {
            throw fault(variable, "has no value in the training period", "at least a few years of values", setting)
        }
        let normal = Climatology(series, over: Array(known))
        let deviations = known.map { series.values[$0][variable] - normal.normal(series.season, at: $0)[variable] }
            .filter { !$0.isNaN }
        guard let most = deviations.map(abs).max(), most > 1e-10 * largest, most > SeriesConverter.leastVariation else {
            throw fault(
                variable, "does not vary about its seasonal mean in the training period",
                "anomalies above \(SeriesConverter.leastVariation); the key 'scale' changes the unit", setting)
        }
    }

    /// A variable that is a linear combination of others makes every covariance singular.
    private func requireIndependence(_ setting: ForecastSetting) throws(InputError) {
        // So few times make any variables dependent; the regression then shrinks their correlations.
        guard training.count >= 2 * (variables.count + series.season.coefficientCount) else { return }
        let anomalies = Climatology(series, over: Array(training)).anomalies(of: series).interpolated()
        var residuals = (0..<series.variables).map { v in training.map { anomalies.values[$0][v] } }
        for v in residuals.indices {
            let square = dot(residuals[v], residuals[v])
            guard square > 1e-10 * Double(training.count) else {
                throw fault(
                    v, "is a linear combination of the variables before it in the training period",
                    "variables of which none follows from the others", setting)
            }
            for w in residuals.indices where w > v {
                let slope = dot(residuals[v], residuals[w]) / square
                residuals[w] = zip(residuals[w], residuals[v]).map { $0 - slope * $1 }
            }
        }
    }

    /// Choices are made, and forecasts judged, by the target.
    private func requireTargetValues(_ setting: ForecastSetting) throws(InputError) {
        for (name, period) in [("validation", validation), ("test", test)]
        where period.count(where: { truth[$0][target].isFinite }) < 2 {
            throw fault(
                target, "has fewer than two values in the \(name) period", "values of the target to score with", setting
            )
        }
    }

    private func fault(
        _ variable: Int, _ problem: String, _ expectation: String, _ setting: ForecastSetting
    ) -> InputError {
        InputError(
            .data, at: .init(setting.data.file),
            "the variable \(model.table.variables[variable].name.quoted) \(problem)",
            expected: expectation)
    }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map(*).reduce(0.0, +) }
