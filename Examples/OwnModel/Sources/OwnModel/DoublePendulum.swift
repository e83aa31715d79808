import Assimilation
import Dynamics
import Studies
import Tensors

/// Two equal pendulums, one below the other: angles and angular velocities, `(a, b, u, v)`.
///
///     u' = (−3 g sin a − g sin(a − 2b) − 2 sin(a−b) (v² + u² cos(a−b))) / (3 − cos 2(a−b))
///     v' = 2 sin(a−b) (2 u² + 2 g cos a + v² cos(a−b)) / (3 − cos 2(a−b))
///
/// with masses and lengths of one.
struct PendulumTendency: Map {
    var gravity: Tensor

    func callAsFunction(_ state: Tensor) -> Tensor {
        func part(_ i: Int) -> Tensor { state.slice(axis: -1, from: i, to: i + 1) }
        let (a, b, u, v) = (part(0), part(1), part(2), part(3))
        let (sine, cosine) = ((a - b).sin(), (a - b).cos())
        let below = 3 - (2 * (a - b)).cos()
        let upper =
            (-3 * gravity * a.sin() - gravity * (a - 2 * b).sin() - 2 * sine * (v.squared() + u.squared() * cosine))
            / below
        let lower = 2 * sine * (2 * u.squared() + 2 * gravity * a.cos() + v.squared() * cosine) / below
        return Tensor.concatenated([u, v, upper, lower], axis: -1)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&gravity, "gravity") }
}

/// The double pendulum as a model that truths are made with.
struct DoublePendulum: TestModel {
    static let name = "double-pendulum"
    static let summary = "two equal pendulums, one below the other"
    static let parameters: [Parameter<Self>] = [
        .real("gravity", \.gravity, 0.1...100, unit: "m s-2", "Acceleration of gravity."),
        .real("step", \.step, 1e-4...1, unit: "s", "Step of the integrator."),
    ]

    var gravity = 9.81, step = 0.01

    var variables: Int { 4 }
    var decorrelationTime: Double { 5 }
    var coordinates: Coordinates? { nil }

    func propagator(steps: Int) -> Repeated<RungeKutta4<PendulumTendency>> {
        RungeKutta4(PendulumTendency(gravity: Tensor(floatLiteral: gravity)), step: step).repeated(steps)
    }

    /// So high that it turns over.
    func start(_ key: Key) -> Tensor { Tensor([2, 2.5, 0, 0]) + 0.1 * key.normal([4]) }
}
