import Assimilation
import Tensors

/// Checks an analysis of an ensemble that is localised, on whatever it makes of a small linear Gaussian problem:
/// missing values as if nothing had been observed, derivatives with respect to background,
/// observation and its own parameters, batch = loop.
public func checkLocalization<A: Analysis>(
    _ analysis: A, tolerances: Tolerances = .float64, seed: Int = 1
) -> [Violation] where A.State == Ensemble {
    let problem = LinearGaussianProblem(seed: seed)
    let background = problem.prior.ensemble(of: 9, key: Key(seed).folding(8))
    return checkNothingObserved(analysis, background, problem.observation, compares: { $0.gaussian })
        + checkOperation(
            "\(A.self) and its parameters", at: Pair(analysis, Pair(background, problem.observation)),
            laws: [.recorded, .values, .tangent, .adjoint, .batch], tolerances: tolerances, seed: seed
        ) { $0.first($0.second.first, $0.second.second.symmetric) }
}

/// Checks that a localised analysis whose taper is one everywhere is the plain one.
public func checkLocalization<A: Analysis, B: Analysis>(
    _ analysis: A, without plain: B, seed: Int = 1
) -> [Violation] where A.State == Ensemble, B.State == Ensemble {
    let problem = LinearGaussianProblem(seed: seed)
    var findings = Findings("\(A.self)")
    let background = problem.prior.ensemble(of: 9, key: Key(seed).folding(8))
    let (masked, _) = problem.withGap
    for observation in [problem.observation, masked] {
        let (found, expected) = (analysis(background, observation), plain(background, observation))
        findings.equal(
            "with a taper of ones = \(B.self)", found.belief.members, expected.belief.members, tolerance: 1e-10)
        findings.equal(
            "likelihood with a taper of ones = \(B.self)", found.logLikelihood, expected.logLikelihood, tolerance: 1e-10
        )
    }
    return findings.violations
}
