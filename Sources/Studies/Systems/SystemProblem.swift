import Assimilation
import Dynamics
import Formulas
import Tensors

/// A system with its observations: all that an inference is given.
///
/// It makes the problem of any method of data assimilation, ``problem(_:augmented:)``, in which the states are in
/// coordinates without bounds, and unknown parameters a part of the state where the method asks for it.
public struct SystemProblem: Sendable {
    public let system: DynamicalSystem
    public let observations: SystemObservations
    /// Values that are so many standard deviations of the innovation away from their forecasts are not used.
    public var rejection: Double?
    public var key: Key
    /// Values and gaps as arguments of a program, in place of those of the observations.
    var given: ObservedData?

    public init(_ system: DynamicalSystem, _ observations: SystemObservations, rejection: Double? = nil, key: Key) {
        (self.system, self.observations) = (system, observations)
        (self.rejection, self.key) = (rejection, key)
    }

    // MARK: - Unknowns

    /// The unknown parameters.
    public var parameters: SystemUnknowns {
        SystemUnknowns(
            system.unknownParameters.compactMap { place in
                let parameter = system.parameters[place]
                guard case .unknown(let prior) = parameter.value else { return nil }
                return .init(parameter.name, prior, bounds: parameter.bounds)
            })
    }

    /// The unknown standard deviations: of observations, then of model errors.
    public var sizes: SystemUnknowns {
        SystemUnknowns(
            observations.unknownErrors.map { .init("error.\($0.name)", $0.prior, bounds: 0...(.infinity)) }
                + system.states.compactMap { state in
                    guard case .unknown(let prior) = state.error else { return nil }
                    return .init("model_error.\(state.name)", prior, bounds: 0...(.infinity))
                })
    }

    /// The unknown first values of the states, one for each value.
    public var starts: SystemUnknowns {
        SystemUnknowns(
            zip(
                system.valueNames,
                system.states.flatMap { state in
                    [DynamicalSystem.State](repeating: state, count: state.kind.count)
                }
            ).compactMap { name, state in
                guard case .distributed(let prior) = state.start else { return nil }
                return .init("start.\(name)", prior, bounds: state.bounds)
            })
    }

    // MARK: - Sizes

    /// The values that the unknowns of a search stand for.
    public struct Values: Sendable {
        /// Of all parameters, `[P]`.
        public var parameters: Tensor
        /// Of the unknown standard deviations, as in ``SystemProblem/sizes``.
        public var sizes: Tensor
        public init(parameters: Tensor, sizes: Tensor) { (self.parameters, self.sizes) = (parameters, sizes) }
    }

    /// All parameters with values `[q]` of the unknown ones.
    public func allParameters(_ unknown: Tensor) -> Tensor {
        let known = system.parameters.map { parameter in
            if case .known(let value) = parameter.value { value } else { 0.0 }
        }
        let places = system.unknownParameters
        if places.isEmpty { return Tensor(known) }
        var order = Array(0..<known.count)
        for (place, parameter) in places.enumerated() { order[parameter] = known.count + place }
        return Tensor.concatenated([Tensor(known), unknown]).taking(Tensor(integers: order))
    }

    /// The values at the medians of the priors.
    public var medians: Values {
        Values(
            parameters: allParameters(parameters.coordinates.constrained(parameters.center)),
            sizes: sizes.coordinates.constrained(sizes.center))
    }

    /// Standard deviations of the model error of a time of 1 for each value of the state, `[n]`.
    func modelErrors(_ sizes: Tensor) -> Tensor {
        var next = observations.unknownErrors.count
        let parts = system.states.map { state -> Tensor in
            switch state.error {
            case .given(let size): return Tensor(size).broadcast(to: [state.kind.count])
            case .unknown:
                defer { next += 1 }
                return sizes[next].broadcast(to: [state.kind.count])
            }
        }
        return Tensor.concatenated(parts)
    }

    public var hasModelError: Bool {
        system.errorCovariance != nil || system.states.contains { if case .given(0) = $0.error { false } else { true } }
    }

    // MARK: - Problems

    /// The problem of a filter, smoother or variational method.
    ///
    /// - Parameters:
    ///   - values: of parameters and standard deviations.
    ///   - augmented: whether the unknown parameters are a part of the state.
    public func problem(_ values: Values, augmented: Bool) -> Problem<SystemForecast, SystemOperator> {
        let forecast = forecast(values, augmented: augmented)
        let sizes = errors(values.sizes, augmented: augmented)
        let hasNoise = hasModelError || augmented && system.parameters.contains { $0.drift > 0 }
        let (mean, deviations) = start(augmented: augmented)
        return Problem(
            forecast,
            modelError: hasNoise ? ModelError(factor: sizes, lengths: intervals) : nil,
            observations: observed(forecast, values.sizes),
            background: Background(
                mean: mean, deviations: deviations,
                climate: mean + deviations * key.folding(11).normal([Self.climateCount, mean.count]), key: key),
            geometry: geometry(mean.count), rejection: rejection)
    }

