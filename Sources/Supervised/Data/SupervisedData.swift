import Tensors

/// What is predicted from.
public enum Inputs: Sendable {
    case table(Table)
    /// Pictures of one size, `[pictures, channels, height, width]` in single precision.
    case pictures(Tensor)

    public var count: Int {
        switch self {
        case .table(let table): table.count
        case .pictures(let pictures): pictures.shape[0]
        }
    }

    public func taking(_ rows: [Int]) -> Inputs {
        switch self {
        case .table(let table): .table(table.taking(rows))
        case .pictures(let pictures): .pictures(pictures.taking(Tensor(integers: rows)))
        }
    }
}

/// What is predicted.
public enum Targets: Sendable, Equatable {
    case numbers([Double])
    /// The position of each one's class among the names.
    case classes([Int], names: [String])

    public var count: Int {
        switch self {
        case .numbers(let values): values.count
        case .classes(let values, _): values.count
        }
    }

    public var task: SupervisedTask {
        switch self {
        case .numbers: .regression
        case .classes: .classification
        }
    }

    /// Outputs of a model: one, or the number of classes.
    public var outputs: Int {
        switch self {
        case .numbers: 1
        case .classes(_, let names): names.count
        }
    }

    public func taking(_ rows: [Int]) -> Targets {
        switch self {
        case .numbers(let values): .numbers(rows.map { values[$0] })
        case .classes(let values, let names): .classes(rows.map { values[$0] }, names: names)
        }
    }

    /// `float64` numbers or `int64` classes, `[count]`.
    var tensor: Tensor {
        switch self {
        case .numbers(let values): Tensor(values)
        case .classes(let values, _): Tensor(integers: values)
        }
    }
}

public enum SupervisedTask: String, Sendable, Codable, CaseIterable {
    case regression, classification
}

/// Inputs with their targets, one sample a row.
public struct SupervisedData: Sendable {
    public let inputs: Inputs
    public let targets: Targets
    /// The group of each sample, where those of one group belong together in every split.
    public let groups: [Int]?

    public init(_ inputs: Inputs, _ targets: Targets, groups: [Int]? = nil) {
        precondition(
            inputs.count == targets.count && (groups.map { $0.count == targets.count } ?? true) && targets.count > 0,
            "SupervisedData: \(inputs.count) inputs, \(targets.count) targets, \(groups?.count ?? targets.count) groups"
        )
        (self.inputs, self.targets, self.groups) = (inputs, targets, groups)
    }

    public var count: Int { targets.count }
    public var task: SupervisedTask { targets.task }

    public func taking(_ rows: [Int]) -> SupervisedData {
        SupervisedData(inputs.taking(rows), targets.taking(rows), groups: groups.map { all in rows.map { all[$0] } })
    }
}

/// What a model is fitted to: inputs as an array, and targets.
public struct Samples: Sendable {
    /// `[samples, ...]`
    public let inputs: Tensor
    public let targets: Targets

    public init(_ inputs: Tensor, _ targets: Targets) {
        precondition(
            inputs.rank >= 2 && inputs.shape[0] == targets.count,
            "Samples: inputs of shape \(inputs.shape) and \(targets.count) targets")
        (self.inputs, self.targets) = (inputs, targets)
    }

    public var count: Int { targets.count }
    public var layout: SampleLayout {
        SampleLayout(shape: Array(inputs.shape.dropFirst()), task: targets.task, outputs: targets.outputs, count: count)
    }

    public func taking(_ rows: [Int]) -> Samples {
        Samples(inputs.taking(Tensor(integers: rows)), targets.taking(rows))
    }

    /// One row a sample in double precision, `[samples, features]`.
    var matrix: Tensor { inputs.reshaped([count, -1]).cast(to: .float64) }
}

/// The structure that a fitted model follows from.
public struct SampleLayout: Sendable, Codable, Equatable {
    /// Of one sample: `[features]` or `[channels, height, width]`.
    public let shape: [Int]
    public let task: SupervisedTask
    /// One, or the number of classes.
    public let outputs: Int
    /// The number of samples that the model was fitted to.
    public let count: Int

    public init(shape: [Int], task: SupervisedTask, outputs: Int, count: Int) {
        (self.shape, self.task, self.outputs, self.count) = (shape, task, outputs, count)
    }

    public var features: Int { shape.reduce(1, *) }
}
