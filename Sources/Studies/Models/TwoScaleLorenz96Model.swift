import Assimilation
import Dynamics
import Tensors

/// Lorenz's model of 1996 with large, slow and small, fast variables, integrated by the Runge–Kutta method of order
/// four.
public struct TwoScaleLorenz96Model: TestModel {
    public static let name = "two-scale-lorenz96"
    public static let summary = "Lorenz 1996 with two scales: large variables, and small, fast ones coupled to them"
    public static let reference =
        "Lorenz, Predictability: a problem partly solved, ECMWF Seminar (1996); Wilks, QJRMS 131 (2005)"
    public static let parameters: [Parameter<Self>] = [
        .integer("large", \.large, 4...10_000, "Number of large variables; they come first."),
        .integer("small", \.small, 1...1000, "Number of small variables of each large one."),
        .real("forcing", \.forcing, -1e4...1e4, "Forcing F of the large variables."),
        .real("coupling", \.coupling, -1e4...1e4, "Coupling h of the scales."),
        .real("amplitude-ratio", \.amplitudeRatio, 1e-3...1e4, "Size of the large variables over the small ones, b."),
        .real("time-ratio", \.timeRatio, 1e-3...1e4, "Speed of the small variables over the large ones, c."),
        .integratorStep(\.step),
    ]

    public var large = 8, small = 32
    public var forcing = 20.0, coupling = 1.0, amplitudeRatio = 10.0, timeRatio = 10.0, step = 0.005

    public init() {}

    public var variables: Int { large * (1 + small) }
    public var decorrelationTime: Double { 0.5 }
    /// Two circles of different spacing are not one space.
    public var coordinates: Coordinates? { nil }

    public func propagator(steps: Int) -> Repeated<RungeKutta4<TwoScaleLorenz96>> {
        let tendency = TwoScaleLorenz96(
            large: large, small: small, forcing: Tensor(floatLiteral: forcing),
            coupling: Tensor(floatLiteral: coupling), amplitudeRatio: Tensor(floatLiteral: amplitudeRatio),
            timeRatio: Tensor(floatLiteral: timeRatio))
        return RungeKutta4(tendency, step: step).repeated(steps)
    }

    public func start(_ key: Key) -> Tensor {
        let noise = key.normal([variables])
        return Tensor.concatenated([Tensor(3) + noise[0..<large], 0.1 * noise[large..<variables]])
    }
}
