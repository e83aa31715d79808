import Assimilation
import Dynamics
import Tensors

/// Systems that are seen such that two states explain an observation equally well: posteriors have two modes,
/// and a gain is zero.
public enum BimodalSystem: String, Sendable, Codable, CaseIterable {
    /// `v ← 2 v + ξ` on the circle of length one, seen through `cos 2πv`, which does not tell `v` from `−v`.
    case doublingMap
    /// Lorenz's model of 1963 every 0.1 units of time, seen through the square of its first variable,
    /// which does not tell the wings.
    case lorenz63
}

extension BimodalSystem {
    var variables: Int {
        switch self {
        case .doublingMap: 1
        case .lorenz63: 3
        }
    }
    var observationError: Double {
        switch self {
        case .doublingMap: 0.2
        case .lorenz63: 10
        }
    }
    /// The size of observations.
    var observationScale: Double {
        switch self {
        case .doublingMap: 1
        case .lorenz63: 60
        }
    }
    /// How far states are apart.
    var stateScale: Double {
        switch self {
        case .doublingMap: 1
        case .lorenz63: 8
        }
    }
    /// Of the score filter, chosen on seed 101.
    var schedule: NoiseSchedule {
        switch self {
        case .doublingMap: NoiseSchedule(finalScale: 0.5, initialVariance: 0.002)
        case .lorenz63: NoiseSchedule(finalScale: 0.02, initialVariance: 0.1)
        }
    }
    var modelError: ModelError {
        switch self {
        case .doublingMap: ModelError(factors: 0.05 * Tensor.identity(1))
        case .lorenz63: ModelError(factors: 0.1 * Tensor.identity(3))
        }
    }
    var model: Function<Tensor, Tensor> {
        switch self {
        case .doublingMap: Function { v in 2 * v - (2 * v).floor() }
        case .lorenz63:
            Function { x in
                let step = RungeKutta4(Lorenz63(), step: 0.02)
                // Far outside the attractor steps are too long: a state there is cut off,
                // so that it does not go to infinity.
                return (0..<5).reduce(x.clipped(from: -70, to: 70)) { x, _ in step(x) }
            }
        }
    }
    var observing: Function<Tensor, Tensor> {
        switch self {
        case .doublingMap: Function { v in (2 * Double.pi * v).cos() }
        case .lorenz63: Function { x in x.slice(axis: -1, from: 0, to: 1).squared() }
        }
    }
    /// Of states `[..., n]`, in which distances are measured: a place on the unit circle,
    /// and variables of the size of one.
    func features(_ x: Tensor) -> Tensor {
        switch self {
        case .doublingMap:
            let angle = x * Tensor(floatLiteral: 2 * Double.pi)
            return Tensor.concatenated([angle.cos(), angle.sin()], axis: -1)
        case .lorenz63:
            let (center, scale) = (Tensor([0, 0, 23.5]).cast(to: x.type), Tensor([7.9, 9, 8.6]).cast(to: x.type))
            return (x - center) / scale
        }
    }

    func twin(_ key: Key, _ times: Int) -> Twin<Function<Tensor, Tensor>> {
        let keys = key.split(2)
        let start: Tensor
        switch self {
        case .doublingMap: start = keys[0].uniform([1])
        case .lorenz63: start = model.repeated(100)(Tensor([1, 1, 20]) + keys[0].normal([3]))
        }
        return simulate(
            model, modelError: modelError, from: start, observing: observing,
            errorCovariance: observationError * observationError * Tensor.identity(1), steps: times, key: keys[1])
    }

    /// The background at first: nothing is known of the circle; the state but for its wing, with an error of one.
    func ensemble(_ count: Int, around state: Tensor, _ key: Key) -> Ensemble {
        let keys = key.split(3)
        switch self {
        case .doublingMap: return Ensemble(members: keys[0].uniform([count, 1]), key: keys[2])
        case .lorenz63:
            let wing = Tensor([1, 1, 0]) * keys[1].rademacher([count, 1]) + Tensor([0, 0, 1])
            return Ensemble(members: wing * state + keys[0].normal([count, 3]), key: keys[2])
        }
    }

    /// What is taken from backgrounds and analyses of the bootstrap filter that draws anew at every time,
    /// stacked in time.
    func particleFilter(
        from start: Ensemble, _ observations: Observations<Function<Tensor, Tensor>>,
        taking: @escaping (Particles, Particles) -> Tensor
    ) -> Tensor {
        let filter = Cycle(
            EachParticle(model, modelError: modelError), Resampled(BootstrapAnalysis(), threshold: 1))
        return filter.run(from: Particles(start), observations, beside: Nothing()) { background, analyzed, _, _ in
            taking(background, analyzed.belief)
        }.records
    }
}

/// `2 E|X − Y| − E|X − X'| − E|Y − Y'|` of samples `[N, e]` and `[M, e]`,
/// in the form whose expectation does not depend on N and M.
///
/// Reference: Székely & Rizzo, *Energy statistics: a class of statistics based on distances* (2013).
func energyDistance(_ x: Tensor, _ y: Tensor) -> Tensor {
    func mean(_ a: Tensor, _ b: Tensor) -> Tensor {
        (a.expanded(axis: 1) - b.expanded(axis: 0)).squared().sum(axes: [-1]).sqrt().mean()
    }
    func within(_ a: Tensor) -> Tensor {
        mean(a, a) * Tensor(floatLiteral: Double(a.shape[0]) / Double(a.shape[0] - 1))
    }
    return 2 * mean(x, y) - within(x) - within(y)
}
