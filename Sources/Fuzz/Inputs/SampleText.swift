import Foundation

/// Valid configurations and data, small ones.
enum SampleText {
    static let forecast = """
        experiment: forecast
        name: small
        output: out
        data: {file: data.csv, time: {columns: [year, month]}, step: month, variables: [{name: a, units: degC}, {name: b}]}
        split: {train: [1990-01, 1994-12], validation: [1995-01, 1997-12], test: [1998-01, 1999-12]}
        target: a
        forecast: {leads: 3, decisive_leads: [1, 3], members: 16}
        cross_validation: {folds: 3}
        linear: {memory: [1, 2], ridge: [1], ridge_decay: 2, seasonal_lags: [0, 1], seasonal_ridge: [100], harmonics: [1]}
        network: {hidden: [[4]], memory: [1], ridge: [0.01], epochs: 5, patience: 3}
        correction: {hidden: [[4]], memory: [1], ridge: [0.01], epochs: 5, patience: 3}
        assimilation: {filters: [etkf, enkf], inflation: [1, 1.2]}
        gaps: {random: {fraction: 0.3}, outage: {variable: a, period: [1998-03, 1998-09]}}
        bootstrap: {resamples: 100}

        """

    static let structural = """
        experiment: structural
        name: small
        output: out
        data: {file: data.csv, time: {columns: [year, month]}, step: month, variables: [{name: a, units: ppm}]}
        split: {train: [1990-01, 1994-12], validation: [1995-01, 1997-12], test: [1998-01, 1999-12]}
        components: {harmonics: [1], remainder: [0, 1]}
        forecast: {leads: [1, 3]}
        withhold: [1992-01, 1992-06]
        bootstrap: {resamples: 100}

        """

    static let assimilate = """
        experiment: assimilate
        name: small
        output: out
        model:
          states: {level: {}, wave: {x: {length: 4, periodic: true}, bounds: [0, inf]}}
          parameters: {rate: {prior: "lognormal(-2, 0.5)", bounds: [0, inf]}, speed: 0.1}
          equations: {level: -rate * (level - 20), wave: -speed * ddx(wave)}
          time_unit: month
          integrator: {method: rk4, step: 0.5}
          start: {level: "normal(20, 2)", wave: "lognormal(0, 0.5)"}
          error: {level: {estimate: "lognormal(-1, 1)"}}
        observations:
          - {file: data.csv, time: {columns: [year, month]}, of: level, column: a, error: {estimate: "lognormal(-1, 1)"}}
          - {file: data.csv, time: {columns: [year, month]}, of: wave, at: {x: 1.5}, column: b, name: wave, error: 1, valid: [-9, 99]}
        methods: [{method: etkf, members: 10}, {method: likelihood, filter: etkf, members: 10, steps: 5}]
        forecast: {leads: 3}
        quality: {background: 5}

        """

    static let twin = """
        experiment: twin
        name: small
        output: out
        model: {name: lorenz96, variables: 8, forcing: 8, step: 0.05, steps_between: 1}
        observe: {every: 2, function: identity, error: 1, missing: 0.1}
        model_error: 0.01
        cycles: 60
        spinup: 20
        seeds: {tuning: 1, test: 2}
        budget: 8
        long_run: 1000
        robustness: {members: [10], error: [0.5, 2], seeds: 1}
        models: [{name: wrong, kind: physical, physics: {forcing: 7}}]
        methods: [{method: etkf, members: 12, inflation: [1, 1.05], rotates: 1}, {name: b, method: letkf, members: 8, radius: 2, model: wrong}]

        """

    static let training = """
        experiment: twin
        name: small
        output: out
        model: {name: lorenz96, variables: 8}
        observe: {every: 1}
        cycles: 12
        spinup: 4
        seeds: {tuning: 1, test: 1}
        methods: [{method: learned-gain, scale: 0.02, steps: 40, truncation: 2}]

        """

    static let dictionary = """
        experiment: twin
        name: small
        output: out
        model: {name: lorenz96, variables: 8}
        observe: {every: 1}
        cycles: 30
        spinup: 10
        seeds: {tuning: 1, test: 1}
        long_run: 1000
        models: [{name: d, kind: dictionary, length: 200}]
        methods: [{method: etkf, members: 8, model: d}]

        """

