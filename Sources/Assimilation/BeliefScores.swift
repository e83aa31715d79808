import Tensors
import Verification

extension Belief {
    /// The continuous ranked probability score, the mean over the variables.
    public func crps(of truth: Tensor) -> Tensor { crpsOfVariables(of: truth).mean() }
}

extension PointEstimate {
    /// `|x − t|`, the score without uncertainty.
    public func crpsOfVariables(of truth: Tensor) -> Tensor { (mean - truth).absolute() }
    public func energyScore(of truth: Tensor) -> Tensor { ProperScore.energy(point: mean, truth: truth) }
    public func predicting<H: StateMap>(_ observation: Observation<H>) -> PointEstimate {
        PointEstimate(observation.mask * observation.operator(mean))
    }
}

extension Gaussian {
    public func crpsOfVariables(of truth: Tensor) -> Tensor {
        ProperScore.crps(departure: truth - mean, deviation: variance.sqrt())
    }

    /// By 100 members, the same draws at all times: there is no closed form.
    public func energyScore(of truth: Tensor) -> Tensor { ensemble(of: 100, key: Key(0)).energyScore(of: truth) }

    /// With the operator linearised about the mean.
    public func predicting<H: StateMap>(_ observation: Observation<H>) -> Gaussian {
        let mask = observation.mask
        let rows = jacobian(of: { mask * observation.operator($0) })(mean)
        let errors = mask.outerProduct(mask) * observation.errorCovariance
        return Gaussian(
            mean: mask * observation.operator(mean),
            covariance: rows.congruence(covariance) + errors + (1e-12 * (1 - mask)).diagonalMatrix())
    }
}

extension Ensemble {
    /// The fair score.
    public func crpsOfVariables(of truth: Tensor) -> Tensor { ProperScore.crps(members: members, truth: truth) }

    /// The fair score. Cost: O(N² n).
    public func energyScore(of truth: Tensor) -> Tensor { ProperScore.energy(members: members, truth: truth) }

    /// Members as they would be observed, each with an error of its own.
    public func predicting<H: StateMap>(_ observation: Observation<H>) -> Ensemble {
        Ensemble(members: observation.predicted(members, key: key.folding(-1)), key: key)
    }
}

extension Particles {
    public func crpsOfVariables(of truth: Tensor) -> Tensor {
        ProperScore.crps(states: states, weights: weights, truth: truth)
    }

    /// Cost: O(N² n).
    public func energyScore(of truth: Tensor) -> Tensor {
        ProperScore.energy(states: states, weights: weights, truth: truth)
    }

    public func predicting<H: StateMap>(_ observation: Observation<H>) -> Particles {
        Particles(
            states: observation.predicted(states, key: key.folding(-1)), logWeights: logWeights, key: key)
    }
}

extension Observation {
    /// The observations of states `[N, n]`, errors included; zeros where values are missing.
    fileprivate func predicted(_ states: Tensor, key: Key) -> Tensor {
        let seen = vmap { (x: Tensor) in `operator`(x) }(states)
        let errors = key.normal(seen.shape).matrixProduct(errorCovariance.cholesky().transposed)
        return mask * (seen + errors.cast(to: seen.type))
    }
}
