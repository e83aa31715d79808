import Dynamics
import Kernels
import Learning
import Networks
import Tensors

/// A model that forecasts in a twin experiment: physical, learned, or a physical one with a learned correction. From
/// one observation to the next, like the model of the truth.
enum TwinModel: Map {
    case physical(PhysicalModel)
    case convolution(LearnedModel<ConvolutionField>)
    case dense(LearnedModel<DenseField>)
    case dictionary(LearnedModel<MonomialDictionary>)
    case features(Corrected<KnownPart, RandomFeatures>)
    case process(Corrected<KnownPart, GaussianProcess>)
    /// It remembers: its state is that of the truth with its memory behind it.
    case reservoir(Reservoir)

    /// A network that is the same at all places of a periodic line, with products of what it sees.
    typealias ConvolutionField = FieldNetwork<Composition<BilinearConvolution, PeriodicNetwork>>
    typealias DenseField = FieldNetwork<DenseNetwork>

    /// A network that says zero: half of its first channels are linear, half are products,
    /// the second layer sees one place.
    static func convolution(
        width: Int, centre: Double, scale: Double, outputScale: Double, _ first: Key, _ second: Key
    ) -> ConvolutionField {
        let half = max(1, width / 2)
        let seeing = BilinearConvolution(1, linear: half, products: half, width: 5, key: first, type: .float32)
        let saying = PeriodicNetwork(
            channels: [2 * half, 1], width: 1, key: second, startingAtZero: true, type: .float32)
        return FieldNetwork(seeing.then(saying), centre: centre, scale: scale, outputScale: outputScale)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .physical(let model): model(x)
        case .convolution(let model): model(x)
        case .dense(let model): model(x)
        case .dictionary(let model): model(x)
        case .features(let model): model(x)
        case .process(let model): model(x)
        case .reservoir(let model): model(x)
        }
    }

    /// How many numbers its state has behind the `n` variables of the truth.
    func memory(of n: Int) -> Int { if case .reservoir(let model) = self { model.memory(of: n) } else { 0 } }

    /// Its states at all times of a trajectory `[T, n]` that it has followed from rest: `[T, n + memory]`.
    func states(along trajectory: Tensor) -> Tensor {
        guard case .reservoir(let model) = self else { return trajectory }
        let first = trajectory[0..<1].padded(axis: 1, before: 0, after: model.memory(of: trajectory.shape[1]))
        if trajectory.shape[0] == 1 { return first }
        return compile(like: Pair(Pair(model, first), trajectory)) {
            Tensor.concatenated([$0.first.second, $0.first.first.states(along: $0.second)])
        }(Pair(Pair(model, first), trajectory))
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        switch self {
        case .physical(var model):
            visitor.visit(&model, "physical")
            self = .physical(model)
        case .convolution(var model):
            visitor.visit(&model, "convolution")
            self = .convolution(model)
        case .dense(var model):
            visitor.visit(&model, "dense")
            self = .dense(model)
        case .dictionary(var model):
            visitor.visit(&model, "dictionary")
            self = .dictionary(model)
        case .features(var model):
            visitor.visit(&model, "features")
            self = .features(model)
        case .process(var model):
            visitor.visit(&model, "process")
            self = .process(model)
        case .reservoir(var model):
            visitor.visit(&model, "reservoir")
            self = .reservoir(model)
        }
    }
}

/// What is known of the dynamics: a physical model, perhaps a wrong one,
/// or nothing but that the next state is near this one.
struct KnownPart: Map {
    let physics: PhysicalModel?

    func callAsFunction(_ x: Tensor) -> Tensor { physics.map { $0(x) } ?? x }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// A model of the next state made from a learned function of the state.
///
/// Without physics the function is the tendency, `dx/dt = f(x)`, integrated by Runge and Kutta's method; with physics
/// it is the error of the physical model in a unit of time, `M(x) + Δt f(x)`.
struct LearnedModel<Field: Map>: Map where Field.Input == Tensor, Field.Output == Tensor {
    var field: Field
    let physics: PhysicalModel?
    /// The time between observations.
    let interval: Double

    /// The longest step of the integrator.
    private static var longestStep: Double { 0.06 }

    func callAsFunction(_ x: Tensor) -> Tensor {
        if let physics { return physics(x) + Tensor(floatLiteral: interval) * field(x) }
        let steps = max(1, Int((interval / Self.longestStep).rounded(.up)))
        return RungeKutta4(field, step: interval / Double(steps)).repeated(steps)(x)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&field, "field") }
}
