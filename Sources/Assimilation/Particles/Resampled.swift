import Tensors

/// Draws the particles of another analysis anew from their weights, when few of them carry most of the weight.
///
/// Systematic resampling: one uniform number for all, so that a particle of weight `w` has `⌊N w⌋` or `⌈N w⌉`
/// offspring. All but one of the copies of a particle may be moved by a random draw from a normal kernel, `h² P` with
/// `P` the weighted covariance of the particles and `h = jitter N^(−1 / (n + 4))`, Scott's rule. Cost O(N n),
/// and O(N n²) for the kernel.
///
/// Resampling is not differentiable: derivatives are those of the chosen particles. Reference: Kitagawa, *Monte Carlo
/// filter and smoother for non-Gaussian nonlinear state space models* (1996); Musso, Oudjane & Le Gland, *Improving
/// regularised particle filters* (2001).
public struct Resampled<Base: Analysis>: Analysis where Base.State == Particles {
    public var base: Base
    /// Resampled when the effective size falls below this part of the number of particles; 1 for always.
    public let threshold: Double
    /// The width of the kernel, in units of Scott's; zero for none.
    public var jitter: Tensor

    public init(_ base: Base, threshold: Double = 0.5, jitter: Tensor = 0) {
        precondition((0...1).contains(threshold), "a threshold of \(threshold) of the number of particles")
        (self.base, self.threshold, self.jitter) = (base, threshold, jitter)
    }

    public func callAsFunction<H: StateMap>(
        _ background: Particles, _ observation: Observation<H>
    ) -> Analyzed<Particles> {
        var analyzed = base(background, observation)
        let weighted = analyzed.belief
        let isPoor = weighted.effectiveSize .<= Tensor(threshold * Double(weighted.count))
        analyzed.belief = cond(isPoor, Pair(weighted, jitter)) {
            $0.first.resampled(jitter: $0.second)
        } else: {
            Particles(states: $0.first.states, logWeights: $0.first.logWeights, key: $0.first.key.split(3)[2])
        }
        return analyzed
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&base, "base")
        visitor.visit(&jitter, "jitter")
    }
}

extension Particles {
    /// The indices of the particles that systematic resampling draws, ascending, `[N]`.
    func systematicAncestors(_ key: Key) -> Tensor {
        // Of the points (i + u) / N a particle gets those below its cumulative weight: counted, not searched, in O(N).
        let size = Tensor(Double(count))
        let below = (size * weights.stoppingGradient.cumulativeSum() - key.uniform()).ceiling()
            .clipped(from: 0, to: size).cast(to: .int64)
        let ends = Tensor.ones([count], type: .int64).scatterAdded(below, axis: 0, size: count + 1)
        // A place belongs to the first particle whose points end behind it;
        // rounding must not leave the last place over.
        return ends.slice(axis: 0, from: 0, to: count).cumulativeSum()
            .minimum(Tensor(integer: count - 1))
    }

    /// Equally weighted particles drawn from these, copies moved by the kernel.
    func resampled(jitter: Tensor) -> Particles {
        let keys = key.split(3)
        let ancestors = systematicAncestors(keys[0])
        let equal = -Tensor(Double(count)).log()
        let kernel = kernelFactor(width: jitter)
        let isCopy = (ancestors .== ancestors.rolled(by: 1)) .& (Tensor.range(count) .> Tensor(integers: [0]))
        let moves = keys[1].normal(states.shape).matrixProduct(kernel.transposed)
        return Particles(
            states: states.taking(ancestors) + isCopy.cast(to: .float64).expanded(axis: -1) * moves,
            logWeights: equal.broadcast(to: [count]), key: keys[2])
    }

    /// A factor `[n, n]` of the covariance `h² P` of a kernel that smooths the particles: `P` is their weighted
    /// covariance and `h = width N^(−1 / (n + 4))`, Scott's rule.
    func kernelFactor(width: Tensor) -> Tensor {
        let n = states.shape[1]
        let factor = covarianceFactor
        // The ridge lets a Cholesky factor exist when particles coincide.
        let covariance = factor.transposed.matrixProduct(factor)
        let ridge = 1e-12 * covariance.trace() + 1e-300
        let bandwidth = width * Tensor(Double(count)).power(Tensor(-1 / Double(n + 4)))
        return bandwidth * (covariance + ridge * Tensor.identity(n)).cholesky()
    }
}

extension Trajectory where State == Particles {
    /// Whether the mathematics held to the end, and weights never vanished.
    public var outcome: Outcome {
        let likelihoods = logLikelihoods.values
        guard let step = likelihoods.firstIndex(where: { !$0.isFinite }) else { return .completed }
        return likelihoods[step] == -.infinity ? .collapsed(step: firstStep + step) : .diverged(step: firstStep + step)
    }
}
