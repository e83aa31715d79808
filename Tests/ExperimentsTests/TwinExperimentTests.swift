import Assimilation
import Foundation
import Learning
import Networks
import Studies
import Tensors
import Testing

@testable import Experiments

@Suite struct TwinExperimentTests {
    private func configuration(_ text: String) throws -> TwinConfiguration {
        let file = try ExperimentFile(yaml: "experiment: twin\nname: small\n" + text, file: "small.yaml")
        return try #require(file.experiment as? TwinExperiment).configuration
    }

    private func fault(_ text: String) -> String {
        do {
            _ = try configuration(text)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private static let small = """
        setting: bocquet2010
        cycles: 60
        spinup: 20
        seeds: {tuning: 1, test: 2}
        methods:
          - {method: etkf, members: 12, inflation: [1.0, 1.05]}
          - {method: 3dvar, scale: 0.1}
          - {method: score-filter, members: 12, diffusion-steps: 100}
        """

    @Test func settingsAreReadAndChanged() throws {
        let read = try configuration(
            """
            model: {name: lorenz96, variables: 8, step: 0.025, steps_between: 2}
            observe: {every: 2, function: square, error: 0.5, missing: 0.25}
            model_error: 0.01
            cycles: 100
            spinup: 10
            methods:
              - {name: a, method: letkf, radius: [1, 2], inflation: [1, 1.1, 1.2]}
            """)
        #expect(read.setting.observed == [0, 2, 4, 6] && read.setting.function == .square)
        #expect(read.setting.model.interval == 0.05 && read.setting.expectations.isEmpty)
        #expect(read.methods.map(\.name) == ["climatology", "optimal-interpolation", "a"])
        #expect(read.methods[2].candidates.count == 6)
        #expect(read.testSeeds.count == 5)
    }

    @Test func faultsHavePlaceAndProblem() {
        #expect(fault("setting: sakov2009\nmethods: [{method: etkf}]").contains("did you mean 'sakov2008'"))
        #expect(fault("methods: [{method: ekf}]").contains("small.yaml:3:20: methods[0].method: unknown word 'ekf'"))
        #expect(
            fault("budget: 3\nmethods: [{method: etkf, inflation: [1, 1.1], members: [10, 20]}]")
                .contains("4 combinations of the listed values (expected at most 3"))
        #expect(
            fault("model: {name: lorenz63}\nmethods: [{method: letkf}]").contains(
                "letkf: lorenz63 has no spatial coordinates"))
        #expect(fault("methods: [{method: optimal-particles}]").contains("there is no model error"))
        #expect(fault("methods: [{method: etkf, members: 1}]").contains("out of range"))
        #expect(fault("methods: [{method: etkf, radius: 3}]").contains("unknown key 'radius'"))
        #expect(fault("observe: {variables: [1, 1]}\nmethods: [{method: etkf}]").contains("is listed twice"))
    }

    /// The climate has a thousand states here.
    @Test func aBatchMayHaveMoreTrajectoriesThanTheClimateHasStates() {
        var network = ResidualNetworkMethod()
        (network.batch, network.steps, network.width, network.depth) = (1001, 2, 2, 1)
        let setting = TwinSetting(
            name: "small", model: Lorenz96Model(variables: 12), error: 1, cycles: 6, spinUp: 1)
        #expect(setting.climateCount == 1000)
        let scores = compare([network], on: setting, testSeeds: 1)
        #expect(scores.methods.last?.runs.first?.outcome == .completed)
    }

    @Test func tuningAndTestNeverShareATruth() {
        let setting = TwinSetting.bocquet2010
        let first = SeedPurpose.allCases.map { setting.draw($0, seed: 1, cycles: 3).twin.truth.values }
        #expect(first[0] != first[1] && first[1] != first[2] && first[0] != first[2])
        #expect(setting.draw(.test, seed: 1, cycles: 3).twin.truth.values == first[2])
        #expect(setting.draw(.test, seed: 2, cycles: 3).twin.truth.values != first[2])
    }

