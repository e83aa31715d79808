import Assimilation
import Dynamics
import Tensors

/// The equation of Kuramoto and Sivashinsky on the points of a periodic interval.
public struct KuramotoSivashinskyModel: TestModel {
    public static let name = "kuramoto-sivashinsky"
    public static let summary = "Kuramoto–Sivashinsky: flame fronts on a periodic interval"
    public static let reference =
        "Kuramoto & Tsuzuki, Prog. Theor. Phys. 55 (1976); Sivashinsky, Acta Astronautica 4 (1977)"
    public static let parameters: [Parameter<Self>] = [
        .integer("variables", \.variables, 4...100_000, "Number of points, even."),
        .real("length", \.length, 1...1e5, "Length of the interval."),
        .integratorStep(\.step),
    ]

    public var variables = 128, length = 32 * Double.pi, step = 0.5

    public init() {}
    public init(variables: Int, step: Double = 0.5) { (self.variables, self.step) = (variables, step) }

    /// The autocorrelation, averaged over the points, is 1/e after 6.6 and 0.19 after 10.
    public var decorrelationTime: Double { 10 }
    public var coordinates: Coordinates? { .circle(variables) }
    public var fault: (problem: String, expected: String)? {
        variables % 2 == 0 ? nil : ("\(variables) points", "an even number, at least 4")
    }

    public func propagator(steps: Int) -> OnGrid {
        OnGrid(model: KuramotoSivashinsky(points: variables, length: length, step: step), steps: steps)
    }

    public func start(_ key: Key) -> Tensor {
        let noise = key.normal([variables])
        let x = (2 * .pi / Double(variables)) * Tensor.range(variables).cast(to: .float64)
        return (2 * x).cos() * (1 + x.sin()) + 0.1 * noise
    }

    /// The equation from values on the grid to values on the grid.
    public struct OnGrid: ForecastMap {
        let model: KuramotoSivashinsky
        let steps: Int

        public func callAsFunction(_ u: Tensor) -> Tensor { model.grid(model.repeated(steps)(model.modes(u))) }
        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
    }
}
