import Tensors

extension Belief {
    /// The continuous ranked probability score, the mean over the variables.
    public func rankedScore(of truth: Tensor) -> Tensor { rankedScores(of: truth).mean() }
}

extension PointEstimate {
    /// `|x − t|`, what the score is where nothing is uncertain.
    public func rankedScores(of truth: Tensor) -> Tensor { (mean - truth).absolute() }
    public func energyScore(of truth: Tensor) -> Tensor { norms(mean - truth) }
    public func predicting<H: StateMap>(_ observation: Observation<H>) -> PointEstimate {
        PointEstimate(observation.mask * observation.operator(mean))
    }
}

extension Gaussian {
    /// `σ (z erf(z / √2) + 2 φ(z) − 1 / √π)`, `z = (t − m) / σ` (Gneiting et al. 2005, MWR 133, eq. 5).
    public func rankedScores(of truth: Tensor) -> Tensor {
        let deviation = variance.sqrt()
        let z = (truth - mean) / deviation
        let density = (-0.5 * z.squared()).exp() * Tensor(0.3989422804014327)
        let central = (z * Tensor(0.7071067811865476)).erf()
        return deviation * (z * central + 2 * density - Tensor(0.5641895835477563))
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
    /// The fair score, by order statistics: `mean |x − t| − Σ (2i − N − 1) x₍ᵢ₎ / (N (N − 1))`.
    public func rankedScores(of truth: Tensor) -> Tensor {
        let size = Double(count)
        let order = 2 * Tensor.range(count).cast(to: members.type) + Tensor(floatLiteral: 1 - size)
        let apart = (order.expanded(axis: -1) * members.sorted(axis: 0)).sum(axes: [0])
        return (members - truth).absolute().mean(axes: [0]) - apart * Tensor(floatLiteral: 1 / (size * (size - 1)))
    }

    /// The fair score. Cost: O(N² n).
    public func energyScore(of truth: Tensor) -> Tensor {
        let pairs = norms(members.expanded(axis: 0) - members.expanded(axis: 1)).mean()
        let share = Tensor(floatLiteral: 0.5 * Double(count) / Double(count - 1))
        return norms(members - truth).mean() - share * pairs
    }

    /// Members as they would be observed, each with an error of its own.
    public func predicting<H: StateMap>(_ observation: Observation<H>) -> Ensemble {
        Ensemble(members: observation.predicted(members, key: key.folding(-1)), key: key)
    }
}

extension Particles {
    /// `Σ w |x − t| − Σ w₍ᵢ₎ x₍ᵢ₎ (2 C₍ᵢ₎ − w₍ᵢ₎ − 1) / (1 − Σ w²)` with `C` the sums of the weights of the particles
    /// in order: for equal weights that of an ensemble.
    public func rankedScores(of truth: Tensor) -> Tensor {
        let columns = weights.expanded(axis: -1).broadcast(to: states.shape)
        let order = states.argsort(axis: 0)
        let (sorted, share) = (states.gathered(order, axis: 0), columns.gathered(order, axis: 0))
        let apart = (share * sorted * (2 * share.cumulativeSum(axis: 0) - share - 1)).sum(axes: [0])
        return (columns * (states - truth).absolute()).sum(axes: [0]) - apart / different
    }

    /// The same for vectors. Cost: O(N² n).
    public func energyScore(of truth: Tensor) -> Tensor {
        let distances = norms(states.expanded(axis: 0) - states.expanded(axis: 1))
        let pairs = (weights.outerProduct(weights) * distances).sum()
        return (weights * norms(states - truth)).sum() - 0.5 * pairs / different
    }

    public func predicting<H: StateMap>(_ observation: Observation<H>) -> Particles {
        Particles(
            states: observation.predicted(states, key: key.folding(-1)), logWeights: logWeights, key: key)
    }

    /// How probable it is that two particles drawn by their weights are different ones.
    private var different: Tensor { (1 - weights.squared().sum()).maximum(1e-12) }
}

extension Observation {
    /// The observations of states `[N, n]`, errors included; zeros where values are missing.
    fileprivate func predicted(_ states: Tensor, key: Key) -> Tensor {
        let seen = vmap { (x: Tensor) in `operator`(x) }(states)
        let errors = key.normal(seen.shape).matrixProduct(errorCovariance.cholesky().transposed)
        return mask * (seen + errors.cast(to: seen.type))
    }
}

/// Euclidean norms along the last axis, with derivative zero at zero.
private func norms(_ x: Tensor) -> Tensor {
    let squares = x.squared().sum(axes: [-1])
    let isThere = squares .> 0
    return select(isThere, select(isThere, squares, 1).sqrt(), 0)
}
