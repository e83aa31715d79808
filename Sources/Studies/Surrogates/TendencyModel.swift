import Dynamics
import Learning
import Networks
import Tensors

/// A model of the next state made from a learned function of the state.
///
/// Without physics the function is the tendency, `dx/dt = f(x)`, integrated by the Runge–Kutta method of order four;
/// with physics it is
/// the error of the physical model in a unit of time, `M(x) + Δt f(x)`.
public struct TendencyModel<Field: StateMap>: ForecastMap {
    public var field: Field
    let physics: (any ForecastMap)?
    /// The time between observations.
    public let interval: Double

    public init(field: Field, physics: (any ForecastMap)?, interval: Double) {
        (self.field, self.physics, self.interval) = (field, physics, interval)
    }

    /// The longest step of the integrator.
    private static var longestStep: Double { 0.06 }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        if let physics { return physics(x) + Tensor(floatLiteral: interval) * field(x) }
        let steps = max(1, Int((interval / Self.longestStep).rounded(.up)))
        return RungeKutta4(field, step: interval / Double(steps)).repeated(steps)(x)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&field, "field") }
}

/// A network that is the same at all places of a periodic line, with products of its inputs.
public typealias ConvolutionField = FieldNetwork<Composition<BilinearConvolution, PeriodicNetwork>>

extension ConvolutionField {
    /// A network whose output layer is zero: half of its first channels are linear, half are products, the second
    /// layer sees one place.
    static func startingAtZero(
        width: Int, center: Double, scale: Double, outputScale: Double, _ first: Key, _ second: Key
    ) -> ConvolutionField {
        let half = max(1, width / 2)
        let seeing = BilinearConvolution(1, linear: half, products: half, width: 5, key: first, type: .float32)
        let saying = PeriodicNetwork(
            channels: [2 * half, 1], width: 1, key: second, startingAtZero: true, type: .float32)
        return FieldNetwork(seeing.then(saying), center: center, scale: scale, outputScale: outputScale)
    }
}

/// The known part of the dynamics: a physical model, perhaps a wrong one, or persistence.
public struct KnownPart: Map {
    let physics: (any ForecastMap)?

    public func callAsFunction(_ x: Tensor) -> Tensor { physics.map { $0(x) } ?? x }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
