import Dynamics
import Tensors

/// The model of all rows on Lorenz-96.
let model = RungeKutta4(Lorenz96(), step: 0.05)

private func forecast(_ members: Int, steps: Int) -> Prepared {
    let ensemble = model.repeated(steps)
    return prepared(2 + 3 * uniform(1, [members, 40])) { ensemble.ensemble($0) }
}

let lorenz96Rows: [String: @Sendable () -> Prepared] = [
    "lorenz96/20": { forecast(20, steps: 100) },
    "lorenz96/1000": { forecast(1000, steps: 100) },
    "lorenz96/100000": { forecast(100_000, steps: 5) },
]
