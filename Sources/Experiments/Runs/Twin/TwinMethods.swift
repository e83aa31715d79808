import Learning
import Studies

extension ComparedMethod {
    /// Reads `{name: …, method: …, members: 20, inflation: [1, 1.02]}`.
    ///
    /// - Parameter budget: the most combinations of listed values.
    init(_ node: ConfigurationNode, models: [String], budget: Int) throws(InputError) {
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let word = try keys.value("method").choice(among: Methods.all.map { $0.name })
            guard let type = Methods.all.first(where: { $0.name == word }) else {
                preconditionFailure("no method \(word)")
            }
            keys.adopt(type.keys)
            let model = try type.takesModel ? keys.optional("model")?.choice(among: models) : nil
            let name = try keys.optionalText("name")
            return ComparedMethod(name: name, try type.candidates(&keys, budget: budget), model: model)
        }
    }

    /// The keys of every method; those of one kind come from its parameters.
    static let keys = KeyTable(
        ConfigurationKey("method", .choice(Methods.all.map { $0.name }), .required, "The kind of method."),
        .text("name", .optional("the method, and its model"), "Its name in results, tables and files."))

    /// The entries of `methods`.
    static let entries = KeyVariants(
        by: "method", keys,
        Methods.all.map { KeyVariants.Variant(word: $0.name, summary: $0.summary, keys: $0.keys) })
}

extension AssimilationMethod {
    /// The keys of a method of this kind, besides those of all.
    static var keys: KeyTable {
        var keys = keys(isListed: true)
        if takesModel {
            keys.append(
                .text(
                    "model", .optional("the model of the truth"),
                    "The name of the model under 'models' to forecast with."))
        }
        return KeyTable(keys) + lossKeys
    }

    /// The key of the loss of a method that is trained.
    static var lossKeys: KeyTable {
        guard let usual = losses.first else { return KeyTable([]) }
        return KeyTable(
            ConfigurationKey(
                "loss", .choice(losses.map(\.word)), .usual(usual.word), "The training loss."))
    }

    /// The losses of a method that is trained.
    private static var losses: [FilterLoss] { (self as? any TrainableMethod.Type)?.losses ?? [] }

    /// All combinations of the listed values.
    fileprivate static func candidates(
        _ keys: inout ConfigurationMapping, budget: Int
    ) throws(InputError) -> [any AssimilationMethod] {
        var values: [(name: String, values: [Double])] = []
        for description in parameterDescriptions { values.append((description.name, try description.values(&keys))) }
        // Counted before they are made.
        let count = values.reduce(1.0) { $0 * Double($1.values.count) }
        guard count <= Double(budget) else {
            throw keys.node.error(
                "\(NumberText.short(count)) combinations of the listed values",
                expected: "at most \(budget), the budget of tuning that every method has ('budget')")
        }
        let start: any AssimilationMethod = try Self().losing(&keys)
        return values.reduce([start]) { candidates, listed in
            candidates.flatMap { candidate in listed.values.map { candidate.changed(listed.name, $0) } }
        }
    }

    /// The same with the loss that a mapping names.
    func losing(_ keys: inout ConfigurationMapping) throws(InputError) -> any AssimilationMethod {
        let losses = Self.losses
        guard !losses.isEmpty, var trainable = self as? any TrainableMethod, let node = keys.optional("loss") else {
            return self
        }
        let word = try node.choice(among: FilterLoss.allCases.map(\.word))
        guard let loss = losses.first(where: { $0.word == word }) else {
            throw node.error(
                "\(name) by \(word)", expected: "one of: " + losses.map(\.word).joined(separator: ", "))
        }
        trainable.loss = loss
        return trainable
    }
}
