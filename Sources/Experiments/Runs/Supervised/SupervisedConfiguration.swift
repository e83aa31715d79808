import Studies
import Supervised

/// The configuration of a regression or a classification.
///
///     data: {file: houses.csv, target: price}
///     preprocessing: {missing: mean, standardize: true}
///     test: {share: 0.2, kind: random}           # or {file: more.csv}
///     validation: {folds: 5, kind: random, repeats: 1}
///     choice: {search: grid, rule: one-standard-error, score: mse}
///     models:
///       - {model: ridge, penalty: [1e-4, 1e-3, 1e-2]}
///       - {name: small network, model: dense, width: 32}
struct SupervisedConfiguration: Sendable {
    struct Entry: Sendable {
        let name: String
        /// One for each combination of listed values.
        let candidates: [any SupervisedModel]
        let place: ConfigurationNode
    }
    enum Test: Sendable {
        case split(Split)
        case file(SupervisedSource)
    }

    let task: SupervisedTask
    let data: SupervisedSource
    let preprocessing: Preprocessing
    let test: Test
    let testPlace: ConfigurationNode?
    let folds: Folds
    let foldsPlace: ConfigurationNode?
    let search: ModelSearch
    let score: SupervisedScore
    let entries: [Entry]
    let resamples: Int
    /// Of conformal intervals.
    let coverage: Double
    /// Shares of the training samples of the curve by amount of data.
    let shares: [Double]

    static let preprocessingKeys = KeyTable(
        .choice(
            "missing", Preprocessing.Missing.self, .usual("mean"),
            "Missing numbers of inputs: drop the row, fill in the mean or the median of training, or mark them besides."
        ),
        .flag("standardize", .usual("true"), "Whether inputs have mean 0 and variance 1 over the training samples."))
    static let testKeys = KeyTable(
        .number("share", .within(0.01...0.9), .usual("0.2"), "Share of the samples that only the last scores see."),
        .choice(
            "kind", FoldKind.self, .optional("stratified for classes, random for numbers"),
            "How they are drawn; of blocked and expanding they are the last."),
        .integer("gap", 0...1_000_000_000, .usual("0"), unit: "samples", "Left out before a test that comes last."),
        .text("file", .optional("a share of the samples"), "A table of its own."),
        .text("pictures", .optional("a share of the samples"), "Pictures of its own."),
        .text("labels", .optional("none: test pictures need it"), "Their labels."))
    static let validationKeys = KeyTable(
        .integer("folds", 2...1000, .usual("5"), "Folds of the cross-validation."),
        .choice(
            "kind", FoldKind.self, .optional("stratified for classes, random for numbers"),
            "random; stratified by class or rank; grouped; blocked in time; expanding: training on what came before."),
        .integer("repeats", 1...100, .usual("1"), "How often samples are shared out anew."),
        .integer("gap", 0...1_000_000_000, .usual("0"), unit: "samples", "Left out beside blocks in time."))
    static let choiceKeys = KeyTable(
        .choice(
            "search", Search.self, .usual("grid"), "All combinations of listed values, some of them, or by halving."),
        .integer("draws", 1...10_000, .usual("20"), "Combinations that a random search tries."),
        .choice(
            "rule", ChoiceRule.self, .usual("best"), "The best mean, or the simplest within one standard error of it."),
        .choice(
            "score", SupervisedScore.self, .optional("mse, or log-loss"), "The score that choices go by."))
    static let intervalKeys = KeyTable(
        .integer("resamples", 100...100_000, .usual("1000"), "Resamples of the test samples."),
        .number(
            "coverage", .within(0.01...0.999), .usual("0.9"), "Share of new values that intervals hold; regression."))
    static let curveKeys = KeyTable(
        .numbers("shares", .within(0.001...1), .usual("[0.1, 0.2, 0.4, 0.7, 1]"), "Shares of the training samples."))
    static let modelKeys = KeyTable(
        ConfigurationKey("model", .choice(SupervisedModels.all.map { $0.name }), .required, "The kind of model."),
        .text("name", .optional("the kind"), "Its name in results, tables and files."))
    static let models = KeyVariants(
        by: "model", modelKeys,
        SupervisedModels.all.map {
            KeyVariants.Variant(word: $0.name, summary: $0.summary, keys: KeyTable($0.keys(isListed: true)))
        })
    static let keys = KeyTable(
        ConfigurationKey("data", .mapping(SupervisedSource.keys), .required, "The samples."),
        .mapping("preprocessing", preprocessingKeys, .usual("{}"), "How columns become numbers."),
        .mapping("test", testKeys, .usual("{}"), "The samples that only the last scores see."),
        .mapping("validation", validationKeys, .usual("{}"), "Cross-validation of everything before the test."),
        .mapping("choice", choiceKeys, .usual("{}"), "How parameters are chosen."),
        .mapping("intervals", intervalKeys, .usual("{}"), "Uncertainty of scores and predictions."),
        .mapping("learning_curve", curveKeys, .usual("{}"), "Error by amount of data."),
        ConfigurationKey("models", .list(.variants(models)), .required, "The models that are compared."))

    /// The most combinations of listed values.
    static let mostCandidates = 10_000

