import Dynamics
import Experiments
import Tensors

func differentiation() -> Figure {
    // A function of 40 variables: 20 steps of Lorenz's model of 1996, then a sum of squares.
    let forecast = RungeKutta4(Lorenz96(), step: 0.05).repeated(20)
    let cost = { (x: Tensor) in 0.5 * forecast(x).squared().sum() }
    let (x, dx) = (8 + Key(1).normal([40]), Key(2).normal([40]))

    // Forward: the value and its change along one direction, together.
    let forward = jvp(cost, at: x, along: dx).tangent.scalar
    // Reverse: one sweep backwards gives all 40 derivatives.
    let slope = gradient(of: cost)(x)
    print("forward ⟨g, dx⟩ = \(rounded(forward, 6)), reverse", rounded(slope.dot(dx).scalar, 6))
    let map = forecast.linearized(at: x)
    let dy = Key(3).normal([40])
    let (left, right) = (map(dx).dot(dy).scalar, dx.dot(map.adjoint(dy)).scalar)
    print("⟨M dx, dy⟩ − ⟨dx, M* dy⟩, relative:", abs(left - right) < 1e-12 * abs(left) ? "below 1e-12" : "too large")

    // Finite differences: cut off where the step is large, rounded where it is small.
    let steps = (0...30).map { Double.exp(-1.1 * Double($0)) }
    let errors = steps.map { h in
        abs((cost(x + h * dx) - cost(x - h * dx)).scalar / (2 * h) / forward - 1)
    }
    print("finite differences: least relative error about 1e\(Int(Double.log10(errors.min() ?? 1).rounded()))")
    let error = PanelAxis("relative error", isLogarithmic: true)
    return chart(PanelAxis("step", isLogarithmic: true), error, curve(nil, steps, errors, .blue, .disk))
}
