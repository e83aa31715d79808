import Networks
import Tensors

/// The description of a saved forecaster, besides its tensors.
public struct ForecasterDescription: Codable, Sendable, Equatable {
    public var format = currentFormat
    public let layout: MemoryLayout
    public let networkMemory: Int
    /// Widths of the layers of each network, input first.
    public let networks: [[Int]]
    public let activation: Activation
    /// Normals and scales by which observations become the standardised anomalies that the tensors speak of.
    public let climatology: Climatology
    public let observationError: Double
    public let inflation: Double
    public let filter: EnsembleFilter
    public let members: Int
    /// Names of the variables, in their order; inputs last.
    public let variables: [String]
    /// The time axis and the data that it was learned from; nil in models of 0.1.0.
    public var learnedFrom: SeriesDescription?
}

/// The data of a saved forecaster, with which other observations must agree.
public struct SeriesDescription: Codable, Sendable, Equatable {
    /// The step of time, as `month` or `6 hours`.
    public var step: String
    /// The time of step 0, by which the layout tells phases and cycles of the season.
    public var start: String
    /// The transform of each variable, empty for none.
    public var transforms: [String]
    /// How the future of each input is taken.
    public var inputs: [InputFuture]

    public init(step: String, start: String, transforms: [String], inputs: [InputFuture]) {
        (self.step, self.start, self.transforms, self.inputs) = (step, start, transforms, inputs)
    }
}

/// An input after the start of a forecast.
public enum InputFuture: String, Codable, Sendable, CaseIterable {
    case known
    /// The last anomaly before the start.
    case persistence
}

/// The tensors of a saved forecaster.
private struct ForecasterTensors: Tree {
    var model: MemoryModel
    var modelError: Tensor
    var key: Key

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&modelError, "modelError")
        visitor.visit(&key, "key")
    }
}

extension EnsembleForecaster {
    /// The forecaster as safetensors with a description: it comes back to the same forecasts, bit for bit.
    public func checkpoint(
        variables: [String], learnedFrom: SeriesDescription? = nil
    ) -> Checkpoint<ForecasterDescription> {
        precondition(variables.count == model.layout.variables, "\(variables) for \(model.layout.variables) variables")
        let description = ForecasterDescription(
            layout: model.layout, networkMemory: model.networkMemory, networks: model.networks.map(\.widths),
            activation: model.networks.first?.activation ?? .tanh, climatology: climatology,
            observationError: observationError, inflation: inflation, filter: filter, members: members,
            variables: variables, learnedFrom: learnedFrom)
        return Checkpoint(
            ForecasterTensors(model: model, modelError: modelError, key: key), description: description)
    }

    public init(_ checkpoint: Checkpoint<ForecasterDescription>) throws(CheckpointError) {
        let it = checkpoint.description
        guard it.format == ForecasterDescription.currentFormat else {
            throw .description("format \(it.format), expected \(ForecasterDescription.currentFormat)")
        }
        guard it.layout.isValid, it.networks.allSatisfy({ $0.count >= 2 && $0.allSatisfy { 1...1_000_000 ~= $0 } })
        else {
            throw .description("a layout of \(it.layout) and networks of widths \(it.networks)")
        }
        let d = it.layout.variables
        let seasons = checkpoint.tensors["model.coefficients"]?.shape.first ?? 1
        let linear = MemoryModel(
            layout: it.layout, coefficients: Tensor.zeros([seasons, it.layout.count, d]),
            offsets: Tensor.zeros([seasons, d]))
        let networks = it.networks.map { DenseNetwork(widths: $0, activation: it.activation, key: Key(0)) }
        let template = ForecasterTensors(
            model: networks.isEmpty ? linear : linear.adding(networks, memory: it.networkMemory),
            modelError: Tensor.zeros([d, d]), key: Key(0))
        let tensors = try checkpoint.restored(into: template)
        self.init(
            tensors.model, climatology: it.climatology, modelError: tensors.modelError,
            observationError: it.observationError, inflation: it.inflation, filter: it.filter, members: it.members,
            key: tensors.key)
    }
}

extension ForecasterDescription {
    static let currentFormat = "apus-forecaster-1"
}

extension MemoryLayout {
    /// Whether a layout that was read from a file can be one.
    var isValid: Bool {
        1...100_000 ~= variables && 1...100_000 ~= memory && 1...100_000 ~= period && 0..<period ~= firstPhase
            && season.cycles.allSatisfy(\.isValid)
    }
}
