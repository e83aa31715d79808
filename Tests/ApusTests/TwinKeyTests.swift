import Studies
import Testing

/// Every key of a twin experiment has an effect.
@Suite(.enabled(if: Tool.runsLongChecks)) struct TwinKeyTests {
    static let probe = KeyProbe(
        kind: "twin",
        base: """
            experiment: twin
            name: small
            output: out
            model: {variables: 8, step: 0.1}
            cycles: 8
            spinup: 2
            seeds: {test: 1}
            methods: [{method: etkf, members: 5}]
            """, files: [:])

    private static func model(_ text: String) -> String { "model: {variables: 8, step: 0.1\(text)}" }
    private static func method(_ text: String) -> String { "methods: [{method: \(text)}]" }
    private static func learned(_ text: String) -> String { "models: [{kind: \(text)}]\nlong_run: 1000" }

    private static let header: [KeyChange] = [
        .init("experiment", "", "experiment: structural"), .init("name", "", "name: other"),
        .init("title", "", "title: Another"), .init("summary", "", "summary: Another sentence"),
        .init("seed", "", "seed: 2"), .init("output", "", "output: other"), .init("credits", "", "credits: [Somebody]"),
    ]
    private static let setting: [KeyChange] = [
        .init("setting", "", "setting: bocquet2010"), .init("model.name", "", "model: {name: lorenz63, step: 0.1}"),
        .init("model.variables", "", "model: {variables: 10, step: 0.1}"),
        .init("model.forcing", "", model(", forcing: 7")), .init("model.step", "", "model: {variables: 8, step: 0.09}"),
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
        .init("budget", method("etkf, members: [4, 5]"), method("etkf, members: [4, 5]") + "\nbudget: 1"),
        .init("robustness.members", "", "robustness: {members: 6}"),
        .init("robustness.error", "", "robustness: {error: 2}"),
        .init("robustness.steps_between", "", "robustness: {steps_between: 2}"),
        .init("robustness.missing", "", "robustness: {missing: 0.5}"),
        .init("robustness.forcing", "", "robustness: {forcing: 7}"),
        .init(
            "robustness.seeds", "robustness: {members: 6}\nseeds: {test: 2}",
            "robustness: {members: 6, seeds: 1}\nseeds: {test: 2}"),
        .init(
            "long_run", learned("physical, physics: {forcing: 7}"),
            "models: [{kind: physical, physics: {forcing: 7}}]\nlong_run: 1100"),
    ]
    private static let methods: [KeyChange] = [
        .init("methods[].method", "", method("denkf, members: 5")),
        .init("methods[].name", "", method("etkf, members: 5, name: other")),
        .init("methods[].members", "", method("etkf, members: 6")),
        .init("methods[].inflation", "", method("etkf, members: 5, inflation: 1.1")),
        .init("methods[].rotates", "", method("etkf, members: 5, rotates: 1")),
        .init("methods[].radius", method("letkf, members: 5"), method("letkf, members: 5, radius: 1")),
        .init("methods[].scale", method("3dvar"), method("3dvar, scale: 0.1")),
        .init("methods[].lag", method("4dvar"), method("4dvar, lag: 2")),
        .init("methods[].iterations", method("ienks, members: 5"), method("ienks, members: 5, iterations: 1")),
        .init("methods[].tolerance", method("ienks, members: 5"), method("ienks, members: 5, tolerance: 0.5")),
        .init("methods[].finite-size", method("ienks, members: 5"), method("ienks, members: 5, finite-size: 1")),
        .init(
            "methods[].threshold", method("bootstrap-particles, threshold: 0"),
            method("bootstrap-particles, threshold: 1")),
        .init("methods[].jitter", method("bootstrap-particles"), method("bootstrap-particles, jitter: 1")),
        .init("methods[].final-scale", score(""), score(", final-scale: 0.4")),
        .init("methods[].initial-variance", score(""), score(", initial-variance: 0.1")),
        .init("methods[].diffusion-steps", score(""), method("score-filter, members: 5, diffusion-steps: 22")),
        .init(
            "methods[].model", learned("physical, name: wrong, physics: {forcing: 7}"),
            learned("physical, name: wrong, physics: {forcing: 7}") + "\n" + method("etkf, members: 5, model: wrong")),
    ]
    private static func score(_ text: String) -> String {
        method("score-filter, members: 5, diffusion-steps: 20\(text)")
    }

    private static let learning: [KeyChange] = [
        .init("methods[].steps", gain(""), method("learned-gain, steps: 40, rate: 0.01")),
        .init("methods[].rate", gain(""), method("learned-gain, steps: 20, rate: 0.02")),
        .init("methods[].truncation", gain(""), gain(", truncation: 2")),
        .init(
            "methods[].patience", method("learned-gain, steps: 40, rate: 5"),
            method("learned-gain, steps: 40, rate: 5, patience: 1")),
        .init("methods[].loss", gain(""), gain(", loss: prediction-error")),
        .init("methods[].width", network(""), method("residual-network, steps: 5, width: 6, depth: 1, batch: 4")),
        .init("methods[].depth", network(""), method("residual-network, steps: 5, width: 4, depth: 2, batch: 4")),
        .init("methods[].batch", network(""), method("residual-network, steps: 5, width: 4, depth: 1, batch: 8")),
        .init(
            "methods[].free-taper", method("learned-localization, members: 5, steps: 8"),
            method("learned-localization, members: 5, steps: 8, free-taper: 1")),
        .init(
            "methods[].length", method("joint-networks, length: 20, batch: 8, steps: 5, width: 4, depth: 1"),
            method("joint-networks, length: 24, batch: 8, steps: 5, width: 4, depth: 1")),
    ]
    private static func gain(_ text: String) -> String { method("learned-gain, steps: 20, rate: 0.01\(text)") }
    private static func network(_ text: String) -> String {
        method("residual-network, steps: 5, width: 4, depth: 1, batch: 4\(text)")
    }

    private static let dense = "dense, length: 60, width: 4, depth: 1, epochs: 4, batch: 8, leads: 1"
    private static let observed = dense + ", from: observations, members: 6, rounds: 2"
    private static let models: [KeyChange] = [
        .init("models[].kind", learned("dictionary, length: 60"), learned("random-features, length: 60")),
        .init("models[].name", learned("dictionary, length: 60"), learned("dictionary, length: 60, name: other")),
        .init(
            "models[].physics.forcing", learned("physical, physics: {forcing: 7}"),
            learned("physical, physics: {forcing: 6}")),
        .init("models[].length", learned("dictionary, length: 60"), learned("dictionary, length: 70")),
        .init("models[].from", learned(dense), learned(observed)),
        .init("models[].file", learned(dense), learned("dense, file: none.safetensors")),
        .init("models[].width", learned(dense), learned(dense.replacing("width: 4", with: "width: 5"))),
        .init("models[].depth", learned(dense), learned(dense.replacing("depth: 1", with: "depth: 2"))),
        .init("models[].epochs", learned(dense), learned(dense.replacing("epochs: 4", with: "epochs: 5"))),
        .init("models[].batch", learned(dense), learned(dense.replacing("batch: 8", with: "batch: 9"))),
        .init("models[].leads", learned(dense), learned(dense.replacing("leads: 1", with: "leads: 2"))),
        .init("models[].rate", learned(dense), learned(dense + ", rate: 0.01")),
        .init("models[].patience", learned(dense + ", rate: 5"), learned(dense + ", rate: 5, patience: 1")),
        .init("models[].rounds", learned(observed), learned(observed.replacing("rounds: 2", with: "rounds: 1"))),
        .init("models[].members", learned(observed), learned(observed.replacing("members: 6", with: "members: 7"))),
        .init("models[].radius", learned(observed), learned(observed + ", radius: 1")),
        .init("models[].reach", learned("dictionary, length: 60"), learned("dictionary, length: 60, reach: 1")),
        .init("models[].sparsity", learned("dictionary, length: 60"), learned("dictionary, length: 60, sparsity: 2")),
        .init(
            "models[].features", learned("random-features, length: 60, features: 10"),
            learned("random-features, length: 60, features: 11")),
        .init(
            "models[].points", learned("gaussian-process, length: 60, points: 10"),
            learned("gaussian-process, length: 60, points: 11")),
        .init(
            "models[].units", learned("reservoir, length: 60, units: 10"), learned("reservoir, length: 60, units: 11")),
        .init("sensitivity.error", learned(observed), learned(observed) + "\nsensitivity: {error: 2}"),
        .init("sensitivity.missing", learned(observed), learned(observed) + "\nsensitivity: {missing: 0.5}"),
    ]

    static let changes = header + setting + methods + learning + models

    @Test func everyKeyHasAChange() throws { try Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasAnEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}