    init(_ keys: inout ConfigurationMapping, task: SupervisedTask, seed: Int) throws(InputError) {
        keys.adopt(Self.keys)
        self.task = task
        let source = try SupervisedSource(try keys.required("data"))
        data = source
        preprocessing = try keys.mapping("preprocessing") { (keys) throws(InputError) in
            let isTable = if case .pictures = source.layout { false } else { source.shape == nil }
            let missing: Preprocessing.Missing = isTable ? try keys.choice("missing") : .mean
            return Preprocessing(missing: missing, standardizes: try keys.flag("standardize"))
        }
        let usual: FoldKind = task == .classification ? .stratified : .random
        testPlace = keys.optional("test")
        test = try keys.mapping("test") { (keys) throws(InputError) in
            try Self.test(&keys, source, usual: usual, seed: seed)
        }
        foldsPlace = keys.optional("validation")
        folds = try keys.mapping("validation") { (keys) throws(InputError) in
            let kind: FoldKind = try keys.optional("kind")?.choice() ?? usual
            let isInTime = kind == .blocked || kind == .expanding
            return Folds(
                kind, count: try keys.integer("folds"), repeats: isInTime ? 1 : try keys.integer("repeats"),
                gap: isInTime ? try keys.integer("gap") : 0, seed: seed)
        }
        (search, score) = try keys.mapping("choice") { (keys) throws(InputError) in
            let search: Search = try keys.choice("search")
            let draws = search == .random ? try keys.integer("draws") : 20
            let node = keys.optional("score")
            let score: SupervisedScore = try node?.choice() ?? .usual(task)
            if let node, score.task != task {
                let names = SupervisedScore.all(task).map(\.rawValue)
                throw node.error("\(score.rawValue) in a \(task.rawValue)", expected: Spelling.oneOf(names))
            }
            return (ModelSearch(search, rule: try keys.choice("rule"), draws: draws, seed: seed), score)
        }
        (resamples, coverage) = try keys.mapping("intervals") { (keys) throws(InputError) in
            (try keys.integer("resamples"), task == .regression ? try keys.number("coverage") : 0.9)
        }
        shares = try keys.mapping("learning_curve") { (keys) throws(InputError) in
            Set(try keys.numbers("shares")).sorted()
        }
        var entries: [Entry] = []
        for node in try keys.required("models").nonEmptyList() {
            let entry = try Self.entry(node, task)
            if entries.contains(where: { $0.name == entry.name }) {
                throw node.error("the name \(entry.name.quoted) a second time", expected: "a 'name' of its own")
            }
            entries.append(entry)
        }
        self.entries = entries
        if folds.kind == .grouped || { if case .split(let split) = test { split.kind == .grouped } else { false } }() {
            guard source.groups != nil else {
                throw keys.node.error("groups are not told", expected: "the key 'groups' under 'data'")
            }
        } else if source.groups != nil {
            throw keys.node.error(
                "groups without an effect", expected: "'kind: grouped' under 'validation' or 'test', or no 'groups'")
        }
    }

    private static func test(
        _ keys: inout ConfigurationMapping, _ source: SupervisedSource, usual: FoldKind, seed: Int
    ) throws(InputError) -> Test {
        let folder = FilePath.folder(of: keys.node.place.file)
        if let pictures = try keys.optionalText("pictures") {
            guard case .pictures = source.layout else {
                throw keys.node.error("test pictures beside a table", expected: "'file', or a 'share'")
            }
            let labels = try keys.required("labels").string()
            return .file(source.of(FilePath.join(folder, pictures), labels: FilePath.join(folder, labels)))
        }
        if let file = try keys.optionalText("file") {
            if case .pictures = source.layout {
                throw keys.node.error("a test table beside pictures", expected: "'pictures' and 'labels', or a 'share'")
            }
            return .file(source.of(FilePath.join(folder, file)))
        }
        let kind: FoldKind = try keys.optional("kind")?.choice() ?? usual
        let isInTime = kind == .blocked || kind == .expanding
        return .split(
            Split(kind, share: try keys.number("share"), gap: isInTime ? try keys.integer("gap") : 0, seed: seed))
    }

    private static func entry(_ node: ConfigurationNode, _ task: SupervisedTask) throws(InputError) -> Entry {
        try node.mapping(modelKeys) { (keys) throws(InputError) in
            let place = try keys.value("model")
            let word = try place.choice(among: SupervisedModels.all.map { $0.name })
            guard let type = SupervisedModels.all.first(where: { $0.name == word }) else {
                preconditionFailure("no model \(word)")
            }
            guard type.tasks.contains(task) else {
                throw place.error(
                    "\(word) in a \(task.rawValue)",
                    expected: Spelling.oneOf(SupervisedModels.of(task).map { $0.name }))
            }
            keys.adopt(KeyTable(type.keys(isListed: true)))
            let name = try keys.optionalText("name") ?? word
            return Entry(name: name, candidates: try type.candidates(&keys), place: node)
        }
    }
}

extension SupervisedModel {
    /// All combinations of the listed values.
    fileprivate static func candidates(
        _ keys: inout ConfigurationMapping
    ) throws(InputError) -> [any SupervisedModel] {
        var values: [(name: String, values: [Double])] = []
        for description in parameterDescriptions { values.append((description.name, try description.values(&keys))) }
        let count = values.reduce(1.0) { $0 * Double($1.values.count) }
        guard count <= Double(SupervisedConfiguration.mostCandidates) else {
            throw keys.node.error(
                "\(NumberText.short(count)) combinations of the listed values",
                expected: "at most \(SupervisedConfiguration.mostCandidates)")
        }
        let start: [Self] = [Self()]
        return values.reduce(start) { candidates, listed in
            candidates.flatMap { candidate in listed.values.map { candidate.with(listed.name, $0) } }
        }
    }
}
