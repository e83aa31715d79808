import Testing

@testable import Experiments

/// Every key of a twin experiment has an effect, for every kind of method and of model that has it.
@Suite struct TwinKeyTests {
    static let probe = KeyProbe(
        .twin,
        base: """
            experiment: twin
            name: small
            model: {variables: 12, step: 0.1}
            cycles: 8
            spinup: 2
            seeds: {test: 1}
            methods: [{method: etkf, members: 5}]
            """)

    private static func model(_ text: String) -> String { "model: {variables: 12, step: 0.1\(text)}" }
    private static func method(_ text: String) -> String { "methods: [{method: \(text)}]" }
    private static func learned(_ text: String) -> String { "models: [{kind: \(text)}]\nlong_run: 1000" }
    private static let wrong = learned("physical, name: wrong, physics: {forcing: 7}")

    private static let setting: [KeyChange] = [
        .init("experiment", "", "experiment: structural", .refusal), .init("seed", "", "seed: 2"),
        .init("credits", "", "credits: [Somebody]", .refusal),
        .init("setting", "", "setting: bocquet2010"), .init("model.name", "", "model: {name: lorenz63, step: 0.1}"),
        .init("model.variables", "", "model: {variables: 14, step: 0.1}"),
        .init("model.forcing", "", model(", forcing: 7")),
        .init("model.step", "", "model: {variables: 12, step: 0.09}"),
        .init("model.steps_between", "", model(", steps_between: 2")),
        .init("observe.every", "", "observe: {every: 2}"),
        .init("observe.variables", "", "observe: {variables: [0, 1]}"),
        .init("observe.function", "", "observe: {function: absolute}"),
        .init("observe.error", "", "observe: {error: 2}"),
        .init("observe.missing", "", "observe: {missing: 0.5}"), .init("model_error", "", "model_error: 0.1"),
        .init("cycles", "", "cycles: 9"), .init("spinup", "", "spinup: 3"),
        .init("seeds.test", "", "seeds: {test: 2}"),
        .init(
            "seeds.tuning", method("etkf, members: [4, 5]"),
            method("etkf, members: [4, 5]") + "\nseeds: {test: 1, tuning: 2}"),
        .init("budget", method("etkf, members: [4, 5]"), method("etkf, members: [4, 5]") + "\nbudget: 1", .refusal),
        .init("robustness.members", "", "robustness: {members: 6}"),
        .init("robustness.error", "", "robustness: {error: 2}"),
        .init("robustness.steps_between", "", "robustness: {steps_between: 2}"),
        .init("robustness.missing", "", "robustness: {missing: 0.5}"),
        .init("robustness.forcing", "", "robustness: {forcing: 7}"),
        .init(
            "robustness.seeds", "robustness: {members: 6}\nseeds: {test: 2}",
            "robustness: {members: 6, seeds: 1}\nseeds: {test: 2}"),
        .init("long_run", wrong, wrong.replacing("1000", with: "1100")),
        .init("long_run", "", "long_run: 1100", .refusal),
        .init("sensitivity.error", learned(observed), learned(observed) + "\nsensitivity: {error: 2}"),
        .init("sensitivity.missing", learned(observed), learned(observed) + "\nsensitivity: {missing: 0.5}"),
        .init("methods[].method", "", method("denkf, members: 5")),
        .init("methods[].name", "", method("etkf, members: 5, name: other"), .text),
        .init("models[].kind", learned("dictionary, length: 60"), learned("random-features, length: 60")),
        .init("models[].name", wrong, wrong.replacing("wrong", with: "other"), .text),
        .init("models[].physics.forcing", wrong, wrong.replacing("forcing: 7", with: "forcing: 6")),
    ]

