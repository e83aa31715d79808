import Assimilation
import Tensors

/// A small linear Gaussian problem on which every analysis must be Bayes' rule.
struct LinearGaussianProblem {
    let prior: Gaussian
    let observation: Observation<LinearOperator>

    init(seed: Int) {
        let key = Key(seed)
        let root = key.folding(1).normal([4, 4])
        prior = Gaussian(
            mean: key.folding(2).normal([4]),
            covariance: root.matrixProduct(root.transposed) + 0.5 * Tensor.identity(4))
        let errors = key.folding(3).normal([3, 3])
        observation = Observation(
            values: key.folding(4).normal([3]),
            errorCovariance: errors.matrixProduct(errors.transposed) + 0.5 * Tensor.identity(3),
            operator: LinearOperator(key.folding(5).normal([3, 4]), offset: key.folding(6).normal([3])))
    }

    /// The posterior in information form, `P_a⁻¹ = P⁻¹ + Hᵀ R⁻¹ H`, which shares no step with a filter's gain.
    static func posterior(_ prior: Gaussian, _ observation: Observation<LinearOperator>) -> Gaussian {
        let matrix = observation.operator.matrix
        let weighted = observation.errorCovariance.symmetricSolve(matrix).transposed
        let covariance = (prior.covariance.symmetricInverse() + weighted.matrixProduct(matrix)).symmetricInverse()
        let innovation = observation.values - observation.operator(prior.mean)
        let shift = covariance.vectorProduct(weighted.vectorProduct(innovation))
        return Gaussian(mean: prior.mean + shift, covariance: covariance)
    }

    /// The observation with its second value missing, and the same with that value left out altogether.
    var withGap: (masked: Observation<LinearOperator>, shorter: Observation<LinearOperator>) {
        var masked = observation
        masked.mask = Tensor([1, 0, 1])
        let kept = Tensor(integers: [0, 2])
        let whole = observation
        let shorter = Observation(
            values: whole.values.taking(kept),
            errorCovariance: whole.errorCovariance.taking(kept).taking(kept, axis: 1),
            operator: LinearOperator(whole.operator.matrix.taking(kept), offset: whole.operator.offset.taking(kept)))
        return (masked, shorter)
    }
}

/// Checks an analysis of a Gaussian belief: Bayes' rule on a linear Gaussian problem, missing values as if never made,
/// the derivatives of belief and likelihood, batch = loop.
public func checkAnalysis<A: Analysis>(
    _ analysis: A, tolerances: Tolerances = .float64, seed: Int = 1
) -> [Violation] where A.State == Gaussian {
    let problem = LinearGaussianProblem(seed: seed)
    var findings = Findings("\(A.self)")
    let exact = LinearGaussianProblem.posterior(problem.prior, problem.observation)
    findings.equal(
        "analysis = Bayes' rule", analysis(problem.prior, problem.observation).belief, exact, tolerance: 1e-10)
    let (masked, shorter) = problem.withGap
    findings.equal(
        "missing value = value never made", analysis(problem.prior, masked), analysis(problem.prior, shorter),
        tolerance: 1e-11)
    return findings.violations + checkNothingObserved(analysis, problem.prior, problem.observation)
        + checkOperation(
            "\(A.self)", at: Pair(problem.prior, problem.observation),
            laws: [.tangent, .adjoint, .recorded, .values, .batch], tolerances: tolerances, seed: seed
        ) { analysis($0.first.symmetric, $0.second.symmetric) }
}

/// Checks an analysis of an ensemble: Bayes' rule on a linear Gaussian problem — for the sample's own mean and
/// covariance to rounding if it is deterministic, else within the sampling error of many members — and
/// the laws of `checkAnalysis`.
public func checkAnalysis<A: Analysis>(
    _ analysis: A, isDeterministic: Bool, tolerances: Tolerances = .float64, seed: Int = 1
) -> [Violation] where A.State == Ensemble {
    let problem = LinearGaussianProblem(seed: seed)
    var findings = Findings("\(A.self)")
    for count in isDeterministic ? [3, 12, 60] : [400, 6400] {
        let background = problem.prior.ensemble(of: count, key: Key(seed).folding(7))
        let result = analysis(background, problem.observation).belief.gaussian
        let allowed = isDeterministic ? 1e-9 : 12 / Double(count).squareRoot()
        // With fewer members than variables the sample covariance is singular: the gain form, not the information form.
        let exact = KalmanAnalysis()(background.gaussian, problem.observation).belief
        findings.equal("analysis of \(count) members = Kalman", result, exact, tolerance: allowed)
    }
    let background = problem.prior.ensemble(of: 9, key: Key(seed).folding(8))
    let (masked, shorter) = problem.withGap
    if isDeterministic {
        findings.equal(
            "missing value = value never made", analysis(background, masked), analysis(background, shorter),
            tolerance: 1e-10)
    }
    return findings.violations
        + checkNothingObserved(analysis, background, problem.observation, compares: { $0.gaussian })
        + checkOperation(
            "\(A.self)", at: Pair(background, problem.observation),
            laws: [.tangent, .adjoint, .recorded, .values, .batch], tolerances: tolerances, seed: seed
        ) { analysis($0.first, $0.second.symmetric).belief.members }
}

// A covariance is symmetric, and derivatives are those of symmetric changes: a random direction is made so.

extension Tensor {
    var symmetric: Tensor { 0.5 * (self + transposed) }
}

extension Gaussian {
    var symmetric: Gaussian { Gaussian(mean: mean, covariance: covariance.symmetric) }
}

extension Observation {
    var symmetric: Observation {
        var result = self
        result.errorCovariance = errorCovariance.symmetric
        return result
    }
}

func checkNothingObserved<A: Analysis>(
    _ analysis: A, _ background: A.State, _ observation: Observation<LinearOperator>,
    compares: (A.State) -> Gaussian
) -> [Violation] {
    var findings = Findings("\(A.self)")
    var nothing = observation
    nothing.mask = Tensor.zeros(nothing.mask.shape)
    let result = analysis(background, nothing)
    findings.equal("nothing observed, nothing changed", compares(result.belief), compares(background), tolerance: 1e-11)
    findings.equal("nothing observed, likelihood one", result.logLikelihood, Tensor(0), tolerance: 1e-12)
    return findings.violations
}

private func checkNothingObserved<A: Analysis>(
    _ analysis: A, _ background: Gaussian, _ observation: Observation<LinearOperator>
) -> [Violation] where A.State == Gaussian {
    checkNothingObserved(analysis, background, observation, compares: { $0 })
}
