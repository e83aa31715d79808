import Assimilation
import Kernels
import Learning
import Tensors

/// The most probable unknowns and states given all observations, with Laplace's covariance.
///
///     J(ξ) = − log p(θ, σ, x₀) + ½ Σ w² − Σ log p(y | x(ξ))
///
/// Unknown are parameters, standard deviations and first states, in coordinates without bounds and with the density of
/// these; with model error its normalised increments `w` between all times are unknown too. The mode is found by
/// Newton's method in a trust region, the covariance is the inverse of the Hessian there, and states are those of
/// samples of it.
public struct MaximumAPosteriori: InferenceMethod {
    public static let name = "map"
    public static let summary = "the most probable unknowns and states, with Laplace's covariance"
    public static let reference = "Tierney & Kadane, Accurate approximations for posterior moments, JASA 81 (1986)"
    public static let parameters: [Parameter<Self>] = [
        .integer("starts", \.starts, 1...1000, "Searches from different points; the best is taken."),
        .integer("samples", \.samples, 20...100_000, "Samples of the covariance from which states are made."),
    ]

    public var starts = 4, samples = 400

    public init() {}

    /// The most unknowns for which a Hessian is made.
    static let mostUnknowns = 2000

    public func fault(_ problem: SystemProblem) -> (problem: String, expected: String)? {
        if problem.system.hasDiffuseStart { return ("a diffuse start for map", "a distribution, or the method kalman") }
        if problem.observations.correlations != nil {
            return ("correlated errors of observations for map", "independent ones, or the method kalman")
        }
        let unknown = MapObjective(problem)
        if problem.sizes.count > problem.observations.unknownErrors.count {
            return ("an unknown model error for map, which has no mode", "the method likelihood, or a number")
        }
        guard unknown.count <= Self.mostUnknowns else {
            return ("\(unknown.count) unknowns of map", "at most \(Self.mostUnknowns); increments of model error count")
        }
        return unknown.count == 0 ? ("nothing is unknown for map", "a start or a parameter with a distribution") : nil
    }

    public func infer(_ problem: SystemProblem) -> Inference {
        let clock = ContinuousClock.now
        let objective = MapObjective(problem)
        let data = objective.data
        let points = (0..<starts).map { start in
            start == 0
                ? objective.center
                : objective.center + 0.5 * objective.deviations * problem.key.folding(start).normal([objective.count])
        }
        let found = TrustRegionNewton(maximumSteps: 500).compiledMinima(from: points, given: data) {
            objective.value($0, $1)
        }
        let best = found.filter { $0.outcome != .diverged }.min { $0.value < $1.value }
        guard let best else {
            return Inference(
                unknowns: [], outcome: .diverged(step: 0),
                notes: ["No search found a mode: the model has no finite states at any start that was tried."],
                seconds: (ContinuousClock.now - clock) / .seconds(1))
        }
        return inference(problem, objective, best, clock)
    }

    private func inference(
        _ problem: SystemProblem, _ objective: MapObjective, _ mode: Minimum, _ clock: ContinuousClock.Instant
    ) -> Inference {
        let data = objective.data
        let hessian = compile(like: Pair(mode.point, data)) { input in
            jacobian(of: gradient(of: { objective.value($0, input.second) }))(input.first)
        }(Pair(mode.point, data))
        let (values, vectors) = hessian.symmetricEigen()
        var notes = ["Estimates are modes of the coordinates without bounds; a mode is not a mean."]
        if mode.outcome != .converged { notes.append("The search for the mode is \(mode.outcome.rawValue).") }
        let least = 1e-10 * (values.values.last ?? 1)
        if values.values.contains(where: { $0 <= least }) {
            notes.append("The Hessian is not positive: a direction of the unknowns is not determined.")
        }
        // Samples ξ + V λ^−½ ε, of which the deviations are those of the inverse Hessian.
        let factor = vectors / values.maximum(Tensor(Swift.max(least, 1e-300))).sqrt()
        let noise = problem.key.folding(77).normal([samples, objective.count])
        let drawn = mode.point + noise.matrixProduct(factor.transposed)
        let deviations = factor.squared().sum(axes: [1]).sqrt()
        let samples = compile(like: drawn) { drawn in
            vmap { (xi: Tensor) in
                let found = objective.trajectory(xi)
                return Pair(found.states, Pair(found.values, found.sizes))
            }(drawn)
        }(drawn)
        let states = samples.first
        let finite = states.isFiniteRow
        if finite.count < self.samples {
            notes.append(
                "\(self.samples - finite.count) of \(self.samples) samples have no finite states and are left out.")
        }
        func kept(_ x: Tensor) -> Tensor { finite.count == self.samples ? x : x.taking(Tensor(integers: finite)) }
        func moments(_ x: Tensor) -> StateMoments {
            StateMoments(means: x.mean(axes: [0]), deviations: x.variance(axes: [0], correction: 1).sqrt())
        }
        var channels = moments(kept(samples.second.first))
        // The errors of observations, which the values do not have.
        let sizes = kept(samples.second.second).mean(axes: [0])
        let errors = problem.observations.deviations(unknown: sizes)
        channels.deviations = (channels.deviations.squared() + errors.squared()).sqrt()
        let count = objective.unknowns.count
        return Inference(
            unknowns: UnknownEstimate.all(
                objective.unknowns, means: Array(mode.point.values.prefix(count)),
                deviations: Array(deviations.values.prefix(count))),
            smoothed: moments(kept(states)), smoothedValues: channels,
            logLikelihood: objective.logLikelihood(mode.point).scalar, notes: notes,
            seconds: (ContinuousClock.now - clock) / .seconds(1))
    }
}

