import Tensors

/// The ensemble score filter: the analysis is drawn by a diffusion that runs backwards from noise to states, along the
/// score of the background and that of the likelihood. Nothing is trained.
///
///     z(1) ~ N(0, I),   dz = (f z − g² s) dt + g dw  from t = 1 to 0,   s = ∇ log Σⱼ N(z; α xⱼ, β² I) + h(t) ∇ log p(y
/// | z),   h = 1 − t
///
/// The sum is over all members, or over the one of the state's own number alone: `Background`.
/// The damped likelihood `h` is the filter's guess of how the observation tells of a state in noise. It is not Bayes'
/// rule, not even for a linear Gaussian problem, but it needs no likely member: states can be drawn where the
/// observation is and no member. With `weighted` likelihoods states are instead drawn from the mixture of all members,
/// weighted as particles are, which is Bayes' rule as they grow in number,
/// and collapses in many variables as particles do.
///
/// States should be of order one to ten, for the noise at the end of the schedule is of size one. There are no
/// covariances and no localisation; where a variable is not observed, only its background tells of it. Where nothing is
/// observed the background is left as it is. The likelihood is the mean of `N(y; h(xⱼ), R)` over the members. Cost
/// O(steps N (n + m²)), and O(steps N² n) for mixtures.
///
/// Reference: Bao, Zhang & Zhang, *An ensemble score filter for tracking high-dimensional nonlinear dynamical systems*,
/// Comput. Methods Appl. Mech. Engrg. 432 (2024), 117447.
public struct EnsembleScoreFilter: Analysis {
    /// How the observation enters the score.
    public enum Likelihood: String, Sendable, CaseIterable, Codable {
        case damped, weighted
    }

    /// The members whose kernels a state is drawn from, where the likelihood is damped.
    public enum Background: String, Sendable, CaseIterable, Codable {
        /// The one of its own number, as in the reference's program. In many variables the mixture leads most states to
        /// the few members that are nearest, and the ensemble narrows.
        case own
        /// All: the formula of the reference. In few variables it finds modes between which members do not move.
        case mixture
    }

    public var schedule: NoiseSchedule
    public let likelihood: Likelihood
    public let background: Background
    /// Of the reversed diffusion. The damped likelihood is stable where `h'(x)² / σ²` is less than twice as many.
    public let steps: Int

    public init(
        _ schedule: NoiseSchedule = NoiseSchedule(), likelihood: Likelihood = .damped, background: Background = .own,
        steps: Int = 500
    ) {
        precondition(steps > 0, "EnsembleScoreFilter: \(steps) steps")
        (self.schedule, self.likelihood, self.background, self.steps) = (schedule, likelihood, background, steps)
    }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let keys = background.key.split(2)
        let mask = observation.mask
        let logLikelihoods = vmap { (x: Tensor) in
            observation.logLikelihood(ofErrorFree: mask * (observation.values - observation.operator(x)))
        }(background.members)
        let drawn = draw(background.members, observation, logLikelihoods, keys[0])
        let isObserved = mask.sum() .> 0
        return Analyzed(
            belief: Ensemble(members: select(isObserved, drawn, background.members), key: keys[1]),
            logLikelihood: logLikelihoods.logSumExp() - Tensor(Double(background.count)).log())
    }

    private func draw<H: StateMap>(
        _ members: Tensor, _ observation: Observation<H>, _ logLikelihoods: Tensor, _ key: Key
    ) -> Tensor {
        let keys = key.split(2)
        let precision = observation.maskedErrorCovariance.symmetricInverse()
        let step = 1 / Double(steps)
        return scan(over: Tensor.range(steps), from: keys[0].normal(members.shape)) { states, number in
            let time = 1 - Tensor(step) * number.cast(to: .float64)
            let centers = schedule.scale(time) * members
            let variance = schedule.variance(time)
            let scores = vmap { (z: Tensor, center: Tensor) in
                switch (likelihood, background) {
                case (.weighted, _):
                    mixtureScore(at: z, centers: centers, variance: variance, logWeights: logLikelihoods)
                case (.damped, .mixture):
                    mixtureScore(at: z, centers: centers, variance: variance)
                        + (1 - time) * likelihoodScore(at: z, observation, precision)
                case (.damped, .own):
                    (center - z) / variance + (1 - time) * likelihoodScore(at: z, observation, precision)
                }
            }(states, centers)
            let noise = keys[1].folding(number).normal(members.shape)
            return (schedule.reversed(states, scores: scores, noise: noise, time: time, step: step), Nothing())
        }.final
    }

    /// `∇ log N(y; h(z), R)`, by the adjoint of the operator.
    private func likelihoodScore<H: StateMap>(
        at state: Tensor, _ observation: Observation<H>, _ precision: Tensor
    ) -> Tensor {
        let seen = observation.operator.linearized(at: state)
        let innovation = observation.mask * (observation.values - seen.value)
        return seen.adjoint(observation.mask * precision.vectorProduct(innovation))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&schedule, "schedule") }
}
