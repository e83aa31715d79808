import Assimilation
import Dynamics
import Formulas
import Tensors

/// A model of one's own with its unknowns: equations, the states with their bounds and starts, parameters with their
/// priors, model error and the integrator.
public struct DynamicalSystem: Sendable {
    /// A state: a number, or a field of numbers that have the same bounds, start and error.
    public struct State: Sendable {
        public var name: String
        public var kind: ValueKind
        public var bounds: ClosedRange<Double>
        public var start: Start
        /// The standard deviation that model error adds to the coordinate in a time of 1.
        public var error: Size

        public init(
            _ name: String, kind: ValueKind = .number, bounds: ClosedRange<Double> = -.infinity ... .infinity,
            start: Start, error: Size = .given(0)
        ) {
            (self.name, self.kind, self.bounds, self.start, self.error) = (name, kind, bounds, start, error)
        }
    }

    /// The knowledge of the first state.
    public enum Start: Sendable {
        case known([Double])
        case distributed(Distribution)
        /// Nothing is known: for linear systems.
        case diffuse
    }

    /// A standard deviation: given, or unknown with a prior.
    public enum Size: Sendable {
        case given(Double)
        case unknown(Distribution)
    }

    public struct Parameter: Sendable {
        public var name: String
        public var value: Value
        public var bounds: ClosedRange<Double>
        /// The standard deviation that a time of 1 adds to the coordinate in filters that have the parameter in their
        /// state.
        public var drift: Double

        public enum Value: Sendable {
            case known(Double)
            case unknown(Distribution)
        }

        public init(
            _ name: String, _ value: Value, bounds: ClosedRange<Double> = -.infinity ... .infinity, drift: Double = 0
        ) {
            (self.name, self.value, self.bounds, self.drift) = (name, value, bounds, drift)
        }
    }

    public let equations: EquationSystem
    public let states: [State]
    /// In the order of the equations' parameters.
    public let parameters: [Parameter]
    public let integrator: SystemIntegrator
    /// The covariance of the model error of a time of 1, `[n, n]`, in place of the errors of the states.
    public let errorCovariance: Tensor?

    public init(
        _ equations: EquationSystem, states: [State], parameters: [Parameter], integrator: SystemIntegrator,
        errorCovariance: Tensor? = nil
    ) {
        self.errorCovariance = errorCovariance
        precondition(
            equations.variables.map(\.name) == states.map(\.name)
                && equations.parameterNames == parameters.map(\.name),
            "DynamicalSystem: states \(states.map(\.name)) and parameters \(parameters.map(\.name)) of equations in "
                + "\(equations.variables.map(\.name)) and \(equations.parameterNames)")
        (self.equations, self.states, self.parameters) = (equations, states, parameters)
        self.integrator = integrator
    }

    /// The number of values of the state.
    public var count: Int { equations.count }
    /// The coordinates of the values of the state.
    public var stateCoordinates: BoundedCoordinates {
        BoundedCoordinates(
            states.flatMap { state in [ClosedRange<Double>](repeating: state.bounds, count: state.kind.count) })
    }
    /// The positions of the unknown parameters.
    public var unknownParameters: [Int] {
        parameters.indices.filter { if case .unknown = parameters[$0].value { true } else { false } }
    }
    public var parameterCoordinates: BoundedCoordinates {
        BoundedCoordinates(unknownParameters.map { parameters[$0].bounds })
    }
    /// The positions of the values of whose start nothing is known.
    public var diffuseValues: [Int] {
        let isDiffuse = states.flatMap { state in
            [Bool](repeating: { if case .diffuse = state.start { true } else { false } }(), count: state.kind.count)
        }
        return isDiffuse.indices.filter { isDiffuse[$0] }
    }
    public var hasDiffuseStart: Bool { !diffuseValues.isEmpty }

    /// A name for each value of the state: `hare`, or `u[3]`, `u[2,5]` of a field, from 0.
    public var valueNames: [String] {
        states.flatMap { state in
            switch state.kind.shape.count {
            case 0: [state.name]
            case 1: (0..<state.kind.count).map { "\(state.name)[\($0)]" }
            default:
                (0..<state.kind.count).map {
                    "\(state.name)[\($0 / state.kind.shape[1]),\($0 % state.kind.shape[1])]"
                }
            }
        }
    }
}

/// How a system goes from one time to the next.
public enum SystemIntegrator: Sendable {
    /// The equations give the next state, one step later.
    case map(step: Double)
    /// Steps of one length at most.
    case fixed(FixedStep)
    /// Steps that keep an estimate of the error below a tolerance.
    case adaptive(Tsitouras5)
    /// The same for stiff equations.
    case implicit(Rodas4)
}
