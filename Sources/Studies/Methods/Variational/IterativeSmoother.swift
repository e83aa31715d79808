import Assimilation
import Tensors

/// The iterative ensemble Kalman smoother over a sliding window.
public struct IterativeSmoother: TreatedEnsemble {
    public static let name = "ienks"
    public static let summary = "iterative ensemble Kalman smoother over a sliding window"
    public static let reference =
        "Bocquet & Sakov, An iterative ensemble Kalman smoother, QJRMS 140 (2014)"
    public static let ownParameters: [Parameter<Self>] = [
        .lag(\.lag), .iterations(\.iterations),
        .real(
            "tolerance", \.tolerance, 0...1, unit: "standard deviations of the prior weights",
            "Iterations have converged when the weights change by less; 0: all are made."),
        .real(
            "certainty", \.certainty, 0...100,
            "Certainty of a prior for the covariance, as of enkf-n; 0: none, the covariance is that of the members."),
    ]
    public static let costs: CostTerms = [.membersSquared, .trajectory]

    public var ensemble = EnsembleTreatment()
    public var lag = 1, iterations = 20, tolerance = 0.001, certainty = 0.0

    public init() {}
    public init(
        members: Int, inflation: Double = 1, lag: Int = 1, certainty: Double = 0, rotates: Bool = false
    ) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
        (self.lag, self.certainty) = (lag, certainty)
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let model = problem.model
        let smoother = IterativeEnKS(
            iterations: iterations, tolerance: tolerance, certainty: certainty > 0 ? certainty : nil)
        let forecast = EachMember(model, modelError: problem.modelError)
        return problem.run(
            WindowedCycle(forecast, Modified(smoother, ensemble.modifiers), model: model, lag: lag, shift: 1),
            from: problem.ensemble(members))
    }
}