    static let regression = """
        experiment: regression
        name: small
        output: out
        data: {file: data.csv, target: a}
        validation: {folds: 3}
        choice: {rule: one-standard-error}
        intervals: {resamples: 100}
        learning_curve: {shares: [0.5, 1]}
        models: [{model: ridge, penalty: [0.01, 1]}, {model: dense, width: 4, epochs: 2}]

        """

    static let classification = """
        experiment: classification
        name: small
        output: out
        data: {file: data.csv, target: month, leave_out: [year]}
        preprocessing: {missing: mark}
        test: {share: 0.25, kind: random}
        validation: {folds: 2, kind: random}
        intervals: {resamples: 100}
        learning_curve: {shares: [1]}
        models: [{model: logistic, penalty: 0.1}, {model: nearest-neighbors, neighbors: 3}]

        """

    /// A model of each kind that is learned, and is small.
    static let learnedModels: [(kind: String, keys: String)] = [
        ("dictionary", "length: 60"), ("convolution", "length: 60, width: 2, epochs: 2, leads: 1, batch: 16"),
        ("dense", "length: 60, width: 2, depth: 1, epochs: 2, leads: 1, batch: 16"),
        ("random-features", "length: 60, features: 5"), ("gaussian-process", "length: 60, points: 5"),
        ("reservoir", "length: 200, units: 5"),
    ]

    /// All kinds of models, learned.
    static let models = twin(
        of: learnedModels.map { "{name: \($0.kind), kind: \($0.kind), \($0.keys)}" },
        methods: learnedModels.map { "{method: etkf, members: 4, model: \($0.kind)}" })

    /// One model, from a file.
    static func namedModel(_ kind: String) -> String {
        twin(
            of: ["{name: d, kind: \(kind), file: named.safetensors}"], methods: ["{method: etkf, members: 4, model: d}"]
        )
    }

    private static func twin(of models: [String], methods: [String]) -> String {
        """
        experiment: twin
        name: small
        output: out
        model: {name: lorenz96, variables: 8}
        observe: {every: 1}
        cycles: 10
        spinup: 2
        seeds: {tuning: 1, test: 1}
        long_run: 1000
        models: [\(models.joined(separator: ", "))]
        methods: [\(methods.joined(separator: ", "))]

        """
    }

    static let published = """
        experiment: twin
        name: small
        setting: sakov2008
        methods:
          - {method: learned-localization, members: 24, radius: 4, steps: 600, rate: 0.01, truncation: 20}
          - {method: residual-network, width: 32, depth: 8, steps: 12000, rate: 0.005, truncation: 1, batch: 32}
          - {method: joint-networks, width: 24, depth: 5, batch: 16, length: 400, steps: 4000, truncation: 8, rate: 0.001}
        models:
          - {name: corrected, kind: random-features, physics: {forcing: 7}, length: 400}
          - {name: process, kind: gaussian-process, length: 400}
          - {name: surrogate, kind: convolution, from: observations, length: 4000, epochs: 12, batch: 128, rate: 0.003, leads: 1}
        sensitivity: {error: [0.5, 2], missing: [0.5, 0.75]}

        """

    static let configurations = [
        forecast, forecast, structural, structural, assimilate, assimilate, twin, twin, training, dictionary, published,
        models, regression, classification,
        namedModel("dense"),
    ]

    /// Those that end within seconds.
    static let runnable = [
        forecast, structural, assimilate, twin, training, dictionary, regression, classification,
    ]

    /// Ten years of two monthly series.
    static let data: String = {
        var random = Generator(seed: 7)
        var (a, b) = (0.0, 0.0)
        let rows = (0..<120).map { month in
            (a, b) = (
                0.8 * a + .random(in: -0.5...0.5, using: &random),
                0.5 * a + 0.3 * b + .random(in: -0.5...0.5, using: &random)
            )
            let season = cos(2 * Double.pi * Double(month) / 12)
            let values = [20 + 2 * season + a, 10 - season + b].map { "\(($0 * 1000).rounded() / 1000)" }
            return "\(1990 + month / 12),\(month % 12 + 1),\(values[0]),\(values[1])\n"
        }
        return "year,month,a,b\n" + rows.joined()
    }()
}
