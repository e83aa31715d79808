import Foundation
import Studies
import Tensors

/// The results of many systems that have one model.
struct EachResults: ReportedResults {
    var engine = Engine.compiled
    let name: String
    let title: String
    let summary: String
    let seed: Int
    let column: String
    let labels: [String]
    let times: [Double]
    let timeTexts: [String]
    let unit: TimeUnitName?
    let observedCount: Int
    let states: [String]
    let counts: [[ValueFlag: Int]]
    let channels: [String]
    let warnings: [String]
    private let estimates: ManySystems.Estimates

    init(_ header: ExperimentHeader, _ experiment: AssimilateExperiment, _ column: String, _ run: EachRun) {
        (name, title, summary, seed) = (header.name, header.title, header.summary, header.seed)
        (self.column, labels, times) = (column, run.data.labels, run.data.times)
        let unit = experiment.read.unit
        self.unit = unit
        timeTexts = run.data.times.map { unit?.instant($0)?.description ?? NumberText.short($0) }
        (observedCount, states) = (run.data.observedCount, experiment.read.system.valueNames)
        (counts, warnings) = (run.data.counts, run.data.warnings)
        channels = experiment.tables.map(\.name)
        estimates = run.systems.estimates()
    }

    private var logLikelihoods: [Double] { estimates.logLikelihoods.values }
    private var meanSquares: [Double] { estimates.meanSquares.values }

    private struct Summary: Encodable {
        struct System: Encodable {
            var name: String
            var logLikelihood: Double?
            var meanSquare: Double?
            var last: [Double?]
            var lastSd: [Double?]

            enum CodingKeys: String, CodingKey {
                case name
                case logLikelihood = "log_likelihood"
                case meanSquare = "mean_square"
                case last
                case lastSd = "last_sd"
            }
        }
        var name: String
        var title: String
        var summary: String
        var version: String
        var engine: Engine
        var seed: Int
        var each: String
        var lastObservation: String
        var states: [String]
        var counts: [String: [String: Int]]
        var systems: [System]

        enum CodingKeys: String, CodingKey {
            case name, title, summary, version, engine, seed, each
            case lastObservation = "last_observation"
            case states
            case counts, systems
        }
    }

    func json() -> Data {
        let (t, n) = (times.count, states.count)
        let (means, deviations) = (estimates.filtered.means.values, estimates.filtered.deviations.values)
        let systems = labels.indices.map { system in
            let first = (system * t + observedCount - 1) * n
            return Summary.System(
                name: labels[system], logLikelihood: logLikelihoods[system].finite,
                meanSquare: meanSquares[system].finite, last: means[first..<(first + n)].map(\.finite),
                lastSd: deviations[first..<(first + n)].map(\.finite))
        }
        let counted = zip(channels, counts).map { name, counts in
            (name, Dictionary(uniqueKeysWithValues: counts.map { ($0.key.word, $0.value) }))
        }
        return OrderedJSON.encoded(
            Summary(
                name: name, title: title, summary: summary, version: ApusVersion.text, engine: engine, seed: seed,
                each: column, lastObservation: timeTexts[observedCount - 1], states: states,
                counts: Dictionary(uniqueKeysWithValues: counted), systems: systems))
    }

    func netCDF() throws(InputError) -> NetCDFFile {
        var file = NetCDFFile(attributes: [
            "title": .text(title), "summary": .text(summary), "source": .text(engine.source(ApusVersion.text)),
        ])
        let instants = unit.map { unit in times.compactMap(unit.instant) } ?? []
        if instants.count == times.count {
            file.addTime(instants)
        } else {
            file.addCoordinate("time", .numbers(times), attributes: ["long_name": "model time", "units": "1"])
        }
        file.addCoordinate("system", .texts(labels), attributes: ["long_name": .text(column)])
        file.addCoordinate("state", .texts(states), attributes: ["long_name": "value of the state"])
        for (name, text, values) in [
            ("analysis_mean", "mean given the observations up to the time", estimates.filtered.means),
            (
                "analysis_spread", "standard deviation given the observations up to the time",
                estimates.filtered.deviations
            ),
            ("smoothed_mean", "mean given all observations", estimates.smoothed.means),
            ("smoothed_spread", "standard deviation given all observations", estimates.smoothed.deviations),
        ] {
            file.addVariable(
                name, on: ["system", "time", "state"], .numbers(values.values),
                attributes: ["long_name": .text(text)])
        }
        file.addVariable(
            "log_likelihood", on: ["system"], .numbers(logLikelihoods),
            attributes: ["long_name": "logarithm of the probability of all values"])
        return file
    }

    var verdict: [String] {
        var sentences = zip(channels, counts).map { name, counts in
            let parts = ValueFlag.allCases.compactMap { flag in
                counts[flag].map { "\($0) \(flag.word.replacing("_", with: " "))" }
            }
            return "\(name): \(parts.joined(separator: ", "))."
        }
        let wrong = logLikelihoods.count { !$0.isFinite }
        if wrong > 0 { sentences.append("\(wrong) of \(labels.count) systems diverged: their numbers are not finite.") }
        return sentences + warnings
    }

    /// The systems whose innovations are farthest from those of a consistent filter.
    private static let shown = 10

    var terminalTables: [TextTable] {
        let order = labels.indices.sorted { meanSquares[$0] > meanSquares[$1] }.prefix(Self.shown)
        var table = TextTable(
            title: "\(labels.count) systems by '\(column)'; those with the largest innovations",
            columns: [.init(column), .init("Log-likelihood"), .init("Mean square of innovations")])
        for place in order {
            table.add([
                .text(labels[place]), .quantity(logLikelihoods[place].finite),
                .number(meanSquares[place].finite, decimals: 2),
            ])
        }
        return [table]
    }

    var report: Report {
        let facts = ["\(labels.count) systems", "\(times.count) times", "seed \(seed)"]
        let heading = HTML.joined([
            .element("p", ["class": "facts"], facts.joined(separator: " · ")), .element("p", summary),
        ])
        var parts: [ReportPart] = [.list(verdict)] + terminalTables.map { .table($0) }
        if let figure { parts.append(.figure(figure, numbers: [])) }
        return Report(
            title: title, heading: heading,
            sections: [ReportSection(identifier: "summary", title: "Summary", parts: parts)])
    }

    /// Smoothed states of the first system.
    private var figure: Figure? {
        guard !labels.isEmpty else { return nil }
        let n = states.count
        let (means, deviations) = (estimates.smoothed.means.values, estimates.smoothed.deviations.values)
        let panels = states.indices.prefix(6).map { state -> Panel in
            func values(_ distance: Double) -> [Double?] {
                times.indices.map { (means[$0 * n + state] + distance * deviations[$0 * n + state]).finite }
            }
            return Panel(
                title: states[state], horizontal: PanelAxis("Time"), vertical: PanelAxis(""),
                layers: [
                    .band(
                        name: "90 % interval", x: times, low: values(-1.645), high: values(1.645), color: .blue,
                        opacity: 0.22),
                    .line(name: "smoothed", x: times, y: values(0), style: LineStyle(.blue)),
                ])
        }
        return Figure(
            caption: "Smoothed states of \(labels[0]), the first system.", panels: Array(panels),
            columns: panels.count == 1 ? 1 : 2, rowHeight: 220)
    }
}
