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
            "an echo state network, which remembers: random and recurrent, on near variables; only its readout is "
                + "learned"
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

extension TwinModelKind {
    /// Of the assimilation that takes turns with learning.
    static let ofObservations: [MethodParameterKey] = [.rounds, .members, .radius]

    /// The keys of a model of this kind, besides those of all.
    var keys: KeyTable {
        var keys: [ConfigurationKey] = []
        if self != .physical {
            keys.append(
                .choice(
                    "from", TwinModelSource.self, .usual("trajectory"),
                    "A truth without errors, or its observations: networks alone."))
            keys.append(
                .text(
                    "file", .optional("the model is learned"),
                    "A model file that another run has learned, from the folder of the configuration."))
        }
        return KeyTable(keys + (parameters + (isNetwork ? Self.ofObservations : [])).map { $0.key(isListed: false) })
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
        (name, kind, physics, source, candidate, file) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let kind: TwinModelKind = try keys.choice("kind")
            keys.adopt(kind.keys)
            let name = try keys.optionalText("name") ?? kind.rawValue
            let physics = try keys.optionalMapping("physics") { (keys) throws(InputError) in
                try Self.physics(&keys, setting.model)
            }
            var candidate = MethodCandidate()
            if kind != .physical, let file = keys.optional("file") {
                // What a model is, its file says.
                let path = FilePath.join(FilePath.folder(of: file.place.file), try file.string())
                return (name, kind, physics, .trajectory, candidate, path)
            }
            let source: TwinModelSource = try kind == .physical ? .trajectory : keys.choice("from")
            let taught = source == .observations && kind.isNetwork
            let parameters = kind.parameters + (taught ? TwinModelKind.ofObservations : [])
            for key in parameters {
                if keys.optional(key.rawValue) != nil { candidate[key] = try key.value(&keys) }
            }
            try Self.check(node, kind, physics, source, candidate, setting)
            try Self.check(places: parameters, &keys, candidate, setting.model)
            return (name, kind, physics, source, candidate, nil)
        }
        if name == Self.truthName || name.contains("/") {
            throw node.error("a model named \(name.quoted)", expected: "another name, without '/'")
        }
        if kind == .physical, physics == nil {
            throw node.error("a physical model without 'physics'", expected: "'physics', as {forcing: 7}")
        }
        if kind == .reservoir, physics != nil {
            throw node.error("a reservoir that corrects a physical model", expected: "no 'physics', or another kind")
        }
    }

    private static func physics(
        _ keys: inout ConfigurationMapping, _ truth: ModelChoice
    ) throws(InputError) -> ModelChoice {
        var model = truth
        if let forcing = keys.optional("forcing") {
            guard truth.name == .lorenz96 else {
                throw forcing.error("\(truth.name.rawValue) has no forcing", expected: "the model lorenz96")
            }
            model.forcing = try keys.number("forcing")
        }
        return model
    }

    /// Distances and neighbours are of models whose variables have places.
    private static func check(
        places parameters: [MethodParameterKey], _ keys: inout ConfigurationMapping, _ candidate: MethodCandidate,
        _ truth: ModelChoice
    ) throws(InputError) {
        for key in parameters where key == .reach || key == .radius {
            guard let node = keys.optional(key.rawValue) else { continue }
            guard truth.coordinates != nil else {
                throw node.error("\(truth.name.rawValue) has no places", expected: "no \(key.rawValue)")
            }
            let most = (truth.variables - 1) / 2
            if key == .reach, candidate.whole(.reach) > most {
                throw node.error(
                    "\(candidate.whole(.reach)) of \(truth.variables) variables to each side",
                    expected: "at most \(most)")
            }
        }
    }

    private static func check(
        _ node: ConfigurationNode, _ kind: TwinModelKind, _ physics: ModelChoice?, _ source: TwinModelSource,
        _ candidate: MethodCandidate, _ setting: TwinSetting
    ) throws(InputError) {
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
        if kind == .convolution, candidate.whole(.width) % 2 != 0 {
            throw node.error("a width of \(candidate.whole(.width))", expected: "an even one: half are products")
        }
        let held = Int(0.1 * candidate[.length])
        let fewest = kind.isNetwork ? candidate.whole(.batch) + candidate.whole(.leads) : 10
        if candidate.whole(.length) - held < fewest || held <= candidate.whole(.leads) {
            throw node.error(
                "\(candidate.whole(.length)) times to learn from, a tenth of them held back",
                expected: "enough for a batch of \(candidate.whole(.batch)) and \(candidate.whole(.leads)) leads")
        }
    }

    /// The keys of every model; those of one kind come from ``TwinModelKind/keys``.
    static let keys = KeyTable(
        .choice("kind", TwinModelKind.self, .required, "The kind of model."),
        .text(
            "name", .optional("the kind"), "Its name in results, tables and files, and for methods to forecast with."),
        .mapping(
            "physics",
            KeyTable(
                .number(
                    "forcing", RobustnessKey.forcing.bounds, .optional("that of the truth"),
                    "Forcing of the physical model, lorenz96 alone.")),
            .optional("nothing is known of the dynamics"), "The physical model, or the one that is corrected."))

    /// The entries of `models`.
    static let entries = KeyVariants(
        by: "kind", keys,
        TwinModelKind.allCases.map { KeyVariants.Variant(word: $0.rawValue, summary: $0.text, keys: $0.keys) })

    /// What the model of the truth is called.
    static let truthName = "truth"
}