extension Tensor {
    /// The positions along the first axis at which all numbers are finite.
    fileprivate var isFiniteRow: [Int] {
        let (numbers, size) = (values, count / Swift.max(shape[0], 1))
        return (0..<shape[0]).filter { row in numbers[(row * size)..<((row + 1) * size)].allSatisfy(\.isFinite) }
    }
}

/// The values, gaps and errors that a search is about.
struct ObservedData: Tree {
    var values: Tensor
    var mask: Tensor
    var deviations: Tensor

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&values, "values")
        visitor.visit(&mask, "mask")
        visitor.visit(&deviations, "deviations")
    }
}

/// The function that has its minimum at the most probable unknowns.
struct MapObjective: Sendable {
    let problem: SystemProblem
    /// Parameters, sizes, starts.
    let unknowns: SystemUnknowns
    private let parameters: Int
    private let sizes: Int
    private let hasIncrements: Bool
    private let first: Tensor

    init(_ problem: SystemProblem) {
        self.problem = problem
        let (ofParameters, ofSizes) = (problem.parameters, problem.sizes)
        (parameters, sizes) = (ofParameters.count, ofSizes.count)
        unknowns = SystemUnknowns(ofParameters.entries + ofSizes.entries + problem.starts.entries)
        hasIncrements = problem.hasModelError
        first = problem.start(augmented: false).mean
    }

    var data: ObservedData {
        let observations = problem.observations
        return ObservedData(values: observations.values, mask: observations.mask, deviations: observations.deviations)
    }

    private var increments: Int {
        hasIncrements ? (problem.observations.times.count - 1) * problem.system.count : 0
    }
    var count: Int { unknowns.count + increments }
    var center: Tensor { unknowns.center.padded(axis: 0, before: 0, after: increments) }
    var deviations: Tensor {
        Tensor.concatenated([unknowns.deviations, Tensor.zeros([increments])])
    }

    /// The trajectory of the unknowns, `[T, n]` in coordinates, and the forecasts of all channels, `[T, m]`.
    func trajectory(_ xi: Tensor) -> (states: Tensor, values: Tensor, sizes: Tensor) {
        let values = unknowns.coordinates.constrained(xi.slice(axis: 0, from: 0, to: unknowns.count))
        let sizes = values.slice(axis: 0, from: parameters, to: parameters + self.sizes)
        let given = SystemProblem.Values(
            parameters: problem.allParameters(values.slice(axis: 0, from: 0, to: parameters)), sizes: sizes)
        let forecast = problem.forecast(given, augmented: false)
        let `operator` = SystemOperator(forecast, problem.observations.channels)
        let start = firstState(xi)
        let (times, n) = (problem.observations.times.count, problem.system.count)
        let errors = problem.errors(sizes, augmented: false)
        let scales = problem.intervals.sqrt()
        let noise =
            hasIncrements
            ? xi.slice(axis: 0, from: unknowns.count, to: count).reshaped([times - 1, n])
                .padded(axis: 0, before: 0, after: 1)
            : Tensor.zeros([times, 1])
        let found = scan(over: [Tensor.range(times), noise, scales], from: start) { state, now in
            var next = forecast(state, step: now[0])
            if hasIncrements {
                next = next + now[2] * (errors.rank == 1 ? errors * now[1] : errors.vectorProduct(now[1]))
            }
            return (next, Pair(state, `operator`(state)))
        }.outputs
        return (found.first, found.second, sizes)
    }

    private func firstState(_ xi: Tensor) -> Tensor {
        let begin = parameters + sizes
        guard unknowns.count > begin else { return first }
        var (places, next) = ([Int](), first.count)
        for state in problem.system.states {
            for _ in 0..<state.kind.count {
                if case .distributed = state.start {
                    places.append(next)
                    next += 1
                } else {
                    places.append(places.count)
                }
            }
        }
        return Tensor.concatenated([first, xi.slice(axis: 0, from: begin, to: unknowns.count)])
            .taking(Tensor(integers: places))
    }

    private func logLikelihood(_ xi: Tensor, _ data: ObservedData) -> Tensor {
        let found = trajectory(xi)
        var observations = problem.observations
        observations.deviations = data.deviations
        let deviations = observations.deviations(unknown: found.sizes)
        let isThere = data.mask .> 0
        // A forecast that is not finite where nothing is observed must not reach the sum or its derivative.
        let distance = select(isThere, data.values - select(isThere, found.values, 0), 0) / deviations
        let constant = 0.9189385332046727
        return -(data.mask * (0.5 * distance.squared() + deviations.log() + Tensor(constant))).sum()
    }
    func logLikelihood(_ xi: Tensor) -> Tensor { logLikelihood(xi, data) }

    func value(_ xi: Tensor, _ data: ObservedData) -> Tensor {
        let prior = unknowns.logDensity(xi.slice(axis: 0, from: 0, to: unknowns.count))
        let noise = hasIncrements ? 0.5 * xi.slice(axis: 0, from: unknowns.count, to: count).squared().sum() : 0
        return noise - prior - logLikelihood(xi, data)
    }
}