    /// Draws of the start that stand for a climate.
    private static let climateCount = 1000

    /// The model with the values of the parameters.
    func forecast(_ values: Values, augmented: Bool) -> SystemForecast {
        var forecast = SystemForecast(
            system, times: Tensor(observations.times), augmented: augmented ? system.unknownParameters : [])
        forecast.equations.parameters = values.parameters
        return forecast
    }

    /// The errors that a time of 1 adds to the coordinates: standard deviations `[n + q]`, or a factor of their
    /// covariance `[n + q, n + q]` where they are correlated.
    func errors(_ sizes: Tensor, augmented: Bool) -> Tensor {
        let drifts = augmented ? system.unknownParameters.map { system.parameters[$0].drift } : []
        guard let covariance = system.errorCovariance else {
            return Tensor.concatenated([modelErrors(sizes), Tensor(drifts)])
        }
        let (n, q) = (covariance.shape[0], drifts.count)
        let factor = covariance.sqrtm().padded(axis: 0, before: 0, after: q).padded(axis: 1, before: 0, after: q)
        return factor + Tensor.concatenated([Tensor.zeros([n]), Tensor(drifts)]).diagonalMatrix()
    }

    /// The lengths of the intervals after each time, `[T]`; none after the last.
    var intervals: Tensor {
        Tensor(zip(observations.times, observations.times.dropFirst()).map { $1 - $0 } + [0])
    }

    func observed(_ forecast: SystemForecast, _ sizes: Tensor) -> Observations<SystemOperator> {
        let unknown = sizes.slice(axis: 0, from: 0, to: observations.unknownErrors.count)
        let correlations = observations.correlations ?? Tensor.identity(observations.channels.count)
        var sized = observations
        let steady = observations.steadyDeviations
        if let steady { sized.deviations = steady.expanded(axis: 0) }
        let all = sized.deviations(unknown: unknown)
        let deviations = steady == nil ? all : all[0]
        return Observations(
            values: given?.values ?? observations.values, mask: given?.mask ?? observations.mask,
            errorCovariance: deviations.expanded(axis: -1) * deviations.expanded(axis: -2) * correlations,
            operator: SystemOperator(forecast, observations.channels))
    }

    /// Whether equations and observations are linear in the state, as far as differences at random states tell.
    public var isLinear: Bool {
        guard system.stateCoordinates.areAllIdentity else { return false }
        let values = medians
        let forecast = forecast(values, augmented: false)
        let seen = SystemOperator(forecast, observations.channels)
        let n = system.count
        let states = (10 * key.folding(5).normal([2, n]))
        let (a, b) = (states[0], states[1])
        func isStraight(_ f: (Tensor) -> Tensor) -> Bool {
            let (left, right, middle) = (f(a).values, f(b).values, f(0.5 * (a + b)).values)
            return middle.indices.allSatisfy {
                abs(middle[$0] - 0.5 * (left[$0] + right[$0])) <= 1e-9 * (abs(left[$0]) + abs(right[$0]) + 1e-300)
            }
        }
        let time = Tensor(observations.times[0])
        return isStraight { forecast.equations($0, time: time) } && isStraight { seen($0) }
    }

    /// Mean and standard deviation of the first state in coordinates, `[n + q]` each; 0 where it is diffuse.
    func start(augmented: Bool) -> (mean: Tensor, deviations: Tensor) {
        var (means, deviations, number) = ([Double](), [Double](), 0)
        let coordinates = system.stateCoordinates
        let unknown = starts
        for state in system.states {
            for place in 0..<state.kind.count {
                switch state.start {
                case .known(let values):
                    means.append(values[values.count == 1 ? 0 : place])
                    deviations.append(0)
                case .distributed:
                    means.append(.nan)
                    deviations.append(unknown.deviations[number].scalar)
                    number += 1
                case .diffuse:
                    means.append(0)
                    deviations.append(0)
                }
            }
        }
        let known = coordinates.unconstrained(Tensor(means.map { $0.isNaN ? 0.5 : $0 })).values
        number = 0
        let centers = means.indices.map { place -> Double in
            guard means[place].isNaN else { return known[place] }
            defer { number += 1 }
            return unknown.center[number].scalar
        }
        guard augmented else { return (Tensor(centers), Tensor(deviations)) }
        let parameters = parameters
        return (
            Tensor.concatenated([Tensor(centers), parameters.center]),
            Tensor.concatenated([Tensor(deviations), parameters.deviations])
        )
    }

    /// Coordinates of fields on one axis, one behind the other; a line of the values where there is none.
    private func geometry(_ count: Int) -> Geometry {
        let observed = observations.channels.map { channel in
            system.firstValue(of: channel)
        }
        return Geometry(coordinates: system.coordinates(count), observed: observed, isLinear: false)
    }
}
