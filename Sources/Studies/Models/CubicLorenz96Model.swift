import Assimilation
import Dynamics
import Tensors

/// Lorenz's model of 1996 with a cubic term besides, integrated by the Runge–Kutta method of order four.
public struct CubicLorenz96Model: TestModel {
    public static let name = "cubic-lorenz96"
    public static let summary = "Lorenz 1996 with a cubic flux: a truth that the simpler model is wrong about"
    public static let reference =
        "Bocquet & Brajard, course of ECMWF on machine learning in weather and climate (2022)"
    public static let parameters: [Parameter<Self>] = [
        .integer("variables", \.variables, 6...100_000, "Number of variables."),
        .real("forcing", \.forcing, -1e4...1e4, "Forcing F."),
        .real("friction", \.friction, -1e4...1e4, "Factor of the damping, 1 in the simpler model."),
        .real("cubic", \.cubic, -1e4...1e4, "Factor of the cubic flux, 0 in the simpler model."),
        .integratorStep(\.step),
    ]

    public var variables = 40, forcing = 8.5, friction = 1.01, cubic = 0.025, step = 0.05

    public init() {}

    public var decorrelationTime: Double { 0.5 }
    public var isCompiledForClimate: Bool { false }
    public var coordinates: Coordinates? { .circle(variables) }

    public func propagator(steps: Int) -> Repeated<RungeKutta4<CubicLorenz96>> {
        let tendency = CubicLorenz96(
            forcing: Tensor(floatLiteral: forcing), friction: Tensor(floatLiteral: friction),
            cubic: Tensor(floatLiteral: cubic))
        return RungeKutta4(tendency, step: step).repeated(steps)
    }

    public func start(_ key: Key) -> Tensor { Tensor(forcing) + key.normal([variables]) }
}
