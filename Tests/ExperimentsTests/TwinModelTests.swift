import Assimilation
import Checks
import Dynamics
import Learning
import Networks
import Tensors
import Testing

@testable import Experiments
@testable import Studies

/// Forecast models of twin experiments: physical, learned and hybrid ones, by name in the same file.
@Suite struct TwinModelTests {
    private static let setting = """
        model: {name: lorenz96, variables: 12}
        observe: {error: 0.5}
        cycles: 200
        spinup: 50
        seeds: {tuning: 1, test: 1}
        long_run: 2000
        """

    private static let models = """
        sensitivity: {missing: 0.5}
        models:
          - {name: wrong, kind: physical, physics: {forcing: 6}}
          - {kind: dictionary, length: 500}
          - {kind: random-features, length: 300, features: 200}
          - {name: hybrid, kind: random-features, physics: {forcing: 6}, length: 100, features: 50}
          - {kind: gaussian-process, length: 60, points: 100}
          - {kind: reservoir, length: 1000, units: 60}
          - {kind: convolution, length: 500, epochs: 40, rate: 0.01}
          - {kind: dense, physics: {forcing: 6}, length: 500, epochs: 20, depth: 1}
          - {name: surrogate, kind: convolution, from: observations, length: 800, epochs: 15, rate: 0.005, leads: 1, \
          rounds: 3}
        methods:
          - {method: etkf, members: 16, inflation: 1.02}
          - {method: etkf, members: 16, inflation: 1.02, model: dictionary}
          - {method: etkf, members: 16, inflation: 1.02, model: hybrid}
          - {method: etkf, members: 16, inflation: 1.02, model: surrogate}
          - {method: letkf, members: 16, inflation: 1.1, model: reservoir}
          - {method: 4dvar, scale: 0.05, model: convolution}
          - {method: learned-gain, scale: 0.05, steps: 30, truncation: 5, model: random-features}
          - {method: residual-network, width: 4, depth: 1, steps: 10, batch: 8, model: gaussian-process}
          - {method: joint-networks, batch: 8, length: 100, width: 8, depth: 1, steps: 300, truncation: 5}
        """

    private func file(_ text: String, in folder: String = "") throws -> ExperimentFile {
        try ExperimentFile(yaml: "experiment: twin\nname: small\n" + text, file: folder + "/small.yaml")
    }
    private func run(_ text: String, in folder: String) throws -> TwinResults {
        let done = try file(text, in: folder).run(
            output: folder, claim: .new, options: RunOptions(threads: 2, isQuiet: true))
        #expect(done.failures.isEmpty)
        return try #require(done.results as? TwinResults)
    }
    private func fault(_ text: String) -> String {
        do {
            _ = try file(text)
            return "none"
        } catch { return "\(error)" }
    }

    @Test func modelsOfAllKindsAreLearnedUsedAndJudged() throws {
        try withTemporaryFolder { folder in
            let results = try run(Self.setting + "\n" + Self.models, in: folder + "/out")
            func model(_ name: String) throws -> TwinModelRecord {
                try #require(results.models.first { $0.name == name })
            }
            func error(_ name: String) throws -> Double {
                try #require(results.methods.first { $0.name == name }?.error)
            }
            #expect(results.models.count == 11 && results.models[0].kind == nil)
            #expect(results.methods.allSatisfy { $0.failed == 0 })
            // Who knows the form of the equation has nearly the equation itself; half a model helps.
            let (dictionary, wrong) = (try model("dictionary"), try model("wrong"))
            #expect(try #require(dictionary.skill) > 3 && dictionary.forecast[0]! < 2e-3, "\(dictionary.forecast)")
            #expect(try model("hybrid").forecast[3]! < 0.5 * wrong.forecast[3]!)
            #expect(try model("convolution").forecast[3]! < wrong.forecast[3]!)
            #expect(try error("etkf-dictionary") < 2 * error("etkf") && error("etkf-hybrid") < 2 * error("etkf"))
            #expect(try error("letkf-reservoir") < 0.8 * 0.5 && model("reservoir").skill! > 1.2)
            #expect(try error("etkf-surrogate") < 0.8 * 0.5, "less than an observation's error")
            #expect(dictionary.end == nil && dictionary.densityDistance! < 0.1 && dictionary.spectralDistance! < 0.3)
            let exponents = zip(dictionary.exponents, results.models[0].exponents).map { abs($0! - $1!) }
            #expect(exponents.count == 12 && exponents[0] < 0.5, "\(exponents)")
            #expect(try model("surrogate").modelError! > 0 && model("joint-networks").training != nil)
            #expect(results.sensitivity.map(\.key) == [nil, .missing])
            let page = results.report.page()
            #expect(page.failures.isEmpty && page.html.contains("Forecast models"))
            try checkFiles(in: folder)
        }
    }

