/// What a forecast model of a twin experiment is, by its word in a configuration.
enum TwinModelKind: String, CaseIterable, Sendable, Codable {
    case physical, convolution, dense, dictionary
    case randomFeatures = "random-features"
    case gaussianProcess = "gaussian-process"
    case reservoir

    var text: String {
        switch self {
        case .physical: "a physical model, other than that of the truth"
        case .convolution: "a convolutional network with products, the same at every place, as tendency or correction"
        case .dense: "a dense network on the whole state, as tendency or correction"
        case .dictionary: "a sum of monomials of near variables, its coefficients by regression and thresholds"
        case .randomFeatures: "ridge regression on random cosines of near variables"
        case .gaussianProcess: "a Gaussian process on near variables"
        case .reservoir:
            "an echo state network, which remembers: random and recurrent, on near variables; only its readout is learned"
        }
    }

    /// Whether gradients find it, so that estimates of unequal worth can teach it.
    var isNetwork: Bool { self == .convolution || self == .dense }

    var parameters: [MethodParameterKey] {
        switch self {
        case .physical: [.length]
        case .convolution: [.length, .width, .epochs, .rate, .leads, .batch, .patience]
        case .dense: [.length, .width, .depth, .epochs, .rate, .leads, .batch, .patience]
        case .dictionary: [.length, .reach, .sparsity]
        case .randomFeatures: [.length, .reach, .features]
        case .gaussianProcess: [.length, .reach, .points]
        case .reservoir: [.length, .reach, .units]
        }
    }
}

/// What a model is learned from.
enum TwinModelSource: String, CaseIterable, Sendable, Codable {
    /// A truth, without errors.
    case trajectory
    /// The observations of it, by data assimilation and learning in turn.
    case observations
}

/// A forecast model of a configuration, beside that of the truth.
///
///     - {name: wrong, kind: physical, physics: {forcing: 7}}
///     - {name: network, kind: convolution, from: observations, length: 4000}
///     - {name: corrected, kind: random-features, physics: {forcing: 7}}
///     - {name: again, kind: convolution, file: runs/other/models/network.safetensors}
struct TwinModelPlan: Sendable, Equatable {
    let name: String
    let kind: TwinModelKind
    /// The physical model, or the one that is corrected; nil: nothing is known.
    let physics: ModelChoice?
    let source: TwinModelSource
    let candidate: MethodCandidate
    /// Where a model lies that another run has learned; in a configuration from its folder.
    let file: String?

    /// Whether observations that are other ones would teach it other things.
    var learnsFromObservations: Bool { kind != .physical && source == .observations && file == nil }

    init(_ node: ConfigurationNode, _ setting: TwinSetting) throws(InputError) {
        (name, kind, physics, source, candidate, file) = try node.mapping { (keys) throws(InputError) in
            let kind: TwinModelKind = try keys.required("kind").choice()
            let name = try keys.optional("name")?.string() ?? kind.rawValue
            let physics = try keys.optional("physics").map { (node) throws(InputError) in
                try Self.physics(node, setting.model)
            }
            let source: TwinModelSource = try keys.optional("from")?.choice() ?? .trajectory
            let file = try keys.optional("file").map { (file) throws(InputError) in
                FilePath.join(FilePath.folder(of: file.place.file), try file.string())
            }
            var candidate = MethodCandidate()
            let own = kind.parameters + (source == .observations ? [.rounds, .members, .radius] : [])
            for key in own {
                if let node = keys.optional(key.rawValue) { candidate[key] = try key.value(node) }
            }
            try Self.check(node, name, kind, physics, source, candidate, setting)
            return (name, kind, physics, source, candidate, file)
        }
    }

    private static func physics(_ node: ConfigurationNode, _ truth: ModelChoice) throws(InputError) -> ModelChoice {
        try node.mapping { (keys) throws(InputError) in
            var model = truth
            if let forcing = keys.optional("forcing") {
                guard truth.name == .lorenz96 else {
                    throw forcing.error("\(truth.name.rawValue) has no forcing", expected: "the model lorenz96")
                }
                model.forcing = try forcing.number()
            }
            return model
        }
    }

    private static func check(
        _ node: ConfigurationNode, _ name: String, _ kind: TwinModelKind, _ physics: ModelChoice?,
        _ source: TwinModelSource, _ candidate: MethodCandidate, _ setting: TwinSetting
    ) throws(InputError) {
        if name == truthName || name.contains("/") {
            throw node.error("a model named \(name.quoted)", expected: "another name, without '/'")
        }
        if kind == .physical, physics == nil {
            throw node.error("a physical model without 'physics'", expected: "'physics', as {forcing: 7}")
        }
        if kind == .reservoir, physics != nil {
            throw node.error("a reservoir that corrects a physical model", expected: "no 'physics', or another kind")
        }
        if kind == .convolution, setting.model.coordinates == nil || setting.model.variables < 6 {
            throw node.error(
                "a network along the places of \(setting.model.variables) variables of \(setting.model.name.rawValue)",
                expected: "a model with places, at least 6")
        }
        if source == .observations, setting.function != .identity {
            throw node.error(
                "a model learned from observations through \(setting.function.rawValue)",
                expected: "'function' identity")
        }
        if source == .observations, !kind.isNetwork {
            throw node.error(
                "\(kind.rawValue) from observations", expected: "'kind' convolution or dense, or 'from: trajectory'")
        }
        let held = Int(0.1 * candidate[.length])
        let fewest = kind.isNetwork ? candidate.whole(.batch) + candidate.whole(.leads) : 10
        if candidate.whole(.length) - held < fewest || held <= candidate.whole(.leads) {
            throw node.error(
                "\(candidate.whole(.length)) times to learn from, a tenth of them held back",
                expected: "enough for a batch of \(candidate.whole(.batch)) and \(candidate.whole(.leads)) leads")
        }
    }

    /// What the model of the truth is called.
    static let truthName = "truth"
}
