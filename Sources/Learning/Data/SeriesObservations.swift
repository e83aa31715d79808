import Assimilation
import Tensors

extension Observations {
    /// From numbers in which NaN means missing: `series[t][i]`.
    public init(_ series: SeriesTable, errorCovariance: Tensor, operator: Operator) {
        let (values, mask) = series.observed
        self.init(values: values, mask: mask, errorCovariance: errorCovariance, operator: `operator`)
    }
}

extension Climatology {
    /// The standardised anomalies of a series as observations, with the errors that the series carries.
    ///
    /// - Parameter errorVariance: of the anomalies, where the series has no errors; may be traced.
    public func observations<Operator: Map>(
        of series: SeasonalSeries, operator: Operator, errorVariance: Tensor
    ) -> Observations<Operator> where Operator.Input == Tensor, Operator.Output == Tensor {
        Observations(
            anomalies(of: series).values, errorCovariance: errorCovariance(series, errorVariance), operator: `operator`)
    }

    /// `[d, d]`, or `[T, d, d]` if the series carries errors.
    private func errorCovariance(_ series: SeasonalSeries, _ variance: Tensor) -> Tensor {
        guard let errors = series.errors else { return variance * Tensor.identity(series.variables) }
        let standardized = errors.tensor / Tensor(scales)
        let isTold = standardized .== standardized
        return select(isTold, select(isTold, standardized, 0).squared(), variance).diagonalMatrix()
    }
}
