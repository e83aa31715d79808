import Assimilation
import Dynamics
import Tensors

/// The ensemble transform Kalman filter in the space of the members,
/// for observations of everything with error variance 1.
func transformCycle(_ members: Tensor, observation y: Tensor, truth: Tensor) -> (members: Tensor, error: Tensor) {
    let count = members.shape[0]
    let mean = members.mean(axes: [0])
    let anomalies = members - mean
    let gram = anomalies.matrixProduct(anomalies.transposed) + Double(count - 1) * Tensor.identity(count)
    let (values, vectors) = gram.symmetricEigen()
    let projected = vectors.transposed.vectorProduct(anomalies.vectorProduct(y - mean))
    let weights = vectors.vectorProduct(projected / values)
    let transform = (vectors * (Double(count - 1) / values).sqrt()).matrixProduct(vectors.transposed)
    let analysis = mean + anomalies.transposed.vectorProduct(weights)
    let error = (analysis - truth).squared().mean().sqrt()
    return (model(analysis + 1.02 * transform.matrixProduct(anomalies)), error)
}

private func transformFilter(_ cycles: Int) -> Prepared {
    let (observations, truth) = (read("observations", rows: cycles), read("truth", rows: cycles))
    return prepared(read("members")) { members in
        scan(over: Pair(observations, truth), from: members) { members, now in
            transformCycle(members, observation: now.first, truth: now.second)
        }.outputs
    }
}

/// The same filter as the library has it, which keeps all beliefs and computes likelihoods besides.
private func library(_ cycles: Int) -> Prepared {
    let (values, truth) = (read("observations", rows: cycles), read("truth", rows: cycles))
    let observations = Observations(
        values: values, errorCovariance: Tensor.identity(40), operator: LinearOperator(Tensor.identity(40)))
    let filter = Cycle(EachMember(model), Inflated(ETKF(), by: 1.02))
    return prepared(read("members")) { members in
        let trajectory = filter(from: Ensemble(members: members, key: Key(1)), observations)
        return (trajectory.analyses.mean - truth).squared().mean(axes: [1]).sqrt()
    }
}

/// The extended Kalman filter in its textbook form, all variables observed with error variance 1.
private func extended(_ cycles: Int) -> Prepared {
    let (observations, truth) = (read("observations", rows: cycles), read("truth", rows: cycles))
    let identity = Tensor.identity(40)
    return prepared(read("members")[0]) { start in
        let run = scan(over: Pair(observations, truth), from: Pair(start, identity)) { belief, now in
            let gain = (belief.second + identity).symmetricSolve(belief.second).transposed
            let mean = belief.first + gain.vectorProduct(now.first - belief.first)
            let analysis = belief.second - gain.matrixProduct(belief.second)
            let tangent = jacobian(of: { model($0) })(mean)
            let carried = tangent.matrixProduct(analysis).matrixProduct(tangent.transposed)
            let covariance = 1.05 * 1.05 * carried + 0.01 * identity
            let next = Pair(model(mean), 0.5 * (covariance + covariance.transposed))
            return (next, (mean - now.second).squared().mean().sqrt())
        }
        return Pair(run.outputs, run.final.second)
    }
}

let filterRows: [String: @Sendable () -> Prepared] = [
    "etkf": { transformFilter(isQuick ? 1000 : 20_000) },
    "etkf/library": { library(1000) },
    "extended-kalman": { extended(1000) },
]
