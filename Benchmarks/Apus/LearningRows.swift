import Assimilation
import Dynamics
import Learning
import Tensors

/// A step of gradient descent of the variational objective of a gain: extended forecasts, Joseph's form, ten samples.
private func gainStep() -> Prepared {
    let cycles = 1000
    let identity = Tensor.identity(40)
    let start = Gaussian(mean: read("members")[0], covariance: identity)
    let observations = Observations(
        values: read("observations", rows: cycles), errorCovariance: identity, operator: LinearOperator(identity))
    let noise = uniform(31, [cycles, 10, 40])
    let forecast = ExtendedForecast(Autonomous(model), modelError: ModelError(factors: 0.1.squareRoot() * identity))
    return prepared(0.4 * identity) { gain in
        let (value, slope) = valueAndGradient(of: { gain in
            variationalObjective(
                Cycle(forecast, FixedGain(gain)), from: start, observations, noise: noise)
        })(gain)
        return Pair(gain - 0.01 * slope, value)
    }
}

/// What the filter of an unknown model is a function of.
private typealias Unknown = Pair<MonomialDictionary, Tensor>

/// The log-likelihood of observations under a localised ensemble Kalman filter, and its gradient with respect to the 18
/// coefficients of the model and the logarithms of the standard deviations of its errors.
private func filterGradient() -> Prepared {
    let (cycles, members) = (300, 50)
    let monomials = MonomialDictionary.all(degree: 2, reach: 2, spread: 2)
    let lorenz: [[Int]: Double] = [[]: 8, [0]: -1, [-2, -1]: -1, [-1, 1]: 1]
    let coefficients = Tensor(monomials.map { lorenz[$0] ?? 0 }) + 0.01 * uniform(32, [18])
    let start = Unknown(MonomialDictionary(monomials, coefficients: coefficients), Tensor.filled(-2, [40]))
    let observations = read("observations", rows: cycles)
    let (perturbations, errors) = (uniform(33, [cycles, members, 40]), uniform(34, [cycles, members, 40]))
    let ensemble = read("members")[0] + uniform(35, [members, 40])
    let circle = Coordinates.circle(40)
    let taper = GaspariCohn(radius: Tensor(5 / 1.82))(circle.distances(to: circle))
    let identity = Tensor.identity(40)

    func logLikelihood(_ unknown: Unknown) -> Tensor {
        let forecast = RungeKutta4(unknown.first, step: 0.01).repeated(5)
        let deviations = unknown.second.exp()
        return scan(over: [observations, perturbations, errors], from: ensemble) { ensemble, now in
            let background = forecast.ensemble(ensemble) + deviations * now[2]
            let mean = background.mean(axes: [0])
            let anomalies = background - mean
            let covariance = taper * anomalies.transposed.matrixProduct(anomalies) / Double(members - 1)
            let factor = (covariance + identity).cholesky()
            let white = factor.triangularSolve((now[0] - mean).expanded(axis: -1))
            let value = -0.5 * white.squared().sum() - factor.diagonal().log().sum()
            let innovations = (now[0] + now[1] - background).transposed
            let weights = factor.triangularSolve(factor.triangularSolve(innovations), transposed: true)
            return (background + weights.transposed.matrixProduct(covariance), value)
        }.outputs.sum()
    }

    return prepared(start) { unknown in
        let (value, slope) = valueAndGradient(of: logLikelihood)(unknown)
        return [value, slope.first.coefficients, slope.second]
    }
}

let learningRows: [String: @Sendable () -> Prepared] = [
    "learning/gain": { gainStep() },
    "learning/filter": { filterGradient() },
]
