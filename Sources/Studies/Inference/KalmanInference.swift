import Assimilation
import Kernels
import Tensors

/// The Kalman filter and smoother of a system: continuous–discrete, extended where the system is not linear.
///
/// Unknown parameters are a part of the state. A linear system may start diffuse, and is then treated exactly.
public struct KalmanInference: InferenceMethod {
    public static let name = "kalman"
    public static let summary = "Kalman filter and smoother, continuous–discrete; extended where not linear"
    public static let reference = "Jazwinski, Stochastic processes and filtering theory (1970)"
    public static let parameters: [Parameter<Self>] = []

    public init() {}

    public func fault(_ problem: SystemProblem) -> (problem: String, expected: String)? {
        guard problem.system.hasDiffuseStart else { return nil }
        if problem.rejection != nil {
            return ("a rejection of values with a diffuse start", "a start with a distribution")
        }
        if !problem.parameters.entries.isEmpty {
            return ("a diffuse start with unknown parameters", "the method likelihood with the filter kalman")
        }
        return problem.isLinear
            ? nil : ("a diffuse start of a system that is not linear", "a start with a distribution")
    }

    public func infer(_ problem: SystemProblem) -> Inference {
        var values = problem.medians
        let sizes = SizeEstimate(problem, filter: .kalman, augmented: true, withCovariance: true)
        values.sizes = sizes.sizes
        var inference = Self.infer(problem, values, augmented: true)
        inference.unknowns += sizes.estimates
        return inference
    }

    /// With the values of parameters and sizes.
    static func infer(_ problem: SystemProblem, _ values: SystemProblem.Values, augmented: Bool) -> Inference {
        let clock = ContinuousClock.now
        if problem.system.hasDiffuseStart { return diffuse(problem, values, clock) }
        let cycle = problem.kalman(values, augmented: augmented)
        let (mean, deviations) = problem.start(augmented: augmented)
        let start = Gaussian(mean: mean, covariance: deviations.squared().diagonalMatrix())
        let observed = problem.observed(cycle.forecast.model, values.sizes)
        let input = Pair(Pair(cycle, start), observed)
        let found = compile(like: input, calls: .few) { input in
            let cycle = input.first.first
            let trajectory = cycle(from: input.first.second, input.second)
            let used = cycle.beliefs(
                from: input.first.second, input.second, firstStep: Tensor(integer: 0), of: { $0 }
            ).records
            let smoothed = RauchTungStriebel().smooth(trajectory, cycle.forecast).beliefs
            let values = input.second.moments(of: smoothed)
            return Pair(
                used,
                Pair(
                    Pair(smoothed.mean, vmap { (x: Gaussian) in x.variance.sqrt() }(smoothed)),
                    Pair(values.means, values.deviations)))
        }(input)
        let (states, values) = (found.second.first, found.second.second)
        var inference = inference(
            problem, found.first, StateMoments(means: states.first, deviations: states.second), augmented: augmented,
            clock)
        inference.smoothedValues = StateMoments(means: values.first, deviations: values.second)
        return inference
    }

    private static func inference(
        _ problem: SystemProblem, _ beliefs: BeliefSeries, _ smoothed: StateMoments, augmented: Bool,
        _ clock: ContinuousClock.Instant
    ) -> Inference {
        var unknowns: [UnknownEstimate] = []
        if augmented, !problem.parameters.entries.isEmpty {
            // A constant is known best from all observations, which the last analysis has.
            unknowns = FilterInference.parameters(problem, beliefs)
        }
        return Inference(
            unknowns: unknowns, filtered: beliefs, smoothed: smoothed,
            logLikelihood: beliefs.logLikelihoods.sum().scalar, outcome: beliefs.outcome,
            seconds: (ContinuousClock.now - clock) / .seconds(1))
    }

    private static func diffuse(
        _ problem: SystemProblem, _ values: SystemProblem.Values, _ clock: ContinuousClock.Instant
    ) -> Inference {
        let found = DiffuseStart(problem, values)
        var inference = inference(problem, found.filtered, found.smoothed, augmented: false, clock)
        if found.unknownDirections > 0 {
            inference.notes.append(
                "\(found.unknownDirections) direction\(found.unknownDirections == 1 ? "" : "s") of the start "
                    + "\(found.unknownDirections == 1 ? "is" : "are") not determined by the observations.")
            inference.smoothed = nil
        }
        // Before the start is determined nothing is known of the state: no fault.
        inference.outcome = found.logLikelihood.isFinite ? .completed : .diverged(step: 0)
        inference.logLikelihood = found.logLikelihood
        return inference
    }
}
