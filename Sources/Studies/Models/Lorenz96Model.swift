import Assimilation
import Dynamics
import Tensors

/// Lorenz's model of 1996 on a circle of latitude, integrated by the Runge–Kutta method of order four.
public struct Lorenz96Model: TestModel {
    public static let name = "lorenz96"
    public static let summary = "Lorenz 1996: waves on a circle of latitude"
    public static let reference =
        "Lorenz, Predictability: a problem partly solved, ECMWF Seminar (1996)"
    public static let parameters: [Parameter<Self>] = [
        .integer("variables", \.variables, 4...100_000, "Number of variables."),
        .real("forcing", \.forcing, -1e4...1e4, "Forcing F."),
        .integratorStep(\.step),
    ]

    public var variables = 40, forcing = 8.0, step = 0.05

    public init() {}
    public init(variables: Int, forcing: Double = 8, step: Double = 0.05) {
        (self.variables, self.forcing, self.step) = (variables, forcing, step)
    }

    public var decorrelationTime: Double { 0.5 }
    public var isCompiledForClimate: Bool { false }
    public var coordinates: Coordinates? { .circle(variables) }

    public func propagator(steps: Int) -> Repeated<RungeKutta4<Lorenz96>> {
        // A literal takes the element type of the state: networks are trained in single precision.
        RungeKutta4(Lorenz96(forcing: Tensor(floatLiteral: forcing)), step: step).repeated(steps)
    }

    public func start(_ key: Key) -> Tensor { Tensor(forcing) + key.normal([variables]) }
}
