import Assimilation
import Tensors

/// Normal estimates of measurements: means and standard deviations, which include the irregular part.
public struct MeasurementEstimates: Sendable, Equatable {
    public let means: [Double]
    public let standardDeviations: [Double]
}

extension StructuralModel {
    /// The expected measurement at each time, by a filter or a smoother.
    public func measurements(_ beliefs: Gaussian) -> MeasurementEstimates { measurements(beliefs, ahead: 0) }

    /// The forecast measurement `lead` steps after each time of a trajectory of beliefs.
    ///
    ///     mean = centre + z Aˡ m,   variance = z Aˡ P (z Aˡ)ᵀ + Σⱼ z Aʲ Q (z Aʲ)ᵀ + r
    ///
    /// - Parameter beliefs: stacked in time, means `[T, n]`.
    public func measurements(_ beliefs: Gaussian, ahead lead: Int) -> MeasurementEstimates {
        precondition(lead >= 0 && beliefs.mean.rank == 2, "lead \(lead), means of shape \(beliefs.mean.shape)")
        let (matrix, noise) = (transition, forecast.modelError.covariance(step: 0))
        var row = observationOperator.matrix
        var gained = irregularVariance
        for _ in 0..<lead {
            gained = gained + row.matrixProduct(noise).matrixProduct(row.transposed).reshaped([])
            row = row.matrixProduct(matrix)
        }
        let weights = row[0]
        let variances = (beliefs.covariance.vectorProduct(weights.broadcast(to: beliefs.mean.shape)) * weights).sum(
            axes: [1])
        return MeasurementEstimates(
            means: (beliefs.mean.vectorProduct(weights) + Tensor(range.center)).values,
            standardDeviations: (variances + gained).sqrt().values)
    }

    /// The smoother over the output of the filter.
    public func smooth(_ trajectory: Trajectory<Gaussian>) -> Gaussian {
        RauchTungStriebel().smooth(trajectory, forecast).beliefs
    }
}
