import Assimilation
import Kernels
import Learning
import Tensors

/// A filter whose innovations' likelihood can be followed by its gradient.
public enum LikelihoodFilter: String, CaseIterable, Sendable {
    case kalman, etkf, letkf
    case serial = "serial-ensrf"
    case deterministic = "denkf"
    case stochastic = "stochastic-enkf"
    case finiteSize = "enkf-n"

    /// The method of that name; nil for the Kalman filter.
    func method(_ treatment: EnsembleTreatment) -> (any EnsembleMethod)? {
        let types: [any EnsembleMethod.Type] = [
            ETKFMethod.self, LETKFMethod.self, SerialEnSRFMethod.self, DeterministicEnKFMethod.self,
            StochasticEnKFMethod.self, FiniteSizeEnKF.self,
        ]
        guard let type = types.first(where: { $0.name == rawValue }) else { return nil }
        var method = type.init()
        method.ensemble = treatment
        return method
    }
}

/// The most probable parameters and standard deviations by the likelihood of a filter's innovations.
///
///     J(θ, σ) = − log p(θ, σ) − Σ log p(y_t | y_1 … y_(t−1); θ, σ)
///
/// The gradient goes through the filter; the covariance is the inverse of the Hessian at the minimum. States are those
/// of the filter with the estimates. Random numbers of an ensemble are the same at every evaluation.
///
/// Reference: Delsole & Yang, Physica D 239 (2010); Carrassi et al., QJRMS 143 (2017).
public struct InnovationLikelihood: InferenceMethod {
    public static let name = "likelihood"
    public static let summary = "parameters and sizes of errors by gradients of the innovations' likelihood of a filter"
    public static let reference = "Carrassi et al., Estimating model evidence using data assimilation, QJRMS 143 (2017)"
    public static let parameters: [Parameter<Self>] = [
        .choice("filter", \.filter, "The filter."),
        .integer("members", \.ensemble.members, 2...1_000_000, "Members of the ensemble; of no effect with kalman."),
        .real(
            "inflation", \.inflation, 0.5...10, unit: "factor of standard deviations",
            "Factor of the anomalies after each analysis; of no effect with kalman."),
        .integer("steps", \.steps, 1...100_000, "Most steps of the search."),
    ]

    public var filter = LikelihoodFilter.etkf
    public var ensemble = EnsembleTreatment()
    public var steps = 200
    public var inflation: Double {
        get { ensemble[.inflation] }
        set { ensemble[.inflation] = newValue }
    }

    public init() {}

    public func fault(_ problem: SystemProblem) -> (problem: String, expected: String)? {
        if problem.parameters.count + problem.sizes.count == 0 {
            return ("nothing is unknown for likelihood", "a parameter with a prior, or an error that is estimated")
        }
        guard let method = filter.method(ensemble) else { return nil }
        return FilterInference(method).fault(problem)
    }

    public func infer(_ problem: SystemProblem) -> Inference {
        let clock = ContinuousClock.now
        let estimate = SizeEstimate(
            problem, filter: filter, ensemble: ensemble, augmented: false, steps: steps, withCovariance: true)
        var inference: Inference
        if let method = filter.method(ensemble) {
            inference = Self.run(method, problem.problem(estimate.values, augmented: false))
        } else {
            inference = KalmanInference.infer(problem, estimate.values, augmented: false)
        }
        inference.unknowns = estimate.estimates
        inference.notes += estimate.notes
        inference.seconds = (ContinuousClock.now - clock) / .seconds(1)
        return inference
    }

    private static func run<Method: EnsembleMethod>(
        _ method: Method, _ problem: Problem<SystemForecast, SystemOperator>
    ) -> Inference {
        let run = method.run(problem)
        guard let beliefs = run.beliefs else { preconditionFailure("InnovationLikelihood: a run without beliefs") }
        return Inference(
            unknowns: [], filtered: beliefs, logLikelihood: beliefs.logLikelihoods.sum().scalar,
            outcome: beliefs.outcome, seconds: run.seconds)
    }
}

/// The search for unknowns by the likelihood of a filter's innovations.
public struct SizeEstimate: Sendable {
    /// Parameters, unless they are a part of the state, and sizes.
    let unknowns: SystemUnknowns
    let point: Tensor
    public let values: SystemProblem.Values
    /// Standard deviations of the coordinates; NaN where they were not asked for.
    let deviations: [Double]
    let notes: [String]

    var sizes: Tensor { values.sizes }
    var estimates: [UnknownEstimate] {
        UnknownEstimate.all(unknowns, means: point.values, deviations: deviations)
    }

    init(
        _ problem: SystemProblem, filter: LikelihoodFilter, ensemble: EnsembleTreatment = EnsembleTreatment(),
        augmented: Bool, steps: Int = 200, withCovariance: Bool = false
    ) {
        let objective = LikelihoodObjective(problem, filter: filter, ensemble: ensemble, augmented: augmented)
        unknowns = objective.unknowns
        guard unknowns.count > 0 else {
            (point, values, deviations, notes) = (unknowns.center, problem.medians, [], [])
            return
        }
        var found = objective.minimum(from: unknowns.center, steps: steps)
        if !augmented, let other = objective.startByFilter {
            // Far from the parameters the likelihood of a filter has other minima.
            let second = objective.minimum(from: other, steps: steps)
            if second.search.outcome != .diverged, !(found.search.value <= second.search.value) { found = second }
        }
        point = found.point
        values = objective.values(found.point)
        var notes = found.search.outcome == .converged ? [] : ["The search is \(found.search.outcome.rawValue)."]
        if withCovariance {
            let hessian = objective.hessian(found.point)
            let (eigenvalues, vectors) = hessian.symmetricEigen()
            let least = 1e-10 * Swift.max(eigenvalues.values.last ?? 1, 1e-300)
            if eigenvalues.values.contains(where: { $0 <= least }) {
                notes.append("The Hessian is not positive: a direction of the unknowns is not determined.")
            }
            let factor = vectors / eigenvalues.maximum(Tensor(least)).sqrt()
            // A direction that the likelihood does not know is known by the prior at most.
            deviations = zip(factor.squared().sum(axes: [1]).sqrt().values, unknowns.deviations.values).map(min)
        } else {
            deviations = [Double](repeating: .nan, count: unknowns.count)
        }
        self.notes = notes
    }
}

