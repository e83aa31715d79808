import Assimilation
import Studies

/// A method of an assimilation with its name.
struct NamedInference: Sendable {
    enum Kind: Sendable {
        case inference(any InferenceMethod)
        case filter(any AssimilationMethod)
    }

    let name: String
    let kind: Kind
    /// Whether it has the corrections of the model.
    let isCorrected: Bool
    let node: ConfigurationNode

    private static let keys = KeyTable(
        ConfigurationKey(
            "method", .choice(Inferences.all.map { $0.name } + Methods.all.map { $0.name }), .required,
            "The kind of method."),
        .text("name", .optional("the method"), "Its name in results, tables and files."),
        .flag("corrected", .optional("true"), "Whether it has the corrections of the model."))

    static let entries = KeyVariants(
        by: "method", keys,
        Inferences.all.map {
            KeyVariants.Variant(word: $0.name, summary: $0.summary, keys: KeyTable($0.keys(isListed: false)))
        }
            + Methods.all.map {
                KeyVariants.Variant(
                    word: $0.name, summary: $0.summary, keys: KeyTable($0.keys(isListed: false)) + $0.lossKeys)
            })

    init(_ node: ConfigurationNode) throws(InputError) {
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let word = try keys.value("method").choice(among: Self.entries.variants.map(\.word))
            let name = try keys.optionalText("name") ?? word
            let isCorrected = try keys.optional("corrected")?.boolean() ?? true
            if let type = Inferences.all.first(where: { $0.name == word }) {
                return NamedInference(name, .inference(try type.read(&keys)), isCorrected, node)
            }
            guard let type = Methods.all.first(where: { $0.name == word }) else {
                preconditionFailure("no method \(word)")
            }
            return NamedInference(name, .filter(try type.readWithLoss(&keys, node)), isCorrected, node)
        }
    }

    private init(_ name: String, _ kind: Kind, _ isCorrected: Bool, _ node: ConfigurationNode) {
        (self.name, self.kind, self.isCorrected, self.node) = (name, kind, isCorrected, node)
    }

    var parameterText: String {
        switch kind {
        case .inference(let method): method.parameterText
        case .filter(let method): method.parameterText
        }
    }
    var summary: String {
        switch kind {
        case .inference(let method): method.summary
        case .filter(let method): method.summary
        }
    }
    /// Copies of the states of all times that the method holds.
    var membersKept: Int {
        switch kind {
        case .inference(let method): Int(method.value("samples") ?? method.value("members") ?? 0)
        case .filter(let method): type(of: method).costs.contains(.trajectory) ? Int(method.value("members") ?? 0) : 0
        }
    }

    /// Whether it forecasts each value before it is used, so that it can be too far away.
    var rejectsValues: Bool {
        switch kind {
        case .inference(let method): !(method is MaximumAPosteriori)
        case .filter(let method): method.value("lag") == nil && type(of: method).takesModel
        }
    }
    /// Whether unknown parameters are a part of its state.
    var hasParametersInState: Bool {
        switch kind {
        case .inference(let method): method is KalmanInference
        case .filter: true
        }
    }
    /// Whether it holds the covariances of all times.
    var isKalman: Bool {
        switch kind {
        case .inference(let method): method is KalmanInference || (method as? InnovationLikelihood)?.filter == .kalman
        case .filter: false
        }
    }
    /// Whether it holds a covariance of the state.
    var hasCovariances: Bool {
        switch kind {
        case .inference: isKalman
        case .filter(let method): type(of: method).costs.contains(.variablesSquared)
        }
    }

    func fault(_ problem: SystemProblem) -> (problem: String, expected: String)? {
        switch kind {
        case .inference(let method): method.fault(problem)
        case .filter(let method): FilterInference(method).fault(problem)
        }
    }

    var isFilter: Bool { if case .filter = kind { true } else { false } }

    /// The method where it is trained; nil for others.
    var trainable: (any TrainableMethod)? {
        if case .filter(let method) = kind { method as? any TrainableMethod } else { nil }
    }

    /// The same with another filter, that was trained.
    func with(_ trained: any TrainableMethod) -> NamedInference {
        NamedInference(name, .filter(trained), isCorrected, node)
    }

    /// - Parameters:
    ///   - shared: unknown standard deviations for methods that do not estimate them.
    ///   - keeping: of a filter.
    func infer(_ problem: SystemProblem, _ shared: SizeEstimate?, _ keeping: BeliefKeeping?) -> Inference {
        switch kind {
        case .inference(let method): method.infer(problem)
        case .filter(let method): FilterInference(method).infer(problem, sizes: shared, keeping: keeping)
        }
    }
}

extension AssimilationMethod {
    /// With the parameters of a mapping, and its loss where it is trained.
    fileprivate static func readWithLoss(
        _ keys: inout ConfigurationMapping, _ node: ConfigurationNode
    ) throws(InputError) -> any AssimilationMethod {
        keys.adopt(lossKeys)
        let method = try read(&keys).losing(&keys)
        if let trainable = method as? any TrainableMethod,
            [.energyScore, .predictionEnergyScore].contains(trainable.loss)
        {
            throw node.error(
                "the loss \(trainable.loss.word) of states in several units",
                expected: "squared-error, crps, likelihood, prediction-error or prediction-crps")
        }
        return method
    }
}

extension Parameterized {
    /// With the parameters of a mapping.
    fileprivate static func read(_ keys: inout ConfigurationMapping) throws(InputError) -> Self {
        keys.adopt(KeyTable(Self.keys(isListed: false)))
        return try Self().with(&keys)
    }
}