    @Test func aRunHasEveryMethodAndBeatsTheClimate() throws {
        try withTemporaryFolder { folder in try check(in: folder) }
    }

    private func check(in folder: String) throws {
        func run(_ name: String, threads: Int, _ claim: RunFolder.Claim) throws -> TwinResults {
            let file = try ExperimentFile(
                yaml: "experiment: twin\nname: small\n" + Self.small, file: folder + "/small.yaml")
            let done = try file.run(
                output: folder + "/" + name, claim: claim, options: RunOptions(threads: threads, isQuiet: true))
            #expect(done.failures.isEmpty)
            return try #require(done.results as? TwinResults)
        }
        let results = try run("one", threads: 1, .new)
        #expect(
            results.methods.map(\.name) == ["climatology", "optimal-interpolation", "etkf", "3dvar", "score-filter"])
        let errors = results.methods.map { $0.error ?? .infinity }
        #expect(errors[2] < errors[3] && errors[3] < errors[0], "\(errors)")
        #expect(results.methods[2].tried.count == 2 && results.methods.allSatisfy { $0.failed == 0 })
        // Speed is measured, the rest is the same on any number of threads and when it goes on from what is there.
        for other in [try run("two", threads: 2, .new), try run("one", threads: 2, .resume)] {
            for (a, b) in zip(results.methods, other.methods) {
                #expect(a.runs.map(\.errors) == b.runs.map(\.errors) && a.rankedScore == b.rankedScore)
            }
        }
        let page = results.report.page()
        #expect(page.failures.isEmpty && page.html.contains("Hovmöller"))
        let file = try NetCDFFile(contentsOf: folder + "/one/results.nc")
        #expect(file.variable("error")?.dimensions == ["method", "seed", "time"])
        #expect(file.variable("analysis")?.values.count == 5 * 60 * 10)
    }

    /// The published methods of each published setting are a configuration that can be read.
    @Test(arguments: Literature.all.map(\.name)) func publishedSettingsCanBeCompared(_ name: String) throws {
        _ = try Comparison(name, methods: nil, seeds: 1)
    }

    @Test func scoresOfBeliefsAgreeWithTheirDefinitions() {
        let members = Key(1).normal([7, 3])
        let truth = Key(2).normal([3])
        let ensemble = Ensemble(members: members, key: Key(3))
        let rows = members.values
        var expected = 0.0
        for j in 0..<3 {
            let x = (0..<7).map { rows[$0 * 3 + j] }
            let to = x.map { abs($0 - truth.values[j]) }.reduce(0, +) / 7
            let between = x.flatMap { a in x.map { abs(a - $0) } }.reduce(0, +)
            expected += (to - between / (2 * 7 * 6)) / 3
        }
        #expect(abs(ensemble.crps(of: truth).scalar - expected) < 1e-12)
        // Of a normal belief: the integral that defines the score, by the midpoint rule.
        let gaussian = Gaussian(mean: Tensor([0.3, -1]), covariance: Tensor([0.64, 6.25]).diagonalMatrix())
        let parts = [(0.3, 0.8, 1.1), (-1.0, 2.5, -4.0)].map { m, s, t in
            let step = 30 * s / 200_000
            return (0..<200_000).reduce(0.0) { sum, i in
                let x = m - 15 * s + (Double(i) + 0.5) * step
                let below = 0.5 + 0.5 * erf((x - m) / s / 2.0.squareRoot())
                return sum + step * (x >= t ? (1 - below) * (1 - below) : below * below)
            }
        }
        let score = gaussian.crps(of: Tensor([1.1, -4])).scalar
        #expect(abs(score - (parts[0] + parts[1]) / 2) < 1e-4)
    }

    private static let learned = """
        setting: sakov2008
        cycles: 60
        spinup: 20
        seeds: {tuning: 1, test: 1}
        methods:
          - {method: learned-gain, scale: 0.02, steps: 24, rate: 0.001, truncation: 10}
          - {method: residual-network, width: 4, depth: 1, steps: 20, batch: 16, truncation: 2}
        """

    /// What is trained is saved, found again by the run, and told with its learning curve.
    @Test func trainedWeightsAreTested() throws {
        try withTemporaryFolder { folder in
            let file = try ExperimentFile(
                yaml: "experiment: twin\nname: small\n" + Self.learned, file: folder + "/small.yaml")
            let options = RunOptions(threads: 2, isQuiet: true)
            _ = try file.train(output: folder + "/out", claim: .new, options: options)
            let models = ["learned-gain", "residual-network"].map { folder + "/out/models/\($0).safetensors" }
            let saved = try models.map { try InputFile.bytes($0) }
            let run = try file.run(output: folder + "/out", claim: .resume, options: options)
            let results = try #require(run.results as? TwinResults)
            #expect(try models.map { try InputFile.bytes($0) } == saved, "trained a second time")
            let trained = results.methods.filter { $0.training != nil }
            #expect(trained.map(\.kind) == ["learned-gain", "residual-network"])
            #expect(trained.map { $0.training?.steps } == [24, 20])
            #expect(trained.allSatisfy { $0.failed == 0 && $0.training?.outcome == .completed })
            #expect(run.failures.isEmpty)
            // Another folder, the same bits.
            _ = try file.train(output: folder + "/again", claim: .new, options: options)
            let again = try models.map { try Checkpoint<TrainingRecord>(decoding: InputFile.bytes($0)).tensors }
            let first = try models.map {
                try Checkpoint<TrainingRecord>(decoding: InputFile.bytes($0.replacing("/out/", with: "/again/")))
                    .tensors
            }
            for (a, b) in zip(again, first) { #expect(a.mapValues(\.values) == b.mapValues(\.values)) }
        }
    }

    /// What a method that learns may be tuned to is trained, each on its own,
    /// and chosen on seeds of tuning like that of any other.
    @Test func learnedMethodsAreTunedLikeClassicalOnes() throws {
        let text = """
            setting: sakov2008
            cycles: 60
            spinup: 20
            seeds: {tuning: 1, test: 1}
            methods:
              - {method: learned-gain, scale: [0.0001, 0.02], steps: 12, rate: 0.0001, truncation: 10}
              - {method: residual-network, width: 4, depth: 1, steps: 40, batch: 16, truncation: 4, rate: 10}
            """
        try withTemporaryFolder { folder in
            let file = try ExperimentFile(yaml: "experiment: twin\nname: small\n" + text, file: folder + "/small.yaml")
            let run = try file.run(output: folder + "/out", claim: .new, options: RunOptions(threads: 2, isQuiet: true))
            let methods = try #require(run.results as? TwinResults).methods
            let gain = try #require(methods.first { $0.kind == "learned-gain" })
            #expect(gain.parameters.contains("scale 0.02") && gain.training?.given["scale"] == 0.02)
            for number in 1...2 {
                _ = try InputFile.bytes(folder + "/out/models/learned-gain/\(number).safetensors")
            }
            // A training that runs away leaves what was best before.
            let path = folder + "/out/models/residual-network.safetensors"
            let network = try Checkpoint<TrainingRecord>(decoding: InputFile.bytes(path))
            #expect(network.description.outcome != .completed)
            #expect(network.tensors.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
            #expect(gain.failed == 0)
        }
    }

    private static let away = """
        model: {name: lorenz96, variables: 12}
        observe: {every: 2}
        cycles: 300
        spinup: 150
        seeds: {tuning: 1, test: 2}
        robustness: {members: [3], error: [0.5, 2], steps_between: 2, missing: 0.5, forcing: [6], seeds: 1}
        methods:
          - {method: learned-localization, members: 10, radius: 2, steps: 60, rate: 0.03, truncation: 8}
          - {name: free, method: learned-localization, free-taper: 1, members: 10, radius: 2, steps: 60, truncation: \
          8, loss: crps}
          - {method: learned-ensemble-gain, members: 10, scale: 0.05, steps: 100, rate: 0.005, truncation: 8, loss: \
          prediction-crps}
          - {method: set-transformer, members: 10, radius: 2, width: 8, depth: 1, steps: 60, truncation: 8}
          - {method: learned-gain, scale: 0.05, steps: 100, rate: 0.005, truncation: 8}
          - {method: residual-network, width: 4, depth: 1, steps: 20, batch: 16, truncation: 2}
          - {method: local-stochastic-enkf, members: 10, radius: 2, inflation: 1.05}
        """

    /// Inflation and localisation are learned; gains and scores in other conditions are told.
    @Test func learnedMethodsAreShownBesideClassicalOnes() throws {
        try withTemporaryFolder { folder in
            let file = try ExperimentFile(
                yaml: "experiment: twin\nname: small\n" + Self.away, file: folder + "/small.yaml")
            let run = try file.run(
                output: folder + "/out", claim: .new, options: RunOptions(threads: 2, isQuiet: true))
            let results = try #require(run.results as? TwinResults)
            #expect(run.failures.isEmpty && results.methods.allSatisfy { $0.failed == 0 })
            let found = results.methods.compactMap { $0.training?.found }
            #expect(found.count == 2 && found[0].contains("radius ") && found[1].contains("weights "), "\(found)")
            #expect(!found[0].hasPrefix("inflation 1.000") && !found[0].hasSuffix("radius 2.00"), "\(found)")
            try check(gains: results.gains)
            check(results)
            let html = results.report.page().html
            #expect(html.contains("Learned gains") && html.contains("Away from the training conditions"))
        }
    }

    /// Every other variable is observed, three times of four: a network without an ensemble lies
    /// between 3D-Var and an ensemble.
    @Test func residualNetworkLearnsFromPartialObservations() throws {
        let text = """
            model: {name: lorenz96, variables: 12}
            observe: {every: 2, missing: 0.25}
            cycles: 600
            spinup: 200
            seeds: {tuning: 1, test: 2}
            methods:
              - {method: 3dvar, scale: [0.02, 0.05, 0.1]}
              - {method: residual-network, width: 16, depth: 4, steps: 1500, rate: 0.005, truncation: 1, batch: 32}
            """
        try withTemporaryFolder { folder in
            let file = try ExperimentFile(
                yaml: "experiment: twin\nname: partly\n" + text, file: folder + "/partly.yaml")
            let run = try file.run(
                output: folder + "/out", claim: .new, options: RunOptions(threads: 2, isQuiet: true))
            let methods = try #require(run.results as? TwinResults).methods
            func errors(_ name: String) throws -> [Double] {
                try #require(methods.first { $0.name == name }).runs.map { $0.error ?? .infinity }
            }
            let pairs = zip(try errors("residual-network"), try errors("3dvar"))
            #expect(pairs.allSatisfy { $0 < 0.6 * $1 }, "\(Array(pairs))")
        }
    }

    private func check(gains: [GainRecord]) throws {
        #expect(gains.map(\.name) == ["learned-ensemble-gain", "learned-gain", "residual-network", "Kalman"])
        for gain in gains {
            let numbers = gain.rows.flatMap { $0 }.compactMap { $0 }
            #expect(gain.rows.count == 12 && numbers.count == 72, "\(gain.name)")
        }
        // An innovation moves the variable that it was observed of most.
        let kalman = try #require(gains.last).rows
        for j in 0..<6 {
            let column = (0..<12).map { abs(kalman[$0][j] ?? 0) }
            #expect(column[2 * j] == column.max())
            #expect(column[2 * j] > 0 && column[2 * j] < 1)
        }
    }

    private func check(_ results: TwinResults) {
        func error(_ method: String, _ key: RobustnessKey?, _ value: Double? = nil) -> Double {
            let own = results.robustness.filter { ($0.method, $0.key, $0.value) == (method, key, value) }
            #expect(own.count == 1, "\(method), \(String(describing: key))")
            return own.first?.error ?? .nan
        }
        for method in ["learned-localization", "learned-gain", "local-stochastic-enkf"] {
            let usual = error(method, nil)
            #expect(usual == results.methods.first { $0.name == method }?.runs[0].error)
            #expect(error(method, .error, 0.5) < usual && usual < error(method, .error, 2), "\(method)")
            #expect(error(method, .missing, 0.5) > usual, "\(method)")
            #expect(error(method, .forcing, 6) != usual)
        }
        #expect(error("local-stochastic-enkf", .members, 3) > error("local-stochastic-enkf", nil))
        #expect(error("local-stochastic-enkf", .stepsBetween, 2) > error("local-stochastic-enkf", nil))
        #expect(!results.robustness.contains { $0.method == "learned-gain" && $0.key == .members })
    }

    @Test func conditionsAreChecked() {
        let methods = "\nmethods: [{method: etkf}]"
        #expect(fault("robustness: {member: 3}" + methods).contains("did you mean 'members'"))
        #expect(fault("robustness: {missing: [0.5, 1]}" + methods).contains("out of range"))
        #expect(fault("robustness: {forcing: 9}\nmodel: {name: lorenz63}" + methods).contains("has no forcing"))
        #expect(fault("robustness: {seeds: 9}" + methods).contains("9"))
        let network = "\nmethods: [{method: residual-network}]"
        #expect(fault("model: {name: lorenz63}" + network).contains("a model with spatial coordinates"))
        #expect(fault("model: {name: lorenz96, variables: 5}" + network).contains("at least 6"))
        #expect(fault("observe: {function: square}" + network).contains("'function' identity"))
        let listed = "budget: 2\nmethods: [{method: learned-gain, rate: [0.1, 0.2, 0.3]}]"
        #expect(fault(listed).contains("at most 2, the budget of tuning that every method has"))
        #expect(fault("methods: [{method: learned-gain, loss: crsp}]").contains("did you mean 'crps'"))
        #expect(fault("methods: [{method: learned-gain, loss: likelihood}]").contains("one of: squared-error"))
        #expect(fault("methods: [{method: residual-network, loss: crps}]").contains("unknown key 'loss'"))
        #expect(fault("seed: 500000" + methods).contains("400000"))
    }

    /// A training that ends at any step goes on from its checkpoint to the same bits.
    @Test func trainingGoesOnToTheSameBits() throws {
        let keys = Key(1).split(3)
        let start = ResidualAnalysis(
            GainNetwork(channels: 2, width: 4, depth: 1, key: keys[0], type: .float32), center: 2.4, scale: 3.6)
        var settings = AnalysisTraining()
        (settings.batch, settings.cycles, settings.steps) = (16, 2, 12)
        let truth = (8 + keys[1].normal([16, 40])).cast(to: .float32)
        let model = Lorenz96Model(variables: 40, step: 0.05).propagator(steps: 1)
        let trainer = AnalysisTrainer(settings, like: start, truth: truth) { model($0) }
        let first = trainer.start(start, from: truth, key: keys[2])
        func run(_ folder: RunFolder, until step: Int) throws -> [[Double]] {
            var files = LearningFiles(folder: folder, name: "network", isQuiet: true)
            files.interval = .zero
            let session = try files.learn(
                first, isFinished: { $0.state.epochs >= step }, progress: { ($0.state.epochs, 12, 0) },
                advance: { trainer.advance(&$0) }
            ).0
            return session.leaves.map { $0.values.map { $0.isNaN ? -1 : $0 } }  // losses still to come are NaN
        }
        try withTemporaryFolder { folder in
            let whole = try run(RunFolder(claiming: folder + "/a", fingerprint: "x", as: .new), until: 12)
            let broken = try RunFolder(claiming: folder + "/b", fingerprint: "x", as: .new)
            #expect(try run(broken, until: 5) != whole)
            #expect(try run(broken, until: 12) == whole)
        }
    }
}
