import Tensors

/// The regression of tendencies on a dictionary, made sparse by thresholding: coefficients below the threshold become
/// zero, the others are fitted again, until nothing changes.
///
///     min Σ |dx/dt − Σ c_k φ_k(x)|² / N + ridge · |c|²
///
/// Reference: Brunton, Proctor & Kutz, *Discovering governing equations from data by sparse identification of nonlinear
/// dynamical systems*, PNAS 113 (2016), 3932–3937.
public struct DictionaryRegression: Sendable {
    public let ridge: Double
    /// Coefficients smaller than this are left out; 0: none are.
    public let threshold: Double
    /// How often at most some are left out.
    public let rounds: Int

    public init(ridge: Double = 0, threshold: Double = 0, rounds: Int = 10) {
        precondition(ridge >= 0 && threshold >= 0 && rounds >= 0, "\(ridge), \(threshold), \(rounds)")
        (self.ridge, self.threshold, self.rounds) = (ridge, threshold, rounds)
    }

    /// The dictionary with coefficients that fit states and their tendencies, both `[T, n]`.
    public func callAsFunction(
        _ dictionary: MonomialDictionary, states: Tensor, tendencies: Tensor
    ) -> MonomialDictionary {
        precondition(
            states.rank == 2 && states.shape == tendencies.shape,
            "states of shape \(states.shape) and tendencies of shape \(tendencies.shape)")
        let moments = Moments(dictionary, states, tendencies, ridge)
        var fitted = dictionary
        var active = Tensor.ones(dictionary.coefficients.shape)
        fitted.coefficients = moments.solution(active)
        for _ in 0..<(threshold > 0 ? rounds : 0) {
            active = active * (fitted.coefficients.absolute() .>= Tensor(threshold)).cast(to: .float64)
            fitted.coefficients = moments.solution(active)
        }
        return fitted
    }

    /// Fits a trajectory `[T, n]` of states `step` apart in time, its tendencies by differences of order four.
    public func callAsFunction(
        _ dictionary: MonomialDictionary, trajectory: Tensor, step: Double
    ) -> MonomialDictionary {
        let count = trajectory.shape[0]
        precondition(count >= 5, "differences of order four of \(count) states")
        func part(_ offset: Int) -> Tensor { trajectory[(2 + offset)..<(count - 2 + offset)] }
        let tendencies = (8 * (part(1) - part(-1)) - (part(2) - part(-2))) / Tensor(12 * step)
        return self(dictionary, states: part(0), tendencies: tendencies)
    }
}

/// The normal equations of all places together, or of every place.
private struct Moments {
    /// `[K, K]` or `[n, K, K]`
    let gram: Tensor
    /// `[K, 1]` or `[n, K, 1]`
    let right: Tensor
    let isHomogeneous: Bool

    init(_ dictionary: MonomialDictionary, _ states: Tensor, _ tendencies: Tensor, _ ridge: Double) {
        let features = dictionary.features(states)  // [T, n, K]
        let count = features.shape[2]
        isHomogeneous = dictionary.coefficients.rank == 1
        let rows = isHomogeneous ? features.reshaped([-1, count]) : features.movingAxis(1, to: 0)
        let targets =
            isHomogeneous ? tendencies.reshaped([-1, 1]) : tendencies.transposed.expanded(axis: -1)
        let number = Tensor(Double(rows.shape[rows.rank - 2]))
        gram = rows.transposed.matrixProduct(rows) / number + Tensor(ridge) * Tensor.identity(count)
        right = rows.transposed.matrixProduct(targets) / number
    }

    /// Coefficients of which those with `active` zero are zero.
    func solution(_ active: Tensor) -> Tensor {
        let kept = isHomogeneous ? active : active.transposed
        let system = gram * kept.outerProduct(kept) + (1 - kept).diagonalMatrix()
        let found = system.symmetricSolve(right * kept.expanded(axis: -1)).element(0, axis: -1)
        return isHomogeneous ? found : found.transposed
    }
}
