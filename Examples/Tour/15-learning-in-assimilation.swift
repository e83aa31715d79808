import Assimilation
import Dynamics
import Experiments
import Learning
import Networks
import Tensors

func learningInAssimilation() -> Figure {
    // Lorenz's model of 1996 with a forcing of 8, observed with an error of 1; we begin with 6 and a guessed gain.
    let model = { @Sendable (forcing: Tensor) in RungeKutta4(Lorenz96(forcing: forcing), step: 0.05) }
    let (past, new) = (observed(model(8), steps: 2000, key: Key(1)), observed(model(8), steps: 1000, key: Key(2)))
    let start = Pair(Tensor(6.0), 0.2 * Tensor.identity(12))
    let ways = ["nothing", "the forecast", "the analysis", "both"]
    let errors = ways.indices.map { way in
        let filter = { @Sendable (learned: Pair<Tensor, Tensor>) in
            Cycle(PointForecast(model(way % 2 == 1 ? learned.first : 6)), gain(way > 1 ? learned.second : start.second))
        }
        // What is made small is the error of each forecast against an observation that it has not seen.
        let objective = FilterObjective(
            [past.observations], loss: .predictionError, segment: 10, start: { _ in climate }, filter: filter)
        let training = Training(objective, Adam(rate: 0.01).clipped(to: .norm(1)), epochs: 12, like: start)
        let learned = way == 0 ? start : training(start, key: Key(3)).best
        let (error, forcing) = (mean(new, filter(learned)), rounded(learned.first.scalar, 2))
        print("learned \(ways[way]): RMSE of the analyses \(rounded(error)), forcing \(forcing)")
        return error
    }
    return bars(ways, errors, "RMSE")
}
