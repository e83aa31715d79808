import Foundation
import Studies
import Synchronization

/// An assimilation that is run again whenever its tables have changed.
public final class WatchedExperiment: Sendable {
    private let file: ExperimentFile
    private let experiment: AssimilateExperiment
    private let output: String?
    private let seen = Mutex<[String]>([])

    /// - Throws: `usage` where the file is of another kind.
    public init(_ path: String, output: String?) throws(InputError) {
        file = try ExperimentFile(path)
        guard let experiment = file.experiment as? AssimilateExperiment else {
            throw InputError(
                .usage, at: .init(path), "an experiment of the kind \(file.kind.rawValue)",
                expected: "assimilate, whose observations may grow")
        }
        (self.experiment, self.output) = (experiment, output)
    }

    /// Runs the experiment if a table has changed since the last look; a line for the terminal, nil where nothing has.
    ///
    /// A fault of the data is thrown at the first look alone: later it may be a row that is being written.
    public func look(isFirst: Bool) throws(InputError) -> String? {
        let now = experiment.tables.map { Self.state(of: $0.source.file) }
        guard seen.withLock({ $0 != now }) else { return nil }
        do throws(InputError) {
            let run = try file.run(output: output, claim: .resume, options: RunOptions(isQuiet: true))
            seen.withLock { $0 = now }
            guard let results = run.results as? AssimilateResults else { return nil }
            try AtomicFile.write(results.latest, to: FilePath.join(run.folder, "latest.json"))
            return results.latestLine
        } catch {
            if isFirst || error.kind != .data { throw error }
            StandardStream.report("apus: \(error.description)")
            seen.withLock { $0 = now }
            return nil
        }
    }

    /// Size and time of change of a file.
    private static func state(of path: String) -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes?[.size] as? Int) ?? -1
        let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(path) \(size) \(changed)"
    }
}

extension AssimilateResults {
    private struct Latest: Encodable {
        struct State: Encodable {
            var method: String
            var state: String
            var mean: Double?
            var sd: Double?
            var q05: Double?
            var q50: Double?
            var q95: Double?
        }
        var name: String
        var time: String
        var states: [State]
        var parameters: [ParameterRecord]
    }

    /// The states at the last observation and the unknowns, as JSON.
    var latest: Data {
        let first = (observedCount - 1) * states.count
        let values = zip(methods, series).flatMap { method, series -> [Latest.State] in
            guard let best = series.best else { return [] }
            return states.indices.map {
                Latest.State(
                    method: method.name, state: states[$0], mean: best.mean[first + $0].finite,
                    sd: best.deviation[first + $0].finite, q05: best.low[first + $0].finite,
                    q50: best.median[first + $0].finite, q95: best.high[first + $0].finite)
            }
        }
        return OrderedJSON.encoded(
            Latest(name: name, time: timeTexts[observedCount - 1], states: values, parameters: parameters))
    }

    /// The number of observations and the last time, for a terminal.
    var latestLine: String {
        let used = channels.reduce(0) { $0 + ($1.counts[ValueFlag.used.word] ?? 0) }
        return "\(timeTexts[observedCount - 1]): \(used) observations"
    }
}
