import Learning

/// The requirements of a forecast experiment on its data, checked before anything is computed.
extension ForecastData {
    func requireEnough(_ configuration: ForecastConfiguration) throws(InputError) {
        try requireLength(configuration)
        try requireMemory(configuration)
        let normals = Climatology(series, over: Array(training))
        for v in 0..<series.variables { try requireVariation(of: v, normals, configuration) }
        try requireIndependence(normals, configuration)
        try requireTargetValues(configuration)
        for gaps in configuration.gaps {
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
        return series.values.indices.filter { period.contains(times[$0]) && !series.values[$0, v].isNaN }
    }

    private func requireLength(_ configuration: ForecastConfiguration) throws(InputError) {
        let place = configuration.split.place
        let memory = configuration.longestMemory
        let needed = memory + max(2 * series.season.coefficientCount, 24) + configuration.longestLead
        guard training.upperBound >= needed else {
            throw place.error(
                "\(training.upperBound) steps before the end of training are too few for a memory of \(memory)",
                expected: "at least \(needed)")
        }
        guard end - memory >= 2 * configuration.folds else {
            throw place.error(
                "\(end - memory) steps before the test, after a memory of \(memory), are too few for \(configuration.folds) "
                    + "folds",
                expected: "at least \(2 * configuration.folds)")
        }
        guard validation.count > configuration.longestLead, test.count > configuration.longestLead else {
            throw place.error(
                "validation of \(validation.count) and test of \(test.count) steps",
                expected: "each longer than the \(configuration.longestLead) leads")
        }
        guard min(validation.count, test.count) > 2 * configuration.startInterval else {
            throw configuration.places.forecast.error(
                "a start every \(configuration.startInterval) steps of \(min(validation.count, test.count))",
                expected: "at least two starts in validation and test")
        }
    }

    /// Products of sizes that would not fit, before anything is allocated.
    private func requireMemory(_ configuration: ForecastConfiguration) throws(InputError) {
        let (d, memory) = (series.variables, configuration.linear.map(\.memory).max() ?? 1)
        let starts = max(validation.count, test.count) / configuration.startInterval + configuration.longestLead
        try configuration.places.forecast.require(
            MemoryNeed([
                "leads": configuration.leads.count, "starts": starts, "members": configuration.members, "variables": d,
            ]),
            MemoryNeed(["starts": starts, "members": configuration.members, "memory": memory, "variables": d]))
        let state = (memory + 1) * d
        try configuration.places.linear.require(
            MemoryNeed([
                "memory × variables": state, "memory × variables": state,
                "seasons": 4 * (state < series.count ? series.period : 1),
            ]),
            MemoryNeed(["times": series.count, "memory × variables": state]),
            needOfGaps(memory))
        for network in configuration.network + configuration.correction {
            let widths = [network.memory * d] + network.hidden
            try (configuration.places.network ?? configuration.places.linear).require(
                MemoryNeed(["folds": 4 * configuration.folds, "units": widths.max() ?? 1, "units": widths.max() ?? 1]),
                MemoryNeed(["times": series.count, "memory × variables": network.memory * d]))
        }
    }

    /// Covariances of estimates with those in one window: of values that are missing, or have errors that count.
    private func needOfGaps(_ memory: Int) -> MemoryNeed {
        let isAllUnknown = series.errors != nil
        let unknown = (0..<end).map { t in isAllUnknown ? series.variables : series.values[t].count(where: \.isNaN) }
        var (window, most) = (0, 0)
        for t in unknown.indices {
            window += unknown[t] - (t > memory ? unknown[t - memory - 1] : 0)
            most = max(most, window)
        }
        return MemoryNeed(["missing values": unknown.reduce(0, +), "those within the memory": most])
    }

    /// What never leaves its seasonal mean leaves nothing to learn, and its scaled anomalies would be rounding errors.
    private func requireVariation(
        of variable: Int, _ normals: Climatology, _ configuration: ForecastConfiguration
    ) throws(InputError) {
        var (largest, most) = (-Double.infinity, -Double.infinity)
        normals.eachNormal(series.season, training) { time, normal in
            let value = series.values[time, variable]
            guard !value.isNaN else { return }
            (largest, most) = (max(largest, abs(value)), max(most, abs(value - normal[variable])))
        }
        guard largest >= 0 else {
            throw fault(
                variable, "has no value in the training period", "at least a few years of values", configuration)
        }
        guard most > 1e-10 * largest, most > SeriesConverter.leastVariation else {
            throw fault(
                variable, "does not vary about its seasonal mean in the training period",
                "anomalies above \(SeriesConverter.leastVariation); the key 'scale' changes the unit", configuration)
        }
    }

    /// A variable that is a linear combination of others makes every covariance singular.
    ///
    /// As many variables as times follow from each other by chance, and the regression shrinks their correlations: a
    /// variable is held against all before it while times are left over, and against each of the others alone after
    /// that.
    private func requireIndependence(_ normals: Climatology, _ configuration: ForecastConfiguration) throws(InputError)
    {
        let anomalies = normals.anomalies(of: series).interpolated().values
        let columns = (0..<series.variables).map { v in Array(anomalies.column(v)[training]) }
        let expected = "variables of which none follows from the others"
        let least = 1e-10 * Double(training.count)
        var residuals = columns
        for v in columns.indices {
            guard v + series.season.coefficientCount + 5 < training.count else {
                for w in 0..<v {
                    let slope = dot(columns[w], columns[v]) / dot(columns[w], columns[w])
                    let rest = zip(columns[v], columns[w]).reduce(0) {
                        $0 + ($1.0 - slope * $1.1) * ($1.0 - slope * $1.1)
                    }
                    guard rest > least else {
                        let other = model.table.variables[w].name.quoted
                        throw fault(v, "follows from \(other) in the training period", expected, configuration)
                    }
                }
                continue
            }
            let square = dot(residuals[v], residuals[v])
            guard square > least else {
                throw fault(
                    v, "is a linear combination of the variables before it in the training period", expected,
                    configuration)
            }
            for w in (v + 1)..<max(v + 1, columns.count) {
                let slope = dot(residuals[v], residuals[w]) / square
                for t in residuals[w].indices { residuals[w][t] -= slope * residuals[v][t] }
            }
        }
    }

    /// Choices are made, and forecasts judged, by the target.
    private func requireTargetValues(_ configuration: ForecastConfiguration) throws(InputError) {
        for (name, period) in [("validation", validation), ("test", test)]
        where period.count(where: { truth[$0, target].isFinite }) < 2 {
            throw fault(
                target, "has fewer than two values in the \(name) period", "values of the target to score with",
                configuration
            )
        }
    }

    private func fault(
        _ variable: Int, _ problem: String, _ expectation: String, _ configuration: ForecastConfiguration
    ) -> InputError {
        InputError(
            .data, at: .init(configuration.data.file),
            "the variable \(model.table.variables[variable].name.quoted) \(problem)",
            expected: expectation)
    }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
}
