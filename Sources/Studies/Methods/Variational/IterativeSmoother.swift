import Assimilation
import Tensors

/// The iterative ensemble Kalman smoother over a sliding window.
public struct IterativeSmoother: TreatedEnsemble {
    public static let name = "ienks"
    public static let summary = "iterative ensemble Kalman smoother over a sliding window"
    public static let ownParameters: [Parameter<Self>] = [
        .lag(\.lag), .iterations(\.iterations),
        .real(
            "tolerance", \.tolerance, 0...1, unit: "standard deviations of the prior weights",
            "Iterations have converged when the weights change by less; 0: all are made."),
        .flag(
            "finite-size", \.isFiniteSize,
            "1: the prior allows for the sampling error of few members; 0: it does not."),
    ]
    public static let costs: CostTerms = [.membersSquared, .trajectory]

    public var ensemble = EnsembleTreatment()
    public var lag = 1, iterations = 20, tolerance = 0.001, isFiniteSize = false

    public init() {}
    public init(members: Int, inflation: Double = 1, lag: Int = 1, rotates: Bool = false) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
        self.lag = lag
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> ScoredRun {
        let model = Autonomous(problem.model)
        let smoother = IterativeEnKS(
            iterations: iterations, tolerance: tolerance, certainty: isFiniteSize ? 1 : nil)
        let forecast = EachMember(model, modelError: problem.modelError)
        return problem.run(
            WindowedCycle(forecast, Modified(smoother, ensemble.modifiers), model: model, lag: lag, shift: 1),
            from: problem.ensemble(members))
    }
}
