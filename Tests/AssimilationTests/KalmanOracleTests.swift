import Foundation
import Tensors
import Testing

@testable import Assimilation

@Suite struct KalmanOracleTests {
    /// The states of the files have 12 digits.
    @Test(arguments: [
        ("nile_local_level", "nile_local_level_states.csv"),
        ("nile_local_level_missing_21-40_61-80", "nile_local_level_missing_states.csv"),
        ("nile_local_linear_trend", "nile_local_linear_trend_states.csv"),
        ("co2_trend_two_harmonics_gaps", "co2_states.csv"),
    ])
    func filterAndSmootherReproduce(name: String, states: String) throws {
        let system = try Oracle.system(name)
        var series = try Oracle.columns("nile.csv")["flow_1e8m3"]!
        if name.contains("missing") { for t in Array(20..<40) + Array(60..<80) { series[t] = .nan } }
        if name.contains("co2") {
            let file = Oracle.folder.appending(path: "../../../Examples/Data/co2_mauna_loa_weekly.csv")
            series = try Oracle.columns(file)["co2_ppmv"]!
        }
        let observations = system.observations(series.map { [$0] })
        let filtered = Cycle(system.forecast, KalmanAnalysis())(from: system.start, observations)
        let smoothed = RauchTungStriebel().smooth(filtered, system.forecast).beliefs
        #expect(filtered.outcome == .completed)
        #expect(difference([filtered.logLikelihood.scalar], [system.loglik]) < 1e-10)
        let reference = try Oracle.columns(states)
        #expect(difference(filtered.logLikelihoods.values, reference["loglik_t"]!) < 1e-8)
        for i in 0..<system.startMean.count where reference["filt\(i)"] != nil {
            let element = { (t: Tensor) in t.element(i, axis: 1).values }
            let variance = { (t: Tensor) in t.element(i, axis: 1).element(i, axis: 1).values }
            #expect(difference(element(filtered.analyses.mean), reference["filt\(i)"]!) < 1e-8)
            #expect(difference(variance(filtered.analyses.covariance), reference["filtvar\(i)"]!) < 1e-8)
            #expect(difference(element(smoothed.mean), reference["smooth\(i)"]!) < 1e-8)
            #expect(difference(variance(smoothed.covariance), reference["smoothvar\(i)"]!) < 1e-8)
        }
    }

    @Test func threeVariablesWithMissingValuesAsKFAS() throws {
        let system = try Oracle.system("macrodata_3var_missing_KFAS")
        let data = try Oracle.columns("macrodata_diff_missing.csv")
        let names = ["d_realgdp", "d_realcons", "d_realinv"]
        let series = (0..<data[names[0]]!.count).map { t in names.map { data[$0]![t] } }
        let filtered = Cycle(system.forecast, KalmanAnalysis())(from: system.start, system.observations(series))
        let smoothed = RauchTungStriebel().smooth(filtered, system.forecast).beliefs
        #expect(difference([filtered.logLikelihood.scalar], [system.loglik]) < 1e-10)
        let reference = try Oracle.columns("kfas_smoothing.csv")
        for i in 0..<3 {
            #expect(difference(smoothed.mean.element(i, axis: 1).values, reference["alphahat\(i + 1)"]!) < 1e-8)
            #expect(difference(filtered.analyses.mean.element(i, axis: 1).values, reference["a\(i + 1)"]!) < 1e-8)
        }
    }

    @Test func exactDiffuseStart() throws {
        let flow = try Oracle.columns("nile.csv")["flow_1e8m3"]!
        let forecast = LinearForecast(
            LinearModel(Tensor.identity(1)), modelError: ModelError(covariance: Tensor(rows: [[1469.1]])))
        let observations = Observations(
            flow.map { [$0] }, errorCovariance: Tensor(rows: [[15099]]), operator: LinearOperator(Tensor.identity(1)))
        let start = ExactDiffuse(
            finite: Gaussian(mean: Tensor([0]), covariance: Tensor.zeros([1, 1])), diffuse: Tensor.identity(1),
            forecast: forecast, observations: observations)
        #expect(start.stepsUsed == 1)
        var rest = observations
        rest.values = rest.values[1..<100]
        rest.mask = rest.mask[1..<100]
        let filtered = Cycle(forecast, KalmanAnalysis())(from: start.background, rest, firstStep: 1)
        #expect(abs(start.logLikelihood + filtered.logLikelihood.scalar + 633.4645636488787) < 1e-8)
    }

