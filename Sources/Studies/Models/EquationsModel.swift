import Assimilation
import Dynamics
import Formulas
import Tensors

/// A model that is given by its equations, as text.
public struct EquationsModel: TestModel {
    public static let name = "equations"
    public static let summary = "equations of one's own, as text"
    public static let parameters: [Parameter<Self>] = [
        .integratorStep(\.step),
        .choice("integrator", \.integrator, "Method of a step; 'map' where the equations give the next state."),
    ]

    /// The methods of a step.
    public enum Integrator: String, CaseIterable, Sendable {
        case rk4, heun, euler, map
    }

    public private(set) var source: EquationsSource
    private var system: EquationSystem
    public var step = 0.01, integrator = Integrator.rk4

    /// Exponential decay, until equations are given.
    public init() {
        let decay = EquationsSource(
            states: [.init("x", axes: [], start: 1, spread: 1)], equations: [.init("x", "-x")])
        do { try self.init(decay) } catch { preconditionFailure("EquationsModel: \(error)") }
    }

    /// - Throws: the fault of an equation, with its name and place.
    public init(_ source: EquationsSource) throws(EquationSystem.Fault) {
        self.source = source
        system = try source.system()
    }

    /// The same with other values of some parameters of the equations; nil where there is none of a name.
    public func with(equationParameters values: [String: Double]) -> EquationsModel? {
        var changed = source
        for (name, value) in values {
            guard let place = changed.parameters.firstIndex(where: { $0.name == name }) else { return nil }
            changed.parameters[place].value = value
        }
        return defined(by: changed.text)
    }

    public var decorrelationTime: Double { source.decorrelation }
    public var variables: Int { system.count }
    public var isCompiledForClimate: Bool { variables > 100 }

    /// Those of the fields, in units of their spacing; nil where variables lie on different axes or on none.
    public var coordinates: Coordinates? {
        guard let axes = source.states.first?.axes, !axes.isEmpty, source.states.allSatisfy({ $0.axes == axes }) else {
            return nil
        }
        let one: Coordinates
        if axes.count == 1 {
            one = axes[0].isPeriodic ? .circle(axes[0].length) : .line(axes[0].length)
        } else {
            one = .plane(
                rows: axes[0].length, columns: axes[1].length, periodicRows: axes[0].isPeriodic,
                periodicColumns: axes[1].isPeriodic)
        }
        return one.taking((0..<source.states.count).flatMap { _ in Array(0..<one.count) })
    }

    public var definition: String? { source.text }
    public func defined(by text: String) -> EquationsModel? {
        guard let source = EquationsSource(text: text), var model = try? EquationsModel(source) else { return nil }
        (model.step, model.integrator) = (step, integrator)
        return model
    }

    public func propagator(steps: Int) -> Repeated<EquationStep> {
        EquationStep(system: system, integrator: integrator, step: step).repeated(steps)
    }

    public func start(_ key: Key) -> Tensor {
        let noise = key.normal([variables])
        func each(_ value: (EquationsSource.State) -> Double) -> Tensor {
            Tensor(source.states.flatMap { [Double](repeating: value($0), count: $0.count) })
        }
        return each(\.start) + each(\.spread) * noise
    }
}

/// A step of a system by one of the integrators.
public struct EquationStep: ForecastMap {
    public var system: EquationSystem
    let integrator: EquationsModel.Integrator
    let step: Double

    public func callAsFunction(_ state: Tensor) -> Tensor {
        switch integrator {
        case .rk4: RungeKutta4(system, step: step)(state)
        case .heun: Heun(system, step: step)(state)
        case .euler: Euler(system, step: step)(state)
        case .map: system(state)
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&system, "system") }
}