    /// A model is a file that another run reads, and that says what it is not.
    private func checkFiles(in folder: String) throws {
        let path = folder + "/out/models/convolution.safetensors"
        let methods = "\nmethods: [{name: again, method: etkf, members: 16, inflation: 1.02, model: read}]"
        let read = "\nmodels: [{name: read, kind: convolution, file: \(path)}]" + methods
        let again = try run(Self.setting + read, in: folder + "/again")
        let first = try Checkpoint<TrainingRecord>(decoding: InputFile.bytes(path))
        #expect(again.models[1].training == first.description && again.models[1].forecast[0]! < 0.1)
        var attempt = 0
        func problem(_ text: String) -> String {
            attempt += 1
            do {
                _ = try run(text, in: folder + "/fails\(attempt)")
                return "none"
            } catch { return "\(error)" }
        }
        let other = Self.setting.replacing("variables: 12", with: "variables: 10")
        #expect(problem(other + read).contains("a model of 12 variables"))
        #expect(problem(Self.setting + read.replacing("kind: convolution", with: "kind: dense")).contains("a file of"))
        let corrected = read.replacing("file:", with: "physics: {forcing: 6}, file:")
        #expect(problem(Self.setting + corrected).contains("another physical model"))
        let network = folder + "/out/models/joint-networks.safetensors"
        #expect(problem(Self.setting + read.replacing(path, with: network)).contains("a file of joint-networks"))
        // What it claims to be is not made before it is there; a file that has changed is not gone on with.
        let echo = try Checkpoint<TrainingRecord>(
            decoding: InputFile.bytes(path.replacing("convolution", with: "reservoir")))
        var hostile = echo
        hostile.description.given["units"] = 100_000
        var spoilt = echo
        spoilt.tensors["model.reservoir.readout.bias"] = Tensor([Double.nan])
        for (checkpoint, what) in [(hostile, "a larger model than it holds"), (spoilt, "not finite")] {
            try AtomicFile.write(checkpoint.encoded(), to: folder + "/echo.safetensors")
            let use = "\nmodels: [{name: read, kind: reservoir, file: echo.safetensors}]" + methods
            attempt += 1
            let file = try file(Self.setting + use, in: folder)
            let problem = #expect(throws: InputError.self) {
                _ = try file.run(
                    output: folder + "/fails\(attempt)", claim: .new, options: RunOptions(threads: 2, isQuiet: true))
            }
            #expect(problem.map { "\($0)" }?.contains(what) == true, "\(String(describing: problem))")
        }
        let changed = try file(
            Self.setting + "\nmodels: [{name: read, kind: reservoir, file: echo.safetensors}]" + methods, in: folder)
        try AtomicFile.write(echo.encoded(), to: folder + "/echo.safetensors")
        try changed.folder(folder + "/changed", .new).write([], to: "claimed")
        try AtomicFile.write(spoilt.encoded(), to: folder + "/echo.safetensors")
        #expect(throws: InputError.self) { _ = try changed.folder(folder + "/changed", .resume) }
        try AtomicFile.write(Array(InputFile.bytes(path).dropLast(100)), to: folder + "/short.safetensors")
        #expect(problem(Self.setting + read.replacing(path, with: folder + "/short.safetensors")).contains("short"))
    }

    /// Every kind has the tangent and the adjoint that 4D-Var asks for.
    @Test(arguments: Surrogates.all.map { $0.name }) func learnedModelsAreLawful(_ kind: String) throws {
        let given = [
            "convolution": "epochs: 4, batch: 32", "dense": "epochs: 4, batch: 32, depth: 1",
            "gaussian-process": "points: 40",
        ]
        let text = """
            model: {name: lorenz96, variables: 8}
            models: [{kind: \(kind), length: 300\(given[kind].map { ", " + $0 } ?? "")}]
            methods: [{method: etkf, model: \(kind)}]
            """
        try withTemporaryFolder { folder in
            let experiment = try #require(try file(text).experiment as? TwinExperiment)
            let claimed = try RunFolder(claiming: folder + "/out", fingerprint: "x", as: .new)
            let learned = try experiment.train(in: claimed, options: RunOptions(threads: 1, isQuiet: true))
            let model = try #require(learned.models[kind]).model
            let tolerances: Tolerances = ["convolution", "dense"].contains(kind) ? .float32 : .float64
            let state = 2 + 3 * Key(1).normal([8 + model.memory(of: 8)])
            func check<Model: ForecastMap>(_ model: Model) -> [String] {
                checkMap(model, at: state, tolerances: tolerances).map { "\($0)" }
            }
            #expect(check(model) == [])
        }
    }

    /// A system whose variables have no place: one network, one regression, one process on the whole state.
    @Test func systemsWithoutPlacesAreLearnedToo() throws {
        let text = """
            model: {name: lorenz63, step: 0.01, steps_between: 5}
            cycles: 300
            spinup: 50
            seeds: {tuning: 1, test: 1}
            long_run: 2000
            models:
              - {kind: dictionary, length: 2000}
              - {kind: random-features, length: 1000}
              - {kind: gaussian-process, length: 400}
              - {kind: dense, length: 2000, depth: 2, epochs: 20, rate: 0.01}
              - {kind: reservoir, length: 2000, units: 200}
            methods:
              - {method: etkf, members: 8, inflation: 1.02}
              - {method: etkf, members: 8, inflation: 1.02, model: random-features}
              - {method: etkf, members: 16, inflation: 1.02, model: reservoir}
              - {method: bootstrap-particles, members: 300, jitter: 0.2, model: reservoir}
            """
        try withTemporaryFolder { folder in
            let results = try run(text, in: folder + "/out")
            let skills = results.models.dropFirst().map { $0.skill ?? 0 }
            #expect(skills.allSatisfy { $0 > 1 }, "\(skills)")
            let errors = results.methods.suffix(4).map { $0.error ?? .infinity }
            #expect(errors[1] < 1.2 * errors[0] && errors[2] < 1.5 * errors[0] && errors[3] < 1, "\(errors)")
        }
    }

    /// A truth that diverges, or one that stands still: forecasts of it have neither skill nor the lack of it.
    @Test(arguments: ["variables: 8, step: 1, forcing: 30", "variables: 8, forcing: 0"])
    func truthsWithoutARangeHaveNoSkill(model: String) throws {
        try withTemporaryFolder { folder in
            let results = try run(
                """
                model: {name: lorenz96, \(model)}
                cycles: 40
                spinup: 10
                seeds: {test: 1}
                long_run: 1000
                models: [{name: other, kind: physical, physics: {forcing: 1}, length: 60}]
                methods: [{method: etkf, members: 5}]
                """, in: folder + "/out")
            // Of a truth that stands still, errors are infinitely larger than its variations.
            #expect(results.models.count == 2 && results.models.allSatisfy { ($0.skill ?? 0) == 0 })
        }
    }

    /// Rounds of assimilation and learning that end at any point go on to the same bits.
    @Test func alternationGoesOnToTheSameBits() throws {
        let setting = try #require(
            try file("model: {name: lorenz96, variables: 8}\nmethods: [{method: etkf}]").experiment as? TwinExperiment
        ).configuration.setting
        let field = ConvolutionField.startingAtZero(width: 4, center: 2, scale: 4, outputScale: 8, Key(1), Key(2))
        let start = TendencyModel(field: field, physics: nil, interval: 0.05)
        var learner = TransitionLearner()
        (learner.epochs, learner.batchSize) = (2, 32)
        var alternation = AlternatingLearning<TendencyModel<ConvolutionField>, ETKF, ObservedPart>(
            ETKF(), learner: learner
        ) { $0($1) }
        (alternation.rounds, alternation.spinUp) = (3, 10)
        let observations = setting.observations(1, times: 120, seed: 1)[0]
        let background = Ensemble(members: 2 + 4 * Key(3).normal([10, 8]), key: Key(4))
        let rounds = alternation.rounds(background: background, observations, key: Key(5))
        func run(_ folder: RunFolder, until round: Int) throws -> [[Double]] {
            var files = LearningFiles(folder: folder, name: "surrogate", isQuiet: true)
            files.interval = .zero
            return try files.learn(
                alternation.start(.init(start, modelError: 0.5)), isFinished: { $0.rounds.count >= round },
                progress: { ($0.rounds.count, 3, 0) }, advance: { rounds.advance(&$0) }
            ).0.leaves.map(\.values)
        }
        try withTemporaryFolder { folder in
            let whole = try run(RunFolder(claiming: folder + "/a", fingerprint: "x", as: .new), until: 3)
            let broken = try RunFolder(claiming: folder + "/b", fingerprint: "x", as: .new)
            #expect(try run(broken, until: 1) != whole)
            #expect(try run(broken, until: 3) == whole)
        }
    }

    @Test func faultsHavePlaceAndProblem() {
        let methods = "\nmethods: [{method: etkf, model: net}]"
        #expect(fault("models: [{name: nett, kind: dense}]" + methods).contains("did you mean 'nett'"))
        #expect(fault("models: [{name: net, kind: desne}]" + methods).contains("did you mean 'dense'"))
        #expect(fault("models: [{name: net, kind: physical}]" + methods).contains("without 'physics'"))
        #expect(fault("models: [{name: truth, kind: dense}]" + methods).contains("another name"))
        #expect(fault("models: [{name: net, kind: dense, points: 3}]" + methods).contains("unknown key 'points'"))
        #expect(fault("models: [{name: net, kind: dense, length: 20}]" + methods).contains("enough for a batch"))
        #expect(
            fault("models: [{name: net, kind: dictionary, from: observations}]" + methods).contains("from: trajectory"))
        #expect(
            fault("model: {name: lorenz63}\nmodels: [{name: net, kind: convolution}]" + methods).contains(
                "spatial coordinates"))
        #expect(
            fault("sensitivity: {error: 2}\nmodels: [{name: net, kind: dense}]" + methods).contains("from observations")
        )
        let echo = "models: [{name: net, kind: reservoir}]\nmethods: [{method: 4dvar, model: net}]"
        #expect(fault(echo).contains("4dvar with a model that remembers (expected stochastic-enkf, etkf"))
        #expect(
            fault("models: [{name: net, kind: reservoir, physics: {forcing: 7}}]" + methods).contains("no 'physics'"))
        let same = "\nmethods: [{name: net, method: learned-gain}]"
        #expect(fault("models: [{name: net, kind: dense}]" + same).contains("with the name of a model"))
        #expect(fault("methods: [{method: climatology, model: net}]").contains("unknown key 'model'"))
    }
}
