import Assimilation
import Dynamics
import Tensors

/// The models that a twin experiment can be made with, by their words in a configuration.
enum PhysicalModelName: String, CaseIterable, Sendable, Codable {
    case lorenz63, lorenz96
    case kuramotoSivashinsky = "kuramoto-sivashinsky"
}

/// A model of the catalog from one observation to the next: some steps of its integrator on the variables that are
/// observed.
enum PhysicalModel: Map {
    case lorenz63(Repeated<RungeKutta4<Lorenz63>>)
    case lorenz96(Repeated<RungeKutta4<Lorenz96>>)
    case kuramotoSivashinsky(OnGrid)

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .lorenz63(let model): model(x)
        case .lorenz96(let model): model(x)
        case .kuramotoSivashinsky(let model): model(x)
        }
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        switch self {
        case .lorenz63(var model):
            visitor.visit(&model, "lorenz63")
            self = .lorenz63(model)
        case .lorenz96(var model):
            visitor.visit(&model, "lorenz96")
            self = .lorenz96(model)
        case .kuramotoSivashinsky(var model):
            visitor.visit(&model, "kuramotoSivashinsky")
            self = .kuramotoSivashinsky(model)
        }
    }

    /// The equation of Kuramoto and Sivashinsky from values on the grid to values on the grid.
    struct OnGrid: Map {
        let model: KuramotoSivashinsky
        let steps: Int

        func callAsFunction(_ u: Tensor) -> Tensor { model.grid(model.repeated(steps)(model.modes(u))) }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
    }
}

/// Which model a setting has, and how: what `PhysicalModel` is made from.
struct ModelChoice: Sendable, Equatable, Codable {
    var name: PhysicalModelName
    /// The number of variables.
    var variables: Int
    /// The forcing of Lorenz's model of 1996.
    var forcing = 8.0
    /// The time step of the integrator.
    var step: Double
    /// The steps between observations.
    var stepsBetween: Int

    /// The time between observations.
    var interval: Double { step * Double(stepsBetween) }

    /// The time after which states have nearly forgotten each other.
    ///
    /// The autocorrelation of Kuramoto and Sivashinsky's model, averaged over its points, is 1/e after 6.6 and 0.19
    /// after 10.
    var decorrelation: Double {
        switch name {
        case .lorenz63, .lorenz96: 0.5
        case .kuramotoSivashinsky: 10
        }
    }

    var model: PhysicalModel {
        switch name {
        case .lorenz63: .lorenz63(RungeKutta4(Lorenz63(), step: step).repeated(stepsBetween))
        case .lorenz96:
            // A literal takes the element type of the state: networks are trained in single precision.
            .lorenz96(
                RungeKutta4(Lorenz96(forcing: Tensor(floatLiteral: forcing)), step: step).repeated(stepsBetween))
        case .kuramotoSivashinsky:
            .kuramotoSivashinsky(
                .init(model: KuramotoSivashinsky(points: variables, length: 32 * .pi, step: step), steps: stepsBetween))
        }
    }

    /// Where the variables lie, for localisation; nil where they have no place.
    var coordinates: Coordinates? {
        switch name {
        case .lorenz63: nil
        case .lorenz96, .kuramotoSivashinsky: .circle(variables)
        }
    }

    /// A state from which a run reaches the attractor.
    func start(_ key: Key) -> Tensor {
        let noise = key.normal([variables])
        switch name {
        case .lorenz63: return Tensor([1.5, -1.5, 25.5]) + noise
        case .lorenz96: return Tensor(forcing) + noise
        case .kuramotoSivashinsky:
            let x = (2 * .pi / Double(variables)) * Tensor.range(variables).cast(to: .float64)
            return (2 * x).cos() * (1 + x.sin()) + 0.1 * noise
        }
    }
}
