import Learning
import Studies
import Verification

extension ForecastRun {
    /// Everything that was found, in the form that files and report are written from.
    func assemble(_ parts: [ScenarioResults]) -> RunResults {
        var results = RunResults(
            name: header.name, title: header.title, summary: header.summary, version: ApusVersion.text,
            seed: UInt64(header.seed),
            variables: data.variables.map(\.record),
            primaryVariable: configuration.target, splits: splits, leads: configuration.leads,
            leadUnit: configuration.step.leadUnit, gapScenarios: parts.map(\.record), methods: methodRecords(parts),
            choice: choice)
        let learned = Set(methods.map(\.name))
        results.scores = parts.flatMap { $0.forecasts.flatMap { $0.leads.flatMap { $0.flatMap(\.scores) } } }
        results.series = parts.flatMap(\.series)
        results.gapFilling = parts.flatMap(\.filling)
        results.folds = chosen.folds
        results.learningCurves = parts.first?.curves ?? []
        results.errorModels = parts.flatMap(\.errors)
        results.rankHistograms = parts.flatMap { part in
            part.forecasts.filter { learned.contains($0.method) }.flatMap { histograms($0) }
        }
        results.comparisons = ComparisonRecord.corrected(parts.flatMap(comparisons), confidence: results.confidence)
        results.leaders = parts.flatMap(leaders)
        results.forecasts = parts.flatMap { part in
            part.forecasts.filter { $0.method == chosen.chosen }.flatMap { forecast in
                data.variables.indices.map { record(forecast, variable: $0) }
            }
        }
        results.dataCredits = header.credits
        results.clock = data.clock?.description
        results.conclude()
        results.verdict += data.warnings
        return results
    }

    private var splits: [SplitRecord] {
        [("train", 0..<data.training.upperBound), ("validation", data.validation), ("test", data.test)].map {
            SplitRecord(
                name: $0.0, start: data.text($0.1.lowerBound),
                end: data.text($0.1.upperBound - 1))
        }
    }

    private var choice: ChoiceRecord {
        let leads =
            (configuration.decisiveLeads.count == 1 ? "lead " : "leads ")
            + configuration.decisiveLeads.map(String.init).joined(separator: ", ")
        return ChoiceRecord(
            method: chosen.chosen,
            criterion:
                "the mean CRPS of \(configuration.target) at \(leads) over the validation period, after learning from the "
                + "training period alone: the simplest of the methods within one standard error of the lowest score, "
                + "where a linear model is simpler than a network, and a network simpler than a linear model with a "
                + "network. The memory of the linear model has the lowest such score. Inflation makes "
                + "the innovations of the validation period most probable; ridge, seasons, depth, width and the "
                + "networks' memory have the best one-step log-score in \(configuration.folds)-fold time-blocked "
                + "cross-validation before the test",
            reason: CandidateRecord.reason(for: chosen.chosen, among: chosen.validation), candidates: chosen.validation)
    }

    private func methodRecords(_ parts: [ScenarioResults]) -> [MethodRecord] {
        let baselines = Baseline.allCases.map {
            MethodRecord(name: $0.rawValue, kind: .baseline, description: $0.text, parameters: [])
        }
        return baselines
            + methods.map { method in
                var parameters: [MethodParameter] = []
                if method.kind != .network {
                    parameters.append(MethodParameter(name: "linear", value: chosen.linear.description))
                }
                let network = method.kind == .network ? chosen.network : chosen.correction
                if method.kind != .linear, let network {
                    parameters.append(MethodParameter(name: "network", value: network.description))
                }
                parameters.append(MethodParameter(name: "members", value: "\(configuration.members)"))
                parameters.append(
                    MethodParameter(
                        name: "model error inflation", value: "\(chosen.inflations[method.name] ?? 1)"))
                parameters += parts.compactMap { outcome(method, $0) }
                if let idle = LearningCurveRecord.idleness(of: method.kind.rawValue, in: parts.first?.curves ?? []) {
                    parameters.append(MethodParameter(name: "training", value: idle))
                }
                return MethodRecord(
                    name: method.name, kind: method.kind.methodKind,
                    description: "\(method.kind.text); \(method.filter.summary)", parameters: parameters)
            }
    }

    /// The failure of a method's filter in a scenario, if there is one.
    private func outcome(_ method: LearnedMethod, _ part: ScenarioResults) -> MethodParameter? {
        guard case .diverged(let step)? = part.forecasts.first(where: { $0.method == method.name })?.outcome else {
            return nil
        }
        return MethodParameter(
            name: "outcome, \(part.record.title)", value: "diverged at \(data.text(step))")
    }

