import Assimilation
import Tensors

/// Checks an analysis of a single state that knows its background's covariance: the mean of Bayes' rule on a linear
/// Gaussian problem, missing values as if never made, the derivatives of state and likelihood, batch = loop.
///
/// - Parameter analysis: the analysis for a background error covariance.
public func checkAnalysis<A: Analysis>(
    _ analysis: (_ covariance: Tensor) -> A, tolerances: Tolerances = .float64, seed: Int = 1
) -> [Violation] where A.State == PointEstimate {
    let problem = LinearGaussianProblem(seed: seed)
    let background = PointEstimate(problem.prior.mean)
    let tried = analysis(problem.prior.covariance)
    var findings = Findings("\(A.self)")
    let exact = LinearGaussianProblem.posterior(problem.prior, problem.observation)
    findings.equal(
        "analysis = mean of Bayes' rule", tried(background, problem.observation).belief.mean, exact.mean,
        tolerance: 1e-10)
    let (masked, shorter) = problem.withGap
    findings.equal(
        "missing value = value never made", tried(background, masked), tried(background, shorter), tolerance: 1e-10)
    var nothing = problem.observation
    nothing.mask = Tensor.zeros(nothing.mask.shape)
    findings.equal(
        "nothing observed, nothing changed", tried(background, nothing), Analyzed(belief: background, logLikelihood: 0),
        tolerance: 1e-11)
    return findings.violations
        + checkOperation(
            "\(A.self)", at: Pair(background, problem.observation),
            laws: [.tangent, .adjoint, .recorded, .values, .batch], tolerances: tolerances, seed: seed
        ) { tried($0.first, $0.second.symmetric) }
}

/// Checks an analysis of particles: Bayes' rule and its likelihood on a linear Gaussian problem, within the sampling
/// error of many particles; missing values as if never made; the derivatives of belief and likelihood, batch = loop.
///
/// - Parameters:
///   - modelError: the covariance that the analysis adds to that of the background itself, `[4, 4]`; none by default.
///   - isSmooth: whether its result has derivatives, which drawing particles anew has not.
public func checkAnalysis<A: Analysis>(
    _ analysis: A, modelError: Tensor? = nil, isSmooth: Bool = true, tolerances: Tolerances = .float64, seed: Int = 1
) -> [Violation] where A.State == Particles {
    let problem = LinearGaussianProblem(seed: seed)
    var findings = Findings("\(A.self)")
    for observation in [problem.observation, problem.withGap.masked] {
        let prior = Gaussian(
            mean: problem.prior.mean, covariance: problem.prior.covariance + (modelError ?? Tensor.zeros([4, 4])))
        let exact = KalmanAnalysis()(prior, observation)
        for count in [3000, 48_000] {
            let background = Particles(problem.prior.ensemble(of: count, key: Key(seed).folding(7)))
            let found = analysis(background, observation)
            let allowed = 20 / Double(count).squareRoot()
            findings.equal(
                "mean of \(count) particles = Kalman", found.belief.mean, exact.belief.mean, tolerance: allowed)
            findings.equal(
                "variance of \(count) particles = Kalman", found.belief.variance, exact.belief.variance,
                tolerance: allowed)
            findings.equal(
                "likelihood of \(count) particles = Kalman", found.logLikelihood, exact.logLikelihood,
                tolerance: allowed)
        }
    }
    let background = Particles(problem.prior.ensemble(of: 9, key: Key(seed).folding(8)))
    findings.equal(
        "weights sum to one", analysis(background, problem.observation).belief.weights.sum(), 1, tolerance: 1e-12)
    let laws: Set<OperationLaw> = [.recorded, .values, .batch]
    return findings.violations
        + checkOperation(
            "\(A.self)", at: Pair(background, problem.observation),
            laws: isSmooth ? laws.union([.tangent, .adjoint]) : laws, tolerances: tolerances, seed: seed
        ) { analysis($0.first, $0.second.symmetric) }
}
