import Assimilation
import Tensors

/// A dynamical system that truths are made with: its stored properties are its parameters.
///
/// One model is one file of `Models`, and one line in ``TestModels``.
public protocol TestModel: Parameterized {
    associatedtype Propagator: ForecastMap
    /// The number of variables of the state.
    var variables: Int { get }
    /// The time step of the integrator.
    var step: Double { get }
    /// The time after which states are nearly independent.
    var decorrelationTime: Double { get }
    /// The coordinates of the variables, for localisation and networks; nil where they have none.
    var coordinates: Coordinates? { get }
    /// Whether long free runs are compiled; not worth it where a step has few operations.
    var isCompiledForClimate: Bool { get }
    /// Parameters that do not fit together: the fault, and the expectation.
    var fault: (problem: String, expected: String)? { get }

    /// The part of the model that its parameters do not tell, as text; nil where they tell all.
    var definition: String? { get }
    /// The same with another such part; nil for a text that is none.
    func defined(by text: String) -> Self?

    /// The model as formulas; nil where it has none.
    var formulation: ModelFormulation? { get }

    /// The map over so many steps.
    func propagator(steps: Int) -> Propagator
    /// A state from which a run reaches the attractor, `[n]`.
    func start(_ key: Key) -> Tensor
}

extension TestModel {
    public var isCompiledForClimate: Bool { true }
    public var definition: String? { nil }
    public var formulation: ModelFormulation? { nil }
    public func defined(by text: String) -> Self? { nil }
    public var fault: (problem: String, expected: String)? { nil }
}

extension TestModel {
    fileprivate func definedModel(by text: String) -> (any TestModel)? { defined(by: text) }
}

/// A model with the number of its steps from one observation to the next.
public struct SteppedModel: Sendable {
    public var model: any TestModel
    public var steps: Int

    public init(_ model: any TestModel, steps: Int = 1) { (self.model, self.steps) = (model, steps) }

    public var name: String { model.name }
    public var variables: Int { model.variables }
    public var coordinates: Coordinates? { model.coordinates }
    /// The time between observations.
    public var interval: Double { model.step * Double(steps) }
    /// The map from one observation to the next.
    public var map: any ForecastMap { model.propagator(steps: steps) }

    /// The same with another value of a parameter, which it must have.
    public func with(_ parameter: String, _ value: Double) -> SteppedModel {
        SteppedModel(model.with(parameter, value), steps: steps)
    }
}

extension SteppedModel: Equatable {
    public static func == (left: SteppedModel, right: SteppedModel) -> Bool {
        left.name == right.name && left.steps == right.steps && left.model.values == right.model.values
            && left.model.definition == right.model.definition
    }
}

/// In files: the name, the parameters by their names, and the steps.
extension SteppedModel: Codable {
    private struct Word: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static let nameKey = Word(stringValue: "name")
    private static let stepsKey = Word(stringValue: "stepsBetween")
    private static let definitionKey = Word(stringValue: "definition")

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Word.self)
        let name = try container.decode(String.self, forKey: Self.nameKey)
        guard let type = TestModels.all.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(
                forKey: Self.nameKey, in: container, debugDescription: "there is no model '\(name)'")
        }
        var values = ParameterValues()
        for description in type.parameterDescriptions {
            let key = Word(stringValue: description.name)
            if let value = try container.decodeIfPresent(Double.self, forKey: key) {
                guard description.domain.contains(value) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: key, in: container, debugDescription: "\(value) is out of range")
                }
                values[description.name] = value
            }
        }
        var model: any TestModel = type.init().with(values)
        if let text = try container.decodeIfPresent(String.self, forKey: Self.definitionKey) {
            guard let defined = model.definedModel(by: text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: Self.definitionKey, in: container, debugDescription: "no definition of \(name)")
            }
            model = defined
        }
        self.init(model, steps: try container.decode(Int.self, forKey: Self.stepsKey))
        guard steps > 0, model.fault == nil else {
            throw DecodingError.dataCorruptedError(
                forKey: Self.nameKey, in: container, debugDescription: model.fault?.problem ?? "\(steps) steps")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Word.self)
        try container.encode(name, forKey: Self.nameKey)
        for description in type(of: model).parameterDescriptions {
            let (key, value) = (Word(stringValue: description.name), model.value(description.name) ?? 0)
            if case .integer = description.domain {
                try container.encode(Int(value), forKey: key)
            } else {
                try container.encode(value, forKey: key)
            }
        }
        if let definition = model.definition { try container.encode(definition, forKey: Self.definitionKey) }
        try container.encode(steps, forKey: Self.stepsKey)
    }
}