    private func histograms(_ forecasts: MethodForecasts) -> [RankHistogramRecord] {
        forecasts.leads[data.target].filter { configuration.decisiveLeads.contains($0.lead) }.map { found in
            RankHistogramRecord(
                method: forecasts.method, variable: configuration.target, lead: found.lead, gaps: forecasts.gaps,
                counts: found.ranks, probability: found.flatness.finite,
                meanProbability: found.truthProbability, dispersion: found.truthDispersion)
        }
    }

    // MARK: - Comparisons

    /// The chosen method against every baseline, and the networks against the linear model in the same filter.
    private func comparisons(_ part: ScenarioResults) -> [ComparisonRecord] {
        let filter = chosenMethod.filter
        let name = { (kind: ModelKind) in LearnedMethod(kind: kind, filter: filter).name }
        var pairs = Baseline.allCases.map { (chosen.chosen, $0.rawValue) }
        pairs += [ModelKind.network, .corrected].map { (name($0), name(.linear)) }
        return pairs.flatMap { first, second -> [ComparisonRecord] in
            guard let a = part.forecasts.first(where: { $0.method == first }),
                let b = part.forecasts.first(where: { $0.method == second })
            else { return [] }
            return zip(a.leads[data.target], b.leads[data.target]).flatMap {
                compare((a.method, $0), (b.method, $1), a.gaps)
            }
        }
    }

    private func compare(
        _ a: (method: String, LeadForecasts), _ b: (method: String, LeadForecasts), _ gaps: Gaps
    ) -> [ComparisonRecord] {
        let (first, second) = (a.1, b.1)
        let both = [
            (Score.rmse, bootstrap.difference(first.squares, second.squares)),
            (.crps, bootstrap.difference(first.crps, second.crps)),
        ]
        return both.map { score, difference in
            ComparisonRecord(
                a.method, b.method, variable: configuration.target, lead: first.lead, score: score, gaps: gaps,
                difference)
        }
    }

    /// The method with the lowest score of the target at each lead.
    private func leaders(_ part: ScenarioResults) -> [LeaderRecord] {
        configuration.leads.indices.flatMap { place in
            let own = part.forecasts.map { ($0.method, $0.leads[data.target][place]) }
            let scores = [
                (Score.rmse, own.map { ScoredMethod(name: $0.0, series: $0.1.squares) }),
                (.crps, own.map { ScoredMethod(name: $0.0, series: $0.1.crps) }),
            ]
            return scores.compactMap { score, methods in
                LeaderRecord(
                    methods, gaps: part.record.name, variable: configuration.target, lead: configuration.leads[place],
                    score: score,
                    bootstrap)
            }
        }
    }

    // MARK: - Forecasts

    /// From forecasts by target to forecasts by start; a start outside the test's targets has no entry.
    private func record(_ forecasts: MethodForecasts, variable: Int) -> ForecastRecord {
        let starts = scorer.starts
        let leads = forecasts.leads[variable].map { found -> ForecastsAtLead in
            let positions = Dictionary(uniqueKeysWithValues: found.targets.enumerated().map { ($1 - found.lead, $0) })
            func byStart(_ values: [Double]) -> [Double?] {
                starts.map { start in positions[start].flatMap { values[$0].finite } }
            }
            return ForecastsAtLead(
                lead: found.lead, mean: byStart(found.mean), quantile5: byStart(found.quantiles[0]),
                quantile25: byStart(found.quantiles[1]), quantile50: byStart(found.quantiles[2]),
                quantile75: byStart(found.quantiles[3]), quantile95: byStart(found.quantiles[4]),
                truth: byStart(found.targets.map { data.truth[$0, variable] }))
        }
        return ForecastRecord(
            method: forecasts.method, gaps: forecasts.gaps, variable: data.variables[variable].name,
            starts: starts.map { data.text($0) }, leads: leads)
    }

    /// Keeps the learned models as files that another run, and Python, can open.
    func save(_ models: LearnedModels, in folder: RunFolder) throws(InputError) {
        for method in methods where method.filter == chosenMethod.filter {
            let checkpoint = forecaster(method, models).checkpoint(
                variables: data.model.table.variables.map(\.name), learnedFrom: data.description)
            try ModelFile.write(checkpoint, to: "models/\(method.kind.rawValue)", in: folder)
        }
    }
}

extension ObservationTable.Variable {
    /// The variable as results describe it.
    var record: VariableRecord {
        VariableRecord(name: name, longName: longName ?? name, units: units ?? "", standardName: standardName)
    }
}

extension Baseline {
    var text: String {
        switch self {
        case .climatology: "the values of the same season in the years before"
        case .persistence: "the last anomaly, dressed with its errors in training"
        case .dampedPersistence: "the last anomaly, shrunk by its regression at each lead"
        case .autoregression: "autoregression of order 12 on each series alone"
        }
    }
}
