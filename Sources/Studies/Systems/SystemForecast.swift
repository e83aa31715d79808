import Assimilation
import Dynamics
import Formulas
import Tensors

/// A system from each observation time to the next, in coordinates without bounds; unknown parameters are a part of
/// the state, behind it, where they are asked for.
///
/// `[n + q]` to the same. Intervals may have any lengths. A value that an integrator takes to a bound or beyond it
/// comes back to a distance of 10⁻¹² of that before the step.
public struct SystemForecast: ForecastMap {
    public var equations: EquationSystem
    let integrator: SystemIntegrator
    let states: BoundedCoordinates
    /// Of the parameters within the state.
    let unknowns: BoundedCoordinates
    /// The positions of the parameters within the state among all.
    let augmented: [Int]
    /// The times of the observations, `[T]`.
    public var times: Tensor

    /// - Parameter augmented: the positions of the parameters that are a part of the state.
    public init(_ system: DynamicalSystem, times: Tensor, augmented: [Int]) {
        (equations, integrator, states) = (system.equations, system.integrator, system.stateCoordinates)
        (self.augmented, self.times) = (augmented, times)
        unknowns = BoundedCoordinates(augmented.map { system.parameters[$0].bounds })
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&equations, "equations")
        visitor.visit(&times, "times")
    }

    var variables: Int { states.bounds.count }

    /// Beginning and end of a step; after the last time there is no time left.
    func interval(_ step: Tensor) -> (start: Tensor, end: Tensor) {
        let last = Tensor(integer: times.count - 1)
        func time(_ number: Tensor) -> Tensor { times.taking(number.minimum(last).reshaped([1])).reshaped([]) }
        return (time(step), time(step + Tensor(integer: 1)))
    }

    /// The equations with the parameters that a state holds.
    func equations(_ parameters: Tensor) -> EquationSystem { equations(values: unknowns.constrained(parameters)) }

    /// The same by the values of the parameters, not by their coordinates.
    func equations(values: Tensor) -> EquationSystem {
        if augmented.isEmpty { return equations }
        var system = equations
        let count = equations.parameterNames.count
        var places = Array(0..<count)
        for (place, parameter) in augmented.enumerated() { places[parameter] = count + place }
        system.parameters = Tensor.concatenated([equations.parameters, values]).taking(Tensor(integers: places))
        return system
    }

    /// The first step.
    public func callAsFunction(_ state: Tensor) -> Tensor { self(state, step: Tensor(integer: 0)) }

    public func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor {
        let n = variables
        let parameters = state.slice(axis: 0, from: n, to: n + augmented.count)
        let before = states.constrained(state.slice(axis: 0, from: 0, to: n))
        let (start, end) = interval(step)
        let after = integrator.next(equations(parameters), from: before, at: start, to: end)
        let next = states.unconstrained(after, distance: 1e-12 * states.distance(before))
        return augmented.isEmpty ? next : Tensor.concatenated([next, parameters])
    }
}

extension SystemIntegrator {
    /// The state at a later time.
    func next<F: Tendency>(_ system: F, from state: Tensor, at start: Tensor, to end: Tensor) -> Tensor {
        switch self {
        case .map: select(end .> start, system(state, time: start), state)
        case .fixed(let method): method(system, from: state, at: start, to: end)
        case .adaptive(let method): method(system, from: state, at: start, to: end)
        case .implicit(let method): method(system, from: state, at: start, to: end)
        }
    }
}
