import Assimilation
import Tensors

/// A method of data assimilation on a system: unknown parameters are a part of its state.
public struct FilterInference: Sendable {
    public let method: any AssimilationMethod
    public init(_ method: any AssimilationMethod) { self.method = method }

    public func fault(_ problem: SystemProblem) -> (problem: String, expected: String)? {
        if problem.system.hasDiffuseStart { return ("a diffuse start for \(method.name)", "the method kalman") }
        return type(of: method).requirements.lazy.compactMap { $0.fault(problem.traits, method.values) }.first
    }

    /// - Parameter sizes: the estimate of the standard deviations that are unknown; medians of the priors by default.
    /// - Parameter keeping: where the filter goes on from, and where its checkpoints go.
    public func infer(
        _ problem: SystemProblem, sizes: SizeEstimate? = nil, keeping: BeliefKeeping? = nil
    ) -> Inference {
        var values = problem.medians
        if let sizes { values.sizes = sizes.sizes }
        var given = problem.problem(values, augmented: true)
        given.keeping = keeping
        let run = run(method, given)
        guard let beliefs = run.beliefs else { preconditionFailure("FilterInference: a run without beliefs") }
        let parameters = Self.parameters(problem, beliefs)
        return Inference(
            unknowns: parameters + (sizes?.estimates ?? []), filtered: beliefs,
            logLikelihood: beliefs.logLikelihoods.sum().scalar, outcome: beliefs.outcome,
            notes: collapse(parameters, problem).map { [$0] } ?? [], seconds: run.seconds)
    }

    /// The share of its prior's standard deviation below which an ensemble's parameter is remarked on.
    private static let leastShare = 0.01

    /// A remark on parameters of which an ensemble is nearly certain, which happens by chance alone.
    private func collapse(_ parameters: [UnknownEstimate], _ problem: SystemProblem) -> String? {
        let drifting = Set(problem.system.parameters.filter { $0.drift > 0 }.map(\.name))
        guard method.value("members") != nil, (method.value("inflation") ?? 1) <= 1 else { return nil }
        let certain = parameters.filter {
            $0.deviation < Self.leastShare * $0.priorDeviation && !drifting.contains($0.name)
        }
        guard !certain.isEmpty else { return nil }
        let names = certain.map(\.name).joined(separator: ", ")
        return "The ensemble has hardly any spread left in \(names): sampling errors of every analysis make it surer; "
            + "'drift' or inflation keep it open."
    }

    private func run<Method: AssimilationMethod>(
        _ method: Method, _ problem: Problem<SystemForecast, SystemOperator>
    ) -> MethodRun { method.run(problem) }

    /// The parameters by the last analysis.
    static func parameters(_ problem: SystemProblem, _ beliefs: BeliefSeries) -> [UnknownEstimate] {
        let (n, unknowns) = (problem.system.count, problem.parameters)
        let last = beliefs.means.shape[0] - 1
        func behind(_ x: Tensor) -> [Double] { Array(x[last].values.dropFirst(n)) }
        guard beliefs.means.shape[1] == n + unknowns.count else { return [] }
        return UnknownEstimate.all(unknowns, means: behind(beliefs.means), deviations: behind(beliefs.deviations))
    }
}

extension BeliefSeries {
    /// Whether all means and likelihoods are finite.
    public var outcome: Outcome {
        let n = means.shape[1]
        let wrong = [
            means.values.firstIndex { !$0.isFinite }.map { $0 / n }, logLikelihoods.values.firstIndex { !$0.isFinite },
        ]
        return wrong.compactMap(\.self).min().map { .diverged(step: $0) } ?? .completed
    }
}

extension FilterInference {
    /// The unknown standard deviations by the innovations' likelihood of an ensemble Kalman filter, or of the Kalman
    /// filter where the state is small: for methods whose likelihood has no gradient.
    public static func sizes(_ problem: SystemProblem) -> SizeEstimate {
        let isSmall = problem.system.count + problem.parameters.count <= 20
        return SizeEstimate(
            problem, filter: isSmall ? .kalman : .etkf, ensemble: EnsembleTreatment(members: 50), augmented: true,
            withCovariance: true)
    }
}