    @Test func likelihoodGradientVanishesAtTheMaximum() throws {
        // The exact-diffuse maximum of Nile is that of the likelihood given the first observation.
        let flow = try Oracle.columns("nile.csv")["flow_1e8m3"]!
        let observations = Observations(
            flow.dropFirst().map { [$0] }, errorCovariance: Tensor.identity(1),
            operator: LinearOperator(Tensor.identity(1)))
        func logLikelihood(_ logVariances: Tensor) -> Tensor {
            let variances = logVariances.exp()
            let (error, modelError) = (variances[0].reshaped([1, 1]), variances[1].reshaped([1, 1]))
            var measured = observations
            measured.errorCovariance = error
            let forecast = LinearForecast(
                LinearModel(Tensor.identity(1)), modelError: ModelError(covariance: modelError))
            let start = Gaussian(mean: Tensor([flow[0]]), covariance: error + modelError)
            return Cycle(forecast, KalmanAnalysis())(from: start, measured).logLikelihood
        }
        let maximum = Tensor([15098.523451772226, 1469.1743628389033]).log()
        #expect(gradient(of: logLikelihood)(maximum).absolute().maximum().scalar < 1e-4)
        #expect(gradient(of: logLikelihood)(maximum + 0.1).absolute().maximum().scalar > 0.1)
    }
}

@Suite struct RobotTests {
    struct Robot: Decodable {
        let matrix, operatorMatrix, modelError, observationError, startCovariance: [[Double]]
        let offset, startMean, logLikelihoods: [Double]

        private enum CodingKeys: String, CodingKey {
            case matrix = "A"
            case operatorMatrix = "C"
            case modelError = "Q"
            case observationError = "R"
            case startCovariance = "V_0"
            case offset = "d"
            case startMean = "x0"
            case logLikelihoods = "ll"
        }
    }

    /// Time 0 is a step without observation, so that the start is the belief at the first step.
    private func load() throws -> (robot: Robot, states: [String: [Double]], offsets: Tensor, series: [[Double]]) {
        let data = try Data(contentsOf: Oracle.folder.appending(path: "robot.json"))
        let states = try Oracle.columns("robot_states.csv")
        let count = states["t"]!.count
        let offsets = Tensor(rows: (0..<count).map { t in (0..<5).map { states["b\($0)"]![t] } } + [[0, 0, 0, 0, 0]])
        let series = [[Double.nan, .nan]] + (0..<count).map { t in [states["y0"]![t], states["y1"]![t]] }
        return (try JSONDecoder().decode(Robot.self, from: data), states, offsets, series)
    }

    @Test func filterAndSmoother() throws {
        let (robot, states, offsets, series) = try load()
        let forecast = LinearForecast(
            LinearModel(Tensor(rows: robot.matrix), offsets: offsets),
            modelError: ModelError(covariance: Tensor(rows: robot.modelError)))
        let observations = Observations(
            series, errorCovariance: Tensor(rows: robot.observationError),
            operator: LinearOperator(Tensor(rows: robot.operatorMatrix), offset: Tensor(robot.offset)))
        let start = Gaussian(mean: Tensor(robot.startMean), covariance: Tensor(rows: robot.startCovariance))
        let filtered = Cycle(forecast, KalmanAnalysis())(from: start, observations)
        let smoothed = RauchTungStriebel().smooth(filtered, forecast).beliefs
        for i in 0..<5 {
            #expect(
                difference(Array(filtered.analyses.mean.element(i, axis: 1).values.dropFirst()), states["filt\(i)"]!)
                    < 1e-8)
            #expect(
                difference(Array(smoothed.mean.element(i, axis: 1).values.dropFirst()), states["smooth\(i)"]!) < 1e-8)
            let variance = smoothed.covariance.element(i, axis: 1).element(i, axis: 1).values
            #expect(difference(Array(variance.dropFirst()), states["smoothvar\(i)"]!) < 1e-8)
        }
    }

    @Test func fiftyStepsOfExpectationMaximization() throws {
        let (robot, _, offsets, series) = try load()
        var (q, r) = (Tensor.identity(5) * 10, Tensor.identity(2) * 10)
        let start = Gaussian(mean: Tensor(robot.startMean), covariance: Tensor(rows: robot.startCovariance))
        for expected in robot.logLikelihoods {
            let forecast = LinearForecast(
                LinearModel(Tensor(rows: robot.matrix), offsets: offsets), modelError: ModelError(covariance: q))
            let observations = Observations(
                series, errorCovariance: r,
                operator: LinearOperator(Tensor(rows: robot.operatorMatrix), offset: Tensor(robot.offset)))
            let step = expectationMaximizationStep(from: start, forecast, observations)
            #expect(abs(step.logLikelihood.scalar - expected) < 1e-8 * abs(expected))
            (q, r) = (step.modelError, step.observationError)
        }
    }
}
