import Assimilation
import Learning
import Studies
import Verification

/// The estimates of filter and smoother of one model at every time: with all observations, and without those withheld.
struct StructuralEstimates: Sendable {
    private let data: StructuralData
    private let method: String
    /// The course of the year about a straight line.
    private let normals: [Double]
    private let all: Estimates
    /// Nil if nothing is withheld.
    private let withoutWithheld: Estimates?

    private struct Estimates: Sendable {
        let filter: MeasurementEstimates
        let smoother: MeasurementEstimates

        init(_ model: StructuralModel, _ values: [Double], _ errors: [Double]?) {
            let trajectory = model.filter(values, errors: errors)
            filter = model.measurements(trajectory.analyses)
            smoother = model.measurements(model.smooth(trajectory))
        }
    }

    init(data: StructuralData, fit: StructuralFit, normals: [Double]) {
        (self.data, self.normals, method) = (data, normals, fit.setting.name)
        all = Estimates(fit.model, data.values, data.errors)
        withoutWithheld = data.withheld.isEmpty ? nil : Estimates(fit.model, data.given, data.errors)
    }

    var series: [SeriesRecord] {
        [record(.none, data.values, all)] + (withoutWithheld.map { [record(.outage, data.given, $0)] } ?? [])
    }

    private func record(_ gaps: Gaps, _ observed: [Double], _ estimates: Estimates) -> SeriesRecord {
        SeriesRecord(
            gaps: gaps, variable: data.variable.name, method: method, times: data.texts,
            truth: data.values.map(\.finite), observed: observed.map(\.finite),
            filterMean: estimates.filter.means.map(\.finite),
            filterSpread: estimates.filter.standardDeviations.map(\.finite),
            smootherMean: estimates.smoother.means.map(\.finite),
            smootherSpread: estimates.smoother.standardDeviations.map(\.finite))
    }

    /// The errors at withheld values, of filter, smoother and interpolations.
    func filling(_ bootstrap: BlockBootstrap) -> [GapFillingRecord] {
        guard let estimates = withoutWithheld else { return [] }
        let anomalies = interpolated(zip(data.given, normals).map(-))
        let estimators: [(GapEstimator, [Double])] = [
            (.smoother, estimates.smoother.means), (.filter, estimates.filter.means),
            (.interpolation, zip(anomalies, normals).map(+)), (.seriesInterpolation, interpolated(data.given)),
        ]
        return estimators.map { estimator, values in
            let squares = data.withheld.map { (values[$0] - data.values[$0]) * (values[$0] - data.values[$0]) }
            let series = ScoreSeries(.rootMean, terms: squares, mask: squares.map(\.isFinite))
            let estimate = bootstrap.estimate(series)
            return GapFillingRecord(
                gaps: .outage, variable: data.variable.name, estimator: estimator, rmse: estimate.value?.finite,
                low: estimate.low?.finite, high: estimate.high?.finite, count: estimate.count)
        }
    }

    private func interpolated(_ values: [Double]) -> [Double] {
        SeasonalSeries(SeriesTable(values, width: 1), season: .none).interpolated().values.numbers
    }

    /// How many values are missing in the data, and how well the smoother says it knows them.
    func gapSentence(units: String) -> String? {
        let missing = data.values.indices.filter { data.values[$0].isNaN }
        let spreads = missing.map { all.smoother.standardDeviations[$0] }
        guard let widest = spreads.max(), let narrowest = spreads.min() else { return nil }
        let unit = UnitText.display(units)
        let format = NumberFormat([narrowest, widest])
        let ends = [narrowest, widest].map(format.text)
        return
            "The smoother estimates the \(missing.count) values that are missing in the data themselves with standard "
            + "deviations of \(ends[0]) to \(ends[1])\(unit.isEmpty ? "" : " \(unit)")."
    }
}