    /// A small value of a parameter, and another one.
    private static func values(_ key: MethodParameterKey) -> (String, String) {
        switch key {
        case .members: ("5", "6")
        case .inflation: ("1", "1.1")
        case .radius: ("4", "2")
        case .freeTaper, .rotates, .finiteSize: ("0", "1")
        case .scale: ("1", "0.5")
        case .lag: ("1", "2")
        case .iterations: ("3", "1")
        case .tolerance: ("0.001", "0.5")
        case .threshold: ("1", "0")
        case .jitter: ("0.5", "1")
        case .finalScale: ("0.5", "0.4")
        case .initialVariance: ("0.025", "0.1")
        case .diffusionSteps: ("20", "22")
        case .width: ("4", "8")
        case .depth: ("1", "2")
        case .steps: ("8", "4")
        case .rate: ("0.003", "0.01")
        case .truncation: ("2", "1")
        case .batch: ("4", "8")
        case .length: ("60", "70")
        case .epochs: ("2", "3")
        case .leads: ("1", "2")
        case .rounds: ("1", "2")
        case .reach: ("2", "1")
        case .features, .points, .units: ("10", "12")
        case .sparsity: ("0.1", "2")
        case .patience: ("0", "1")
        }
    }

    /// Training without patience goes on though steps are so large that they lead nowhere.
    private static func entry(_ word: String, _ keys: [MethodParameterKey], changing changed: MethodParameterKey? = nil)
        -> (String, String)
    {
        var texts = keys.map { key in
            let long: [MethodParameterKey: String] = [.rate: "5", .steps: "40", .epochs: "20"]
            let usual = changed == .patience ? long[key] ?? values(key).0 : values(key).0
            return "\(key.rawValue): \(usual)"
        }
        let before = ([word] + texts).joined(separator: ", ")
        if let changed, let place = keys.firstIndex(of: changed) {
            texts[place] = "\(changed.rawValue): \(values(changed).1)"
        }
        return (before, ([word] + texts).joined(separator: ", "))
    }

    private static let methods: [KeyChange] = TwinMethodKind.allCases.flatMap { kind in
        let word = kind.rawValue
        // The optimal proposal is of models with errors.
        let error = kind == .optimalParticles ? "\nmodel_error: 0.1" : ""
        let usual = method(entry(word, kind.parameters).0) + error
        var changes = kind.parameters.map { key in
            let (before, after) = entry(word, kind.parameters, changing: key)
            return KeyChange("methods[].\(key.rawValue)", method(before) + error, method(after) + error, of: word)
        }
        if kind.takesModel {
            changes.append(
                .init(
                    "methods[].model", usual + "\n" + wrong,
                    usual.replacing("}]", with: ", model: wrong}]") + "\n" + wrong, of: word))
        }
        if kind.losses.count > 1 {
            changes.append(
                .init(
                    "methods[].loss", usual, usual.replacing("}]", with: ", loss: \(kind.losses[1].rawValue)}]"),
                    of: word))
        }
        return changes
    }

    private static let observed =
        entry("dense", TwinModelKind.dense.parameters + TwinModelKind.ofObservations).0
        + ", from: observations"

    private static let models: [KeyChange] = TwinModelKind.allCases.flatMap { kind in
        let word = kind.rawValue
        let physics = kind == .physical ? ", physics: {forcing: 7}" : ""
        let usual = entry(word, kind.parameters).0
        var changes = kind.parameters.map { key in
            let (before, after) = entry(word, kind.parameters, changing: key)
            return KeyChange("models[].\(key.rawValue)", learned(before + physics), learned(after + physics), of: word)
        }
        if kind != .physical {
            changes.append(
                .init(
                    "models[].from", learned(usual), learned(usual + ", from: observations"),
                    kind.isNetwork ? .numbers : .refusal, of: word))
            changes.append(
                .init("models[].file", learned(usual), learned("\(word), file: none.safetensors"), .refusal, of: word))
        }
        if kind.isNetwork {
            changes += TwinModelKind.ofObservations.map { key in
                let (before, after) = entry(word, kind.parameters + TwinModelKind.ofObservations, changing: key)
                return KeyChange(
                    "models[].\(key.rawValue)", learned(before + ", from: observations"),
                    learned(after + ", from: observations"), of: word)
            }
        }
        return changes
    }

    static let changes = KeyData.header + setting + methods + models

    @Test func everyKeyHasAChange() { Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasItsEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}
