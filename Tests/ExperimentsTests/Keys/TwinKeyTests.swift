import Learning
import Testing

@testable import Experiments
@testable import Studies

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
    private static let lorenz63 = "model: {name: lorenz63, step: 0.01, steps_between: 10}"
    private static let waves = "model: {name: kuramoto-sivashinsky, variables: 64, step: 0.25}"
    /// Diffusion that relaxes to a forcing.
    private static func ring(_ state: String = "x: {length: 8, periodic: true}") -> String {
        "model: {name: equations, step: 0.05, decorrelation: 0.5, states: {u: {\(state)}}, parameters: {F: 8, c: 1}, "
            + "definitions: {k: 0.1 * c}, equations: {u: F - u + sin(3 * u) + k * laplacian(u)}}"
    }
    /// Waves that forget where they began.
    private static func chaos(_ state: String = "start: 8") -> String {
        "model: {name: equations, step: 0.05, decorrelation: 0.5, states: {u: {x: {length: 12, periodic: true}, \(state)}}, "
            + "parameters: {F: 8}, "
            + "equations: {u: \"(shift(u, x: 1) - shift(u, x: -2)) * shift(u, x: -1) - u + F\"}}"
    }
    private static func plane(_ y: String) -> String { ring("x: {length: 4, periodic: true}, y: {\(y)}") }
    private static let smooth = "model: {name: lorenz2005, variables: 24, width: 3, step: 0.025}"
    private static let cubic = "model: {name: cubic-lorenz96, variables: 12, step: 0.05}"
    private static let scales = "model: {name: two-scale-lorenz96, large: 4, small: 2, step: 0.005}"
    private static func method(_ text: String) -> String { "methods: [{method: \(text)}]" }
    private static func learned(_ text: String) -> String { "models: [{kind: \(text)}]\nlong_run: 1000" }
    private static let wrong = learned("physical, name: wrong, physics: {forcing: 7}")

    private static let setting: [KeyChange] = [
        .init("experiment", "", "experiment: structural", .refusal), .init("seed", "", "seed: 2"),
        .init("credits", "", "credits: [Somebody]", .refusal),
        .init("setting", "", "setting: bocquet2010"), .init("model.name", "", "model: {name: lorenz63, step: 0.1}"),
        .init("model.variables", "", "model: {variables: 14, step: 0.1}"),
        .init("model.forcing", "", model(", forcing: 7")),
        .init("model.sigma", lorenz63, lorenz63.replacing("}", with: ", sigma: 9}")),
        .init("model.rho", lorenz63, lorenz63.replacing("}", with: ", rho: 30}")),
        .init("model.beta", lorenz63, lorenz63.replacing("}", with: ", beta: 2}")),
        .init("model.width", smooth, smooth.replacing("width: 3", with: "width: 2")),
        .init("model.friction", cubic, cubic.replacing("}", with: ", friction: 1.1}")),
        .init("model.cubic", cubic, cubic.replacing("}", with: ", cubic: 0.01}")),
        .init("model.large", scales, scales.replacing("large: 4", with: "large: 5")),
        .init("model.small", scales, scales.replacing("small: 2", with: "small: 3")),
        .init("model.coupling", scales, scales.replacing("}", with: ", coupling: 0.5}")),
        .init("model.amplitude-ratio", scales, scales.replacing("}", with: ", amplitude-ratio: 8}")),
        .init("model.time-ratio", scales, scales.replacing("}", with: ", time-ratio: 8}")),
        .init("model.states.NAME.x.length", ring(), ring("x: {length: 9, periodic: true}")),
        .init("model.states.NAME.x.spacing", ring(), ring("x: {length: 8, periodic: true, spacing: 2}")),
        .init("model.states.NAME.x.periodic", ring(), ring("x: {length: 8}")),
        .init("model.states.NAME.x.boundary", ring("x: {length: 8}"), ring("x: {length: 8, boundary: zero}")),
        .init("model.states.NAME.y.length", plane("length: 2"), plane("length: 3")),
        .init("model.states.NAME.y.spacing", plane("length: 3"), plane("length: 3, spacing: 2")),
        .init("model.states.NAME.y.periodic", plane("length: 3"), plane("length: 3, periodic: true")),
        .init("model.states.NAME.y.boundary", plane("length: 3"), plane("length: 3, boundary: zero")),
        .init("model.states.NAME.start", chaos(), chaos("start: -20")),
        .init("model.states.NAME.spread", chaos(), chaos("spread: 2")),
        .init("model.parameters", ring(), ring().replacing("F: 8", with: "F: 7")),
        .init("model.definitions", ring(), ring().replacing("k: 0.1 * c", with: "k: 0.2 * c")),
        .init("model.equations", ring(), ring().replacing("k * laplacian(u)", with: "k * u")),
        .init("model.decorrelation", chaos(), chaos().replacing("decorrelation: 0.5", with: "decorrelation: 1")),
        .init("model.integrator", chaos(), chaos().replacing("step: 0.05", with: "step: 0.05, integrator: heun")),
        .init(
            "models[].physics.parameters",
            ring() + "\n" + learned("physical, name: wrong, physics: {parameters: {F: 7}}"),
            ring() + "\n" + learned("physical, name: wrong, physics: {parameters: {F: 6}}")),
        .init("model.length", waves, waves.replacing("}", with: ", length: 40}")),
        .init("model.step", "", "model: {variables: 12, step: 0.09}"),
        .init("model.steps_between", "", model(", steps_between: 2")),
        .init("observe.every", "", "observe: {every: 2}"),
        .init("observe.variables", "", "observe: {variables: [0, 1]}"),
        .init("observe.function", "", "observe: {function: absolute}"),
        .init("observe.error", "", "observe: {error: 2}"),
        .init("observe.missing", "", "observe: {missing: 0.5}"), .init("model_error", "", "model_error: 0.1"),
        .init("start_error", "", "start_error: 0.1"),
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
        .init(
            "models[].physics.sigma", physics(lorenz63, "sigma: 9"), physics(lorenz63, "sigma: 11")),
        .init("models[].physics.rho", physics(lorenz63, "rho: 27"), physics(lorenz63, "rho: 30")),
        .init("models[].physics.beta", physics(lorenz63, "beta: 2"), physics(lorenz63, "beta: 3")),
        .init("models[].physics.friction", physics(cubic, "friction: 1"), physics(cubic, "friction: 1.1")),
        .init("models[].physics.cubic", physics(cubic, "cubic: 0"), physics(cubic, "cubic: 0.01")),
        .init("models[].physics.coupling", physics(scales, "coupling: 0"), physics(scales, "coupling: 0.5")),
        .init(
            "models[].physics.amplitude-ratio", physics(scales, "amplitude-ratio: 8"),
            physics(scales, "amplitude-ratio: 9")),
        .init("models[].physics.time-ratio", physics(scales, "time-ratio: 8"), physics(scales, "time-ratio: 9")),
        .init("models[].physics.length", physics(waves, "length: 80"), physics(waves, "length: 120")),
    ]

    private static func physics(_ model: String, _ parameter: String) -> String {
        model + "\n" + learned("physical, name: wrong, physics: {\(parameter)}")
    }

    /// A small value of a parameter, and another one.
    private static let values: [String: (String, String)] = [
        "members": ("5", "6"), "inflation": ("1", "1.1"), "radius": ("4", "2"), "free-taper": ("0", "1"),
        "rotates": ("0", "1"), "tails": ("1", "0"), "certainty": ("1", "2"), "kernel": ("0.5", "0"),
        "covariance": ("climate", "identity"),
        "rtpp": ("0", "0.5"), "rtps": ("0", "0.5"), "scale": ("1", "0.5"), "lag": ("1", "2"),
        "iterations": ("3", "1"), "tolerance": ("0.001", "0.5"), "threshold": ("1", "0"), "jitter": ("0.5", "1"),
        "final-scale": ("0.5", "0.4"), "initial-variance": ("0.025", "0.1"), "diffusion-steps": ("20", "22"),
        "width": ("4", "8"), "depth": ("1", "2"), "steps": ("8", "4"), "rate": ("0.003", "0.01"),
        "truncation": ("2", "1"), "batch": ("4", "8"), "length": ("60", "70"), "epochs": ("2", "3"),
        "leads": ("1", "2"), "rounds": ("1", "2"), "reach": ("2", "1"), "features": ("10", "12"),
        "points": ("10", "12"), "units": ("10", "12"), "sparsity": ("0.1", "2"), "patience": ("0", "1"),
    ]
    private static func values(_ name: String) -> (String, String) {
        guard let pair = values[name] else { preconditionFailure("no values of \(name)") }
        return pair
    }

    /// Training without patience goes on though steps are so large that they lead nowhere.
    private static func entry(_ word: String, _ keys: [String], changing changed: String? = nil) -> (String, String) {
        var texts = keys.map { key in
            let long = ["rate": "5", "steps": "40", "epochs": "20"]
            let usual = changed == "patience" ? long[key] ?? values(key).0 : values(key).0
            return "\(key): \(usual)"
        }
        let before = ([word] + texts).joined(separator: ", ")
        if let changed, let place = keys.firstIndex(of: changed) { texts[place] = "\(changed): \(values(changed).1)" }
        return (before, ([word] + texts).joined(separator: ", "))
    }

    private static let methods: [KeyChange] = Methods.all.flatMap { kind in
        let (word, parameters) = (kind.name, kind.parameterDescriptions.map(\.name))
        // The optimal proposal is of models with errors.
        let error = kind.requirements.contains(.modelError(unless: "kernel")) ? "\nmodel_error: 0.1" : ""
        let usual = method(entry(word, parameters).0) + error
        var changes = parameters.map { key in
            let (before, after) = entry(word, parameters, changing: key)
            return KeyChange("methods[].\(key)", method(before) + error, method(after) + error, of: word)
        }
        if kind.takesModel {
            changes.append(
                .init(
                    "methods[].model", usual + "\n" + wrong,
                    usual.replacing("}]", with: ", model: wrong}]") + "\n" + wrong, of: word))
        }
        if let losses = (kind as? any TrainableMethod.Type)?.losses, losses.count > 1 {
            changes.append(
                .init(
                    "methods[].loss", usual, usual.replacing("}]", with: ", loss: \(losses[1].word)}]"), of: word))
        }
        return changes
    }

    private static let ofObservations = ["rounds", "members", "radius"]
    private static let observed =
        entry("dense", DenseSurrogate.parameterDescriptions.map(\.name)).0 + ", from: observations"

    private static let physical = [
        KeyChange(
            "models[].length", learned("physical, physics: {forcing: 7}, length: 60"),
            learned("physical, physics: {forcing: 7}, length: 70"), of: ForecastPlan.physicalKind)
    ]

    private static let models: [KeyChange] = Surrogates.all.flatMap { kind in
        let (word, isNetwork) = (kind.name, kind.learnsFromObservations)
        let all = kind.parameterDescriptions.map(\.name)
        let parameters = all.filter { !isNetwork || !ofObservations.contains($0) }
        let usual = entry(word, parameters).0
        var changes = parameters.map { key in
            let (before, after) = entry(word, parameters, changing: key)
            return KeyChange("models[].\(key)", learned(before), learned(after), of: word)
        }
        changes.append(
            .init(
                "models[].from", learned(usual), learned(usual + ", from: observations"),
                isNetwork ? .numbers : .refusal, of: word))
        changes.append(
            .init("models[].file", learned(usual), learned("\(word), file: none.safetensors"), .refusal, of: word))
        if isNetwork {
            changes += ofObservations.map { key in
                let (before, after) = entry(word, all, changing: key)
                return KeyChange(
                    "models[].\(key)", learned(before + ", from: observations"),
                    learned(after + ", from: observations"), of: word)
            }
        }
        return changes
    }

    static let changes = KeyData.header + setting + methods + physical + models

    @Test func everyKeyHasAChange() { Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasItsEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}
