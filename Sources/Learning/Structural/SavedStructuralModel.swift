import Networks
import Tensors

/// The description of a saved structural model, besides its tensors.
public struct StructuralDescription: Codable, Sendable, Equatable {
    public let format: String
    public let setting: StructuralOptions
    /// The variance that logarithms of variances are relative to, in squared units of the series.
    public let scale: Double
    public let range: StructuralRange
    /// The name of the series.
    public let variable: String
    /// The step between values, as a configuration writes it.
    public let step: String
    /// Quantiles at 1, 2, … 99 % of forecast errors over their standard deviations, by lead; normal where there are
    /// none.
    public let errorQuantiles: [Int: [Double]]

    public static let currentFormat = "apus-structural-1"

    public init(
        _ model: StructuralModel, variable: String, step: String, errorQuantiles: [Int: [Double]]
    ) {
        format = Self.currentFormat
        (setting, scale, range) = (model.setting, model.scale, model.range)
        (self.variable, self.step, self.errorQuantiles) = (variable, step, errorQuantiles)
    }

    /// Why a description that was read from a file is none; nil where nothing is wrong.
    fileprivate var flaw: String? {
        if format != Self.currentFormat { return "format \(format), expected \(Self.currentFormat)" }
        let cyclesAreValid = setting.cycles.allSatisfy {
            $0.period.isFinite && (1...1000).contains($0.harmonics) && Double(2 * $0.harmonics) < $0.period
        }
        guard cyclesAreValid, setting.cycles.count <= 100,
            Set(setting.cycles.map(\.period)).count == setting.cycles.count,
            (0...100).contains(setting.remainderOrder), setting.stateCount <= 1000
        else { return "impossible components: \(setting)" }
        guard scale > 0, scale.isFinite, range.size > 0, range.size.isFinite, range.center.isFinite,
            range.errorVariance >= 0, range.errorVariance.isFinite
        else { return "impossible numbers: a scale of \(scale), \(range)" }
        guard errorQuantiles.allSatisfy({ $0.value.count == 99 && $0.value.allSatisfy(\.isFinite) }) else {
            return "quantiles of errors that are not 99 numbers"
        }
        if let lead = errorQuantiles.keys.first(where: { !(1...1_000_000).contains($0) }) {
            return "quantiles of errors at lead \(lead)"
        }
        return nil
    }
}

extension StructuralModel {
    /// The model as safetensors with a description: it comes back to the same forecasts, bit for bit.
    public func checkpoint(
        variable: String, step: String, errorQuantiles: [Int: [Double]]
    ) -> Checkpoint<StructuralDescription> {
        Checkpoint(
            self,
            description: StructuralDescription(self, variable: variable, step: step, errorQuantiles: errorQuantiles))
    }

    public init(_ checkpoint: Checkpoint<StructuralDescription>) throws(CheckpointError) {
        let it = checkpoint.description
        if let flaw = it.flaw { throw .description(flaw) }
        let template = StructuralModel(
            it.setting, scale: it.scale, range: it.range, logVariances: Tensor.zeros([it.setting.varianceCount]),
            remainder: Tensor.zeros([it.setting.remainderOrder]))
        self = try checkpoint.restored(into: template)
    }
}
