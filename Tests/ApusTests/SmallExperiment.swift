import Foundation

/// Two invented monthly series of twenty years, and an experiment with them that takes a second.
enum SmallExperiment {
    static let configuration = """
        experiment: forecast
        name: small
        seed: 7
        output: out
        data:
          file: data.csv
          time: {columns: [year, month]}
          step: month
          variables:
            - {name: a, units: degC}
            - {name: b, units: degC}
        split:
          train: [1990-01, 1999-12]
          validation: [2000-01, 2003-12]
          test: [2004-01, 2009-12]
        target: a
        forecast: {leads: 3, decisive_leads: [1, 3], members: 16}
        cross_validation: {folds: 3}
        linear: {memory: [1, 2], ridge: [1]}
        network: {hidden: [[4]], memory: [1], ridge: [0.01], epochs: 5, patience: 3}
        correction: {hidden: [[4]], memory: [1], ridge: [0.01], epochs: 5, patience: 3}
        assimilation: {filters: [etkf, enkf], inflation: [1, 1.2]}
        gaps:
          random: {fraction: 0.3}
          outage: {variable: a, period: [2005-03, 2006-02]}
        bootstrap: {resamples: 100}

        """

    static let structural = """
        experiment: structural
        name: small
        output: out
        data:
          file: data.csv
          time: {columns: [year, month]}
          step: month
          variables: [{name: a, units: ppm}]
        split: {train: [1990-01, 1999-12], validation: [2000-01, 2003-12], test: [2004-01, 2009-12]}
        components: {harmonics: [1]}
        forecast: {leads: [1, 3]}
        withhold: [1995-01, 1995-06]
        bootstrap: {resamples: 100}

        """

    /// Rows of year, month, a and b, after a header; the first stands on line 2.
    static let rows: [[String]] = {
        var state: UInt64 = 3
        func noise() -> Double {
            (0..<12).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 11) / Double(1 << 53)
            }.reduce(-6, +)
        }
        var (a, b) = (0.0, 0.0)
        return (0..<240).map { month in
            (a, b) = (0.8 * a + 0.3 * noise(), 0.5 * a + 0.3 * b + 0.3 * noise())
            let season = cos(2 * Double.pi * Double(month) / 12)
            let values = [20 + 2 * season + a, 10 - season + b].map { String(format: "%.3f", $0) }
            return ["\(1990 + month / 12)", "\(month % 12 + 1)"] + values
        }
    }()

    static let data = table(rows)

    static func table(_ rows: [[String]], header: String = "year,month,a,b") -> String {
        ([header] + rows.map { $0.joined(separator: ",") }).joined(separator: "\n") + "\n"
    }

    /// The table with one column as a function of row and text.
    static func data(column: Int, _ change: (Int, String) -> String) -> String {
        table(
            rows.enumerated().map { index, row in
                var row = row
                row[column] = change(index, row[column])
                return row
            })
    }

    /// A new folder with `config.yaml` and `data.csv`.
    static func folder(_ configuration: String = configuration, data: String = data) throws -> Folder {
        let folder = try Folder()
        try folder.write(configuration, to: "config.yaml")
        try folder.write(data, to: "data.csv")
        return folder
    }

    /// What a complete run leaves for its readers.
    static let results = [
        "results.json", "results.nc", "report.html", "models/linear.json", "models/linear.safetensors",
        "models/network.json", "models/network.safetensors", "models/corrected.json", "models/corrected.safetensors",
    ]
}