/// The negative logarithm of the posterior density by a filter's innovations.
struct LikelihoodObjective {
    let problem: SystemProblem
    let filter: LikelihoodFilter
    let ensemble: EnsembleTreatment
    let augmented: Bool
    let unknowns: SystemUnknowns
    private let parameters: Int

    init(_ problem: SystemProblem, filter: LikelihoodFilter, ensemble: EnsembleTreatment, augmented: Bool) {
        (self.problem, self.filter, self.ensemble, self.augmented) = (problem, filter, ensemble, augmented)
        let own = augmented ? [] : problem.parameters.entries
        parameters = own.count
        unknowns = SystemUnknowns(own + problem.sizes.entries)
    }

    /// The values of all parameters and sizes at a point of the search.
    func values(_ xi: Tensor) -> SystemProblem.Values {
        let values = unknowns.coordinates.constrained(xi)
        let sizes = values.slice(axis: 0, from: parameters, to: unknowns.count)
        guard !augmented else { return SystemProblem.Values(parameters: problem.medians.parameters, sizes: sizes) }
        return SystemProblem.Values(
            parameters: problem.allParameters(values.slice(axis: 0, from: 0, to: parameters)), sizes: sizes)
    }

    /// - Parameter data: values and gaps, as a program takes them.
    func value(_ xi: Tensor, _ data: ObservedData) -> Tensor {
        var problem = problem
        problem.given = data
        let values = values(xi)
        let likelihood: Tensor
        if let method = filter.method(ensemble) {
            likelihood = Self.logLikelihood(method, problem.problem(values, augmented: augmented))
        } else {
            let cycle = problem.kalman(values, augmented: augmented)
            let (mean, deviations) = problem.start(augmented: augmented)
            likelihood = cycle.logLikelihood(
                from: Gaussian(mean: mean, covariance: deviations.squared().diagonalMatrix()),
                problem.observed(cycle.forecast.model, values.sizes))
        }
        return -unknowns.logDensity(xi) - likelihood
    }

    private static func logLikelihood<Method: EnsembleMethod>(
        _ method: Method, _ problem: Problem<SystemForecast, SystemOperator>
    ) -> Tensor {
        let cycle = Cycle(
            EachMember(problem.model, modelError: problem.modelError),
            GuardedAnalysis(Modified(method.analysis(problem), method.ensemble.modifiers), threshold: problem.rejection)
        )
        return cycle.logLikelihood(from: problem.ensemble(method.members), problem.observations)
    }

    private var data: ObservedData {
        let observations = problem.observations
        return ObservedData(values: observations.values, mask: observations.mask, deviations: observations.deviations)
    }

    func minimum(from start: Tensor, steps: Int) -> (point: Tensor, search: Minimum) {
        QuasiNewton(maximumSteps: steps, tolerance: 1e-5).compiledMinimum(from: start, given: data) { value($0, $1) }
    }

    /// The estimates of a filter that has the parameters in its state; nil where it has none.
    var startByFilter: Tensor? {
        guard parameters > 0, !problem.system.hasDiffuseStart else { return nil }
        let sizes = FilterInference.sizes(problem)
        let inference = FilterInference(filter.method(ensemble) ?? ETKFMethod(members: 100)).infer(
            problem, sizes: sizes)
        let means = inference.unknowns.map(\.mean)
        return means.count == unknowns.count && means.allSatisfy(\.isFinite) ? Tensor(means) : nil
    }

    /// By differences of gradients, symmetric: the second derivative of a likelihood through eigenvectors is not smooth
    /// where they cross.
    func hessian(_ point: Tensor) -> Tensor {
        let slope = compile(like: Pair(point, data)) { input in
            gradient(of: { value($0, input.second) })(input.first)
        }
        let step = 1e-4
        let rows = point.values.indices.map { place -> Tensor in
            let along = Tensor(point.values.indices.map { $0 == place ? step : 0 })
            return (slope(Pair(point + along, data)) - slope(Pair(point - along, data))) / Tensor(2 * step)
        }
        let hessian = Tensor.stacked(rows)
        return 0.5 * (hessian + hessian.transposed)
    }
}

extension Cycle {
    /// The sum of the logarithms of the probabilities of all values, and no more than it needs.
    func logLikelihood<H: StateMap>(from start: F.State, _ observations: Observations<H>) -> Tensor {
        run(from: start, observations, beside: Nothing()) { _, analyzed, _, _ in analyzed.logLikelihood }.records.sum()
    }
}

extension SystemProblem {
    /// The continuous–discrete Kalman filter.
    func kalman(_ values: Values, augmented: Bool) -> Cycle<SystemKalman, GuardedAnalysis<KalmanAnalysis>> {
        let forecast = SystemKalman(
            forecast(values, augmented: augmented), errors: errors(values.sizes, augmented: augmented))
        return Cycle(forecast, GuardedAnalysis(KalmanAnalysis(), threshold: rejection))
    }
}
