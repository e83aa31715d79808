import Tensors

/// An L-stable Rosenbrock method of order four with adaptive steps, for stiff systems.
///
/// A step solves six linear systems with `I − h J / 4`, `J` the Jacobian of the tendency, which the engine derives: no
/// iteration. The error of each step, by the embedded method of order three, is kept below `absolute + tolerance |x|`.
/// Cost of a step: six evaluations of the tendency, its Jacobian, and `6 n³`. Memory of derivatives: `most` states.
///
/// Reference: Hairer & Wanner, *Solving Ordinary Differential Equations II* (Springer, 1996), section IV.10, RODAS.
public struct Rodas4: AdaptiveIntegrator {
    /// The relative error of a step.
    public let tolerance: Double
    /// The absolute error of a step, in the unit of the state.
    public let absolute: Double
    /// The most steps of an interval that are tried; beyond it the state is NaN.
    public let most: Int

    /// - Parameter absolute: by default a thousandth of the relative error.
    public init(tolerance: Double = 1e-6, absolute: Double? = nil, most: Int = 10_000) {
        let absolute = absolute ?? tolerance / 1000
        precondition(
            tolerance > 0 && absolute >= 0 && most > 0,
            "Rodas4: errors of \(tolerance) and \(absolute), at most \(most) steps")
        (self.tolerance, self.absolute, self.most) = (tolerance, absolute, most)
    }

    public func integration<F: Tendency>(
        _ f: F, from state: Tensor, at start: Tensor, to end: Tensor
    ) -> Integration {
        StepControl(method: Rodas43(), tolerance: tolerance, absolute: absolute, most: most)
            .integration(f, from: state, at: start, to: end)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// A step of the pair of order 4(3).
///
/// With `W = I − γ h J` its stages are `W uᵢ = γ (h f(x + Σ aᵢⱼ uⱼ, t + cᵢ h) + Σ bᵢⱼ uⱼ + dᵢ h² ∂f/∂t)`: in this form
/// nothing is divided by `h`.
struct Rodas43: EmbeddedMethod {
    var order: Double { 4 }

    static let gamma = 0.25
    static let times = [0, 0.386, 0.21, 0.63, 1, 1]
    static let drifts = [0.25, -0.1043, 0.1035, -0.03620000000000023, 0, 0]
    static let states: [[Double]] = [
        [], [1.544], [0.9466785280815826, 0.2557011698983284],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1],
    ]
    static let couplings: [[Double]] = [
        [], [-5.6688], [-2.430093356833875, -0.2063599157091915],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160],
        [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
    ]

    /// The result, and its difference from that of the embedded method.
    private func stages<F: Tendency>(
        _ f: F, _ x: Tensor, _ slope: Tensor, _ time: Tensor, _ h: Tensor
    ) -> (state: Tensor, error: Tensor) {
        let step = h.cast(to: x.type)
        let n = x.shape[0]
        let jacobian = jacobian(of: { f($0, time: time) })(x)
        let drift = jvp({ (time: Tensor) in f(x, time: time) }, at: time, along: Tensor(1)).tangent
        let matrix = Tensor.identity(n, type: x.type) - Self.gamma * step * jacobian
        var stages: [Tensor] = []
        for stage in 0..<6 {
            let state = zip(Self.states[stage], stages).reduce(x) { $0 + $1.0 * $1.1 }
            let slope = stage == 0 ? slope : f(state, time: time + Self.times[stage] * h)
            var right = step * slope
            if Self.drifts[stage] != 0 { right += Self.drifts[stage] * step * step * drift }
            right = zip(Self.couplings[stage], stages).reduce(right) { $0 + $1.0 * $1.1 }
            stages.append(matrix.solve((Self.gamma * right).expanded(axis: -1)).reshaped([n]))
        }
        let state = zip(Self.states[5] + [1], stages).reduce(x) { $0 + $1.0 * $1.1 }
        return (state, stages[5])
    }

    func advanced<F: Tendency>(_ f: F, _ x: Tensor, _ time: Tensor, _ h: Tensor) -> Tensor {
        stages(f, x, f(x, time: time), time, h).state
    }

    func trial<F: Tendency>(
        _ f: F, _ x: Tensor, slope: Tensor, _ time: Tensor, _ h: Tensor
    ) -> (state: Tensor, error: Tensor, slope: Tensor) {
        let (state, error) = stages(f, x, slope, time, h)
        return (state, error, f(state, time: time + h))
    }
}
