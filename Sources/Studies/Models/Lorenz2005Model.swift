import Assimilation
import Dynamics
import Tensors

/// Lorenz's model II of 2005, integrated by the Runge–Kutta method of order four.
public struct Lorenz2005Model: TestModel {
    public static let name = "lorenz2005"
    public static let summary = "Lorenz 2005, model II: smooth waves on a circle of latitude"
    public static let reference =
        "Lorenz, Designing chaotic models, J. Atmos. Sci. 62 (2005)"
    public static let parameters: [Parameter<Self>] = [
        .integer("variables", \.variables, 4...100_000, "Number of variables."),
        .integer("width", \.width, 1...256, "Variables that a wave is smooth over, K."),
        .real("forcing", \.forcing, -1e4...1e4, "Forcing F."),
        .integratorStep(\.step),
    ]

    public var variables = 240, width = 8, forcing = 15.0, step = 0.025

    public init() {}

    public var decorrelationTime: Double { 0.5 }
    public var coordinates: Coordinates? { .circle(variables) }
    public var fault: (problem: String, expected: String)? {
        variables >= 4 * width ? nil : ("\(variables) variables of width \(width)", "at least four widths")
    }

    public func propagator(steps: Int) -> Repeated<RungeKutta4<Lorenz2005>> {
        RungeKutta4(Lorenz2005(width: width, forcing: Tensor(floatLiteral: forcing)), step: step).repeated(steps)
    }

    public func start(_ key: Key) -> Tensor { Tensor(forcing) + key.normal([variables]) }
}
