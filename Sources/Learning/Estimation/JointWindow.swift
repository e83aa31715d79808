import Assimilation
import Tensors

/// The observations of a window of time, as a function of the state at its beginning, of the parameters of the model
/// and, with weak constraint, of the model's error at every step:
///
///     z = (x[0], θ, η[1], …, η[K − 1]),   x[k] = M_θ(x[k − 1]) + η[k],   z → (h(x[0]), …, h(x[K − 1]))
///
/// With it 4D-Var over states and parameters jointly is `Variational` with the covariance of all of them.
/// `[n + p (+ (K − 1) n)]` to `[K m]`.
public struct JointWindow<Parameters: Tree, Operator: StateMap>: Map {
    public let variables: Int
    /// The number of times, `K`.
    public let count: Int
    /// Whether the model may err.
    public let isWeak: Bool
    public var `operator`: Operator
    private let structure: @Sendable () -> Parameters
    private let model: @Sendable (Parameters, Tensor) -> Tensor

    public init(
        _ operator: Operator, variables: Int, count: Int, isWeak: Bool, like parameters: Parameters,
        model: @escaping @Sendable (Parameters, Tensor) -> Tensor
    ) {
        precondition(count > 0, "a window of \(count) times")
        (self.operator, self.variables, self.count, self.isWeak) = (`operator`, variables, count, isWeak)
        (structure, self.model) = ({ parameters }, model)
    }

    /// The states of the window, `[K, n]`.
    public func path(_ control: Tensor) -> Tensor {
        let p = structure().flattened.count
        let first = control[0..<variables]
        if count == 1 { return first.expanded(axis: 0) }
        let parameters = structure().unflattened(control[variables..<(variables + p)])
        let later: Tensor
        if isWeak {
            let errors = control[(variables + p)..<control.count].reshaped([count - 1, variables])
            later =
                scan(over: errors, from: first) { state, error in
                    let next = model(parameters, state) + error
                    return (next, next)
                }.outputs
        } else {
            later =
                scan(over: Nothing(), from: first, count: count - 1) { state, _ in
                    let next = model(parameters, state)
                    return (next, next)
                }.outputs
        }
        return Tensor.concatenated([first.expanded(axis: 0), later])
    }

    public func callAsFunction(_ control: Tensor) -> Tensor {
        vmap { (x: Tensor) in `operator`(x) }(path(control)).flattened()
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&`operator`, "operator") }
}

/// The background of 4D-Var over states and parameters at the beginning of a window: a state,
/// and a normal distribution of the parameters.
public struct JointEstimate: Tree {
    /// `[n]`
    public var state: Tensor
    /// `[p]`
    public var parameters: Tensor
    /// `[p, p]`
    public var parameterCovariance: Tensor

    public init(state: Tensor, parameters: Tensor, parameterCovariance: Tensor) {
        (self.state, self.parameters, self.parameterCovariance) = (state, parameters, parameterCovariance)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&state, "state")
        visitor.visit(&parameters, "parameters")
        visitor.visit(&parameterCovariance, "parameterCovariance")
    }
}

/// Learning online by 4D-Var: each window of observations corrects the state at its beginning and the parameters of the
/// model, a network's weights too, and leaves what it knows of the parameters to the next one as a prior.
///
///     ½ |x[0] − x_b|²_B + ½ |θ − θ_b|²_C + ½ Σ |η[k]|²_Q + ½ Σ |y[k] − h(x[k])|²_R
///
/// by Gauss–Newton steps. Without `Q` the constraint is strong. The covariance of the state is the same for every
/// window; that of the parameters is the Gauss–Newton posterior of the window before, of the shape that is carried, and
/// grows by a random walk. Windows follow one another without overlap. Cost of a step:
/// an adjoint for each value of a window.
///
/// References: Trémolet, *Accounting for an imperfect model in 4D-Var* (QJRMS 2006); Farchi, Chrust, Bocquet, Laloyaux
/// & Bonavita, *Online model error correction with neural networks in the incremental 4D-Var framework* (JAMES 2023).
public struct JointVariational<Parameters: Tree>: Tree {
    /// `B`, `[n, n]`
    public var covariance: Tensor
    /// `Q`, `[n, n]`; nil: the model is perfect with the right parameters.
    public var modelError: Tensor?
    /// The standard deviation of the parameters' change from window to window, a scalar or `[p]`.
    public var drift: Tensor
    /// The number of times in a window, `K`.
    public let window: Int
    public let iterations: Int
    /// The part of the parameters' covariance that is carried.
    public let carried: CovarianceShape
    private let structure: @Sendable () -> Parameters
    private let model: @Sendable (Parameters, Tensor) -> Tensor

    /// - Parameters:
    ///   - parameters: of the shapes that they have; their values do not matter here.
    ///   - model: the next state `[n]`, by parameters.
    public init(
        covariance: Tensor, modelError: Tensor? = nil, drift: Tensor = 0, window: Int, iterations: Int = 2,
        carried: CovarianceShape = .full, like parameters: Parameters,
        model: @escaping @Sendable (Parameters, Tensor) -> Tensor
    ) {
        precondition(window > 0 && iterations > 0, "windows of \(window) times, \(iterations) iterations")
        (self.covariance, self.modelError, self.drift) = (covariance, modelError, drift)
        (self.window, self.iterations, self.carried) = (window, iterations, carried)
        (structure, self.model) = ({ parameters }, model)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&covariance, "covariance")
        visitor.visit(&modelError, "modelError")
        visitor.visit(&drift, "drift")
    }

    /// A first guess.
    ///
    /// - Parameter spread: the standard deviation of the parameters, a scalar or `[p]`.
    public func start(_ state: Tensor, parameters: Parameters, spread: Tensor) -> JointEstimate {
        let guess = parameters.flattened
        return JointEstimate(
            state: state, parameters: guess,
            parameterCovariance: spread.squared().broadcast(to: guess.shape).diagonalMatrix())
    }

    /// The parameters of an estimate.
    public func parameters(_ flattened: Tensor) -> Parameters { structure().unflattened(flattened) }
}

