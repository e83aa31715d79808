import Tensors

/// Which covariances are considered.
public enum CovarianceShape: String, Sendable, Codable, CaseIterable {
    case full
    case diagonal
    /// A multiple of the identity.
    case scalar

    /// The member of the shape that is nearest to a covariance `[n, n]`;
    /// for a normal distribution the most probable one.
    func projected(_ covariance: Tensor) -> Tensor {
        switch self {
        case .full: 0.5 * (covariance + covariance.transposed)
        case .diagonal: covariance.diagonal().diagonalMatrix()
        case .scalar: covariance.diagonal().mean() * Tensor.identity(covariance.shape[0])
        }
    }
}

/// The unknowns of Monte-Carlo expectation–maximisation: a model, its error and that of observations.
public struct SystemEstimate<Model: ForecastModel>: Tree {
    public var model: Model
    /// `Q`, `[n, n]`
    public var modelError: Tensor
    /// `R`, `[m, m]`
    public var observationError: Tensor

    public init(_ model: Model, modelError: Tensor, observationError: Tensor) {
        (self.model, self.modelError, self.observationError) = (model, modelError, observationError)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
        visitor.visit(&observationError, "observationError")
    }
}

/// Expectation–maximisation with an ensemble smoother, for models that are not linear.
///
/// E: an ensemble filter and smoother draw members of the trajectory given all observations. M: the parameters of the
/// model by Gauss–Newton steps of
///
///     Σ |x[t+1] − M(x[t])|² in the norm of Q⁻¹
///
/// over members and times, then `Q = mean r rᵀ` of its residuals and `R = mean (y − h(x)) (y − h(x))ᵀ`. With many
/// members of a linear Gaussian system this is exact EM, whose likelihood never falls.
///
/// Cost of a step: the filter and the smoother, and the derivatives of the model with respect to its parameters for
/// every member and time. Reference: Bach, Baptista, Sanz-Alonso & Stuart, arXiv:2410.10523, section 8.3; Wei & Tanner,
/// *A Monte Carlo implementation of the EM algorithm*, JASA 85 (1990), 699–704.
public struct EnsembleExpectationMaximization<A: Analysis>: Sendable where A.State == Ensemble {
    public var analysis: A
    public let smoother: EnsembleSmoother
    /// How the filter draws model error.
    public let sampling: NoiseSampling
    public let modelErrorShape: CovarianceShape
    public let observationErrorShape: CovarianceShape
    /// Gauss–Newton steps in the parameters of the model; 0 leaves them.
    public let modelSteps: Int

    public init(
        _ analysis: A, smoother: EnsembleSmoother = EnsembleSmoother(), sampling: NoiseSampling = .independent,
        modelErrorShape: CovarianceShape = .full, observationErrorShape: CovarianceShape = .full, modelSteps: Int = 1
    ) {
        (self.analysis, self.smoother, self.sampling) = (analysis, smoother, sampling)
        (self.modelErrorShape, self.observationErrorShape) = (modelErrorShape, observationErrorShape)
        self.modelSteps = modelSteps
    }

    /// The log-likelihood of the estimate that was given, and a better estimate.
    ///
    /// - Parameter background: of the members before the first observation.
    public func step<Model: ForecastModel, H: StateMap>(
        _ estimate: SystemEstimate<Model>, from background: Ensemble, _ observations: Observations<H>
    ) -> (logLikelihood: Tensor, estimate: SystemEstimate<Model>) {
        var seen = observations
        seen.errorCovariance = estimate.observationError
        let forecast = EachMember(
            estimate.model, modelError: ModelError(factors: estimate.modelError.cholesky()), sampling: sampling)
        let trajectory = Cycle(forecast, analysis)(from: background, seen)
        let members = smoother.smooth(trajectory).members
        let model = improved(estimate, members)
        return (
            trajectory.logLikelihood,
            SystemEstimate(
                model, modelError: modelErrorShape.projected(secondMoment(residuals(model, members))),
                observationError: observationErrorShape.projected(observationMoment(seen, members)))
        )
    }

    /// Times of the steps, states before and after, `[T − 1, N, n]`.
    private func transitions(_ members: Tensor) -> (steps: Tensor, before: Tensor, after: Tensor) {
        let count = members.shape[0]
        return (Tensor.range(count - 1), members[0..<(count - 1)], members[1..<count])
    }

    private func residuals<Model: ForecastModel>(_ model: Model, _ members: Tensor) -> Tensor {
        let (steps, before, after) = transitions(members)
        let next = vmap { (step: Tensor, states: Tensor) in
            vmap { (x: Tensor) in model(x, step: step) }(states)
        }(steps, before)
        return after - next
    }

    /// `mean r rᵀ` over all axes but the last.
    private func secondMoment(_ residuals: Tensor) -> Tensor {
        let rows = residuals.reshaped([-1, residuals.shape[residuals.rank - 1]])
        return rows.transposed.matrixProduct(rows) / Tensor(Double(rows.shape[0]))
    }

    /// The M step for `R`: `mean (y − h(x)) (y − h(x))ᵀ`, with what the observed errors tell
    /// of those of missing values.
    private func observationMoment<H: StateMap>(_ observations: Observations<H>, _ members: Tensor) -> Tensor {
        let moments = vmap { (values: Tensor, states: Tensor) in
            let departures = values - vmap { (x: Tensor) in observations.operator(x) }(states)
            return departures.transposed.matrixProduct(departures) / Tensor(Double(states.shape[0]))
        }(observations.values, members)
        return observations.errorCovariance(moments: moments)
    }

    /// Gauss–Newton steps of the weighted sum of squared residuals.
    private func improved<Model: ForecastModel>(_ estimate: SystemEstimate<Model>, _ members: Tensor) -> Model {
        let whitener = estimate.modelError.cholesky()
        let (steps, before, _) = transitions(members)
        var model = estimate.model
        for _ in 0..<modelSteps {
            let parameters = model.flattened
            let slopes = vmap { (step: Tensor, states: Tensor) in
                vmap { (x: Tensor) in jacobian(of: { model.unflattened($0)(x, step: step) })(parameters) }(states)
            }(steps, before)
            let count = parameters.count
            let rows = whitener.triangularSolve(
                slopes.reshaped([-1, whitener.shape[0], count]).movingAxis(1, to: 0).reshaped([whitener.shape[0], -1]))
            let matrix = rows.reshaped([-1, count])
            let right = whitener.triangularSolve(
                residuals(model, members).reshaped([-1, whitener.shape[0]]).transposed
            ).reshaped([-1, 1])
            let gram = matrix.transposed.matrixProduct(matrix)
            let ridge = 1e-12 * gram.diagonal().mean() * Tensor.identity(count)
            let change = (gram + ridge).symmetricSolve(matrix.transposed.matrixProduct(right))
            model = model.unflattened(parameters + change.flattened())
        }
        return model
    }
}
