import Assimilation
import Dynamics
import Tensors

/// Lorenz's model of 1963, integrated by the Runge–Kutta method of order four.
public struct Lorenz63Model: TestModel {
    public static let name = "lorenz63"
    public static let summary = "Lorenz 1963: three variables of convection"
    public static let reference =
        "Lorenz, Deterministic nonperiodic flow, J. Atmos. Sci. 20 (1963)"
    public static let parameters: [Parameter<Self>] = [
        .real("sigma", \.sigma, -1e4...1e4, "Prandtl number of the fluid."),
        .real("rho", \.rho, -1e4...1e4, "Rayleigh number over its critical value."),
        .real("beta", \.beta, -1e4...1e4, "4 / (1 + a²) of the aspect ratio a of the convection cells."),
        .integratorStep(\.step),
    ]

    public var sigma = 10.0, rho = 28.0, beta = 8.0 / 3, step = 0.01

    public init() {}

    public var variables: Int { 3 }
    public var decorrelationTime: Double { 0.5 }
    public var isCompiledForClimate: Bool { false }
    public var coordinates: Coordinates? { nil }

    public func propagator(steps: Int) -> Repeated<RungeKutta4<Lorenz63>> {
        // A literal takes the element type of the state: networks are trained in single precision.
        let tendency = Lorenz63(
            sigma: Tensor(floatLiteral: sigma), rho: Tensor(floatLiteral: rho), beta: Tensor(floatLiteral: beta))
        return RungeKutta4(tendency, step: step).repeated(steps)
    }

    public func start(_ key: Key) -> Tensor { Tensor([1.5, -1.5, 25.5]) + key.normal([3]) }
}

extension Parameter where Subject: TestModel {
    static func integratorStep(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real("step", path, 1e-4...1, unit: "model time", "Step of the integrator.")
    }
}