// MARK: - One window

extension JointVariational {
    /// The observation of a window, of its control vector.
    public func observation<H: Map>(
        _ values: Tensor, mask: Tensor, errorCovariance: Tensor, operator: H
    ) -> Observation<JointWindow<Parameters, H>> {
        Observation(
            values: values.flattened(), mask: mask.flattened(),
            errorCovariance: joined([Tensor](repeating: errorCovariance, count: window)),
            operator: JointWindow(
                `operator`, variables: covariance.shape[0], count: window, isWeak: modelError != nil, like: structure(),
                model: model))
    }

    /// The background of a window's control vector, and its covariance.
    public func prior(_ estimate: JointEstimate) -> (mean: PointEstimate, analysis: Variational) {
        let (n, errors) = (covariance.shape[0], modelError == nil ? 0 : window - 1)
        let mean = Tensor.concatenated([estimate.state, estimate.parameters, Tensor.zeros([errors * n])])
        var blocks = [covariance, estimate.parameterCovariance]
        if let modelError { blocks += [Tensor](repeating: modelError, count: errors) }
        return (PointEstimate(mean), Variational(covariance: joined(blocks), iterations: iterations))
    }

    /// The control vector after a window, and the posterior covariance of the parameters.
    public func analyze<H: Map>(
        _ estimate: JointEstimate, _ observation: Observation<JointWindow<Parameters, H>>
    ) -> (control: Tensor, parameterCovariance: Tensor) {
        let (mean, analysis) = prior(estimate)
        let control = analysis(mean, observation).belief.mean
        let matrix = observation.mask.expanded(axis: -1) * observation.operator.matrix(at: control)
        let all = matrix.matrixProduct(analysis.covariance)
        let innovation = all.matrixProduct(matrix.transposed) + observation.maskedErrorCovariance
        let start = estimate.state.count
        let cross = all.slice(axis: 1, from: start, to: start + estimate.parameters.count)
        let known = innovation.cholesky().triangularSolve(cross)
        return (control, estimate.parameterCovariance - known.transposed.matrixProduct(known))
    }
}

// MARK: - Window after window

extension JointVariational {
    /// The results of all windows, stacked.
    public struct Trajectory: Tree {
        /// The states at all times, each as its window sees it, `[T, n]`.
        public var states: Tensor
        /// The states at all times as the window before forecasts them, `[T, n]`.
        public var backgrounds: Tensor
        /// The parameters after each window, `[windows, p]`.
        public var parameters: Tensor
        /// The background of the next window.
        public var next: JointEstimate

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&states, "states")
            visitor.visit(&backgrounds, "backgrounds")
            visitor.visit(&parameters, "parameters")
            visitor.visit(&next, "next")
        }
    }

    /// Runs through observations, whose number is a multiple of the window.
    public func callAsFunction<H: Map>(from start: JointEstimate, _ observations: Observations<H>) -> Trajectory {
        let (windows, rest) = observations.count.quotientAndRemainder(dividingBy: window)
        precondition(
            windows > 0 && rest == 0 && observations.errorCovariance.rank == 2,
            "\(observations.count) times for windows of \(window), error covariance \(observations.errorCovariance.shape)"
        )
        let n = covariance.shape[0]
        let parts = [observations.values, observations.mask].map {
            $0.reshaped([windows, window] + $0.shape.dropFirst())
        }
        let (next, record) = scan(over: parts, from: start) { estimate, now -> (JointEstimate, [Tensor]) in
            let seen = observation(
                now[0], mask: now[1], errorCovariance: observations.errorCovariance, operator: observations.operator)
            let background = seen.operator.path(prior(estimate).mean.mean)
            let (control, posterior) = analyze(estimate, seen)
            let path = seen.operator.path(control)
            let weights = control[n..<(n + estimate.parameters.count)]
            let known = carried.projected(posterior) + drift.squared().broadcast(to: weights.shape).diagonalMatrix()
            let next = JointEstimate(
                state: model(structure().unflattened(weights), path[window - 1]), parameters: weights,
                parameterCovariance: known)
            return (next, [path, background, weights])
        }
        return Trajectory(
            states: record[0].reshaped([-1, n]), backgrounds: record[1].reshaped([-1, n]), parameters: record[2],
            next: next)
    }
}

/// A matrix with blocks along its diagonal.
private func joined(_ blocks: [Tensor]) -> Tensor {
    let size = blocks.map { $0.shape[0] }.reduce(0, +)
    var (before, rows) = (0, [Tensor]())
    for block in blocks {
        let n = block.shape[0]
        rows.append(block.padded(axis: 1, before: before, after: size - before - n))
        before += n
    }
    return Tensor.concatenated(rows)
}
