import Foundation
import Learning
import Studies
import Synchronization

/// An experiment of the literature that the tool does again: from a seed to the numbers of its claims.
protocol Reproduction: Sendable {
    /// Its row in the table of published numbers.
    var row: Int { get }
    /// The subject, and the paper or section that published it.
    var title: String { get }
    var claims: [Claim] { get }
    /// How long a seed takes beside those of other rows, about: the longest begin first,
    /// so that all threads end together.
    var length: Double { get }

    /// The numbers of the claims, in their order, and any others that are worth a line; nil for failures.
    ///
    /// - Parameter advance: told of the share of the work that is done, from 0 to 1.
    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured
}

extension Reproduction {
    var length: Double { 1 }
}

/// The results of one seed of a reproduction.
struct Measured: Codable, Sendable {
    var values: [Double?]
    /// Of scores of filters, whether the truth was lost with finite numbers; nil of other numbers.
    var isLost: [Bool]? = nil
    /// Other numbers, for readers.
    var notes: [String] = []
    /// The time that it took.
    var seconds = 0.0
}

/// Several reproductions on several seeds, each kept in a folder as soon as it is there.
public struct Reproducing: Sendable {
    private let experiments: [any Reproduction]
    private let seeds: [Int]
    private let options: RunOptions

    private let hasTimes: Bool

    /// - Parameter data: the folder of data sets that are not shipped.
    /// - Throws: `usage` for rows that do not exist; data that are absent or damaged.
    public init(
        _ subject: ReproductionSubject, rows: [Int]?, seeds: Int, isQuick: Bool, data: String? = nil,
        options: RunOptions
    ) throws(InputError) {
        let all = try subject.experiments(isQuick: isQuick, data: data)
        hasTimes = subject == .supervised
        let known = Set(all.map(\.row))
        for row in rows ?? [] where !known.contains(row) {
            throw InputError(
                .usage, at: .init("--rows"), "there is no row \(row)",
                expected: "of \(known.sorted().map(String.init).joined(separator: ", "))")
        }
        experiments = all.filter { rows?.contains($0.row) ?? true }
        self.seeds = Array(1...seeds)
        self.options = options
    }

    public struct Results: Sendable {
        public var findings: [Finding]
        /// A line for each seed and row that has something to add.
        public var notes: [String]
        /// The time of a row, all seeds.
        public var seconds: [Int: Double] = [:]

        /// The findings as a table for the terminal.
        public var table: TextTable { findings.table(seconds) }
    }

    /// Computes the rows that the folder does not hold yet; all seeds of all rows run side by side on the threads.
    public func run(in folder: RunFolder) throws(InputError) -> Results {
        let tasks = experiments.flatMap { experiment in seeds.map { (experiment: experiment, seed: $0) } }
        let order = tasks.indices.sorted { (-tasks[$0].experiment.length, $0) < (-tasks[$1].experiment.length, $1) }
        let grain = 1000.0
        let progress = ProgressMeter(
            title, total: tasks.reduce(0) { $0 + Int(grain * $1.experiment.length) }, isQuiet: options.isQuiet)
        let done = try concurrentMap(tasks.count, threads: options.threads) { (turn) throws(InputError) -> Measured in
            let (experiment, seed) = tasks[order[turn]]
            let share = Share(of: Int(grain * experiment.length), progress)
            defer { share.advance(to: 1) }
            return try folder.stage("row-\(experiment.row)", "seed-\(seed)") { () throws(InputError) in
                let start = ContinuousClock.now
                var found = experiment.measure(seed: seed, advance: share.advance)
                found.seconds = (ContinuousClock.now - start) / .seconds(1)
                return found
            }
        }
        progress.finish()
        var measured = [Measured?](repeating: nil, count: tasks.count)
        for (turn, found) in done.enumerated() { measured[order[turn]] = found }
        let results = results(of: measured.compactMap { $0 })
        folder.record { times in
            for (row, seconds) in results.seconds { times.seconds["row \(row)"] = seconds }
        }
        return results
    }

    private var title: String {
        guard experiments.count == 1 else { return "\(experiments.count) rows, \(seeds.count) seeds" }
        return "Row \(experiments[0].row): \(experiments[0].title)"
    }

    /// - Parameter measured: of the rows in their order, a seed after the other.
    private func results(of measured: [Measured]) -> Results {
        var results = Results(findings: [], notes: [])
        for (number, experiment) in experiments.enumerated() {
            let own = measured[number * seeds.count..<(number + 1) * seeds.count]
            results.seconds[experiment.row] = own.reduce(0) { $0 + $1.seconds }
            for (place, claim) in experiment.claims.enumerated() {
                results.findings.append(
                    claim.finding(
                        row: experiment.row, values: own.map { $0.values[place] },
                        lost: own.count { $0.isLost?[place] ?? false }))
                if hasTimes { results.findings[results.findings.count - 1].seconds = results.seconds[experiment.row] }
            }
            results.notes += zip(seeds, own).flatMap { seed, found in
                found.notes.map { "row \(experiment.row), seed \(seed): \($0)" }
            }
        }
        return results
    }
}

/// The part that one seed has in a progress bar.
private final class Share: Sendable {
    private let done = Mutex(0)
    private let steps: Int
    private let meter: ProgressMeter

    init(of steps: Int, _ meter: ProgressMeter) { (self.steps, self.meter) = (steps, meter) }

    func advance(to fraction: Double) {
        let more = done.withLock { done in
            let now = max(done, min(steps, Int(fraction * Double(steps))))
            defer { done = now }
            return now - done
        }
        if more > 0 { meter.advance(by: more) }
    }
}

/// The collections of published numbers, by the word after `apus reproduce`.
public enum ReproductionSubject: String, CaseIterable, Sendable {
    /// Machine learning in data assimilation: learned forecasts, learned analyses, both.
    case learning
    /// Data assimilation without learning: the scores of all settings.
    case classical
    /// Regression and classification.
    case supervised

    func experiments(isQuick: Bool, data: String? = nil) throws(InputError) -> [any Reproduction] {
        switch self {
        case .supervised: return try supervisedReproductions(isQuick: isQuick, data: data)
        case .learning: return learningReproductions(isQuick: isQuick)
        case .classical:
            return Literature.all.enumerated().map { ClassicalReproduction(row: $0 + 1, $1, isQuick: isQuick) }
        }
    }

    var text: String {
        switch self {
        case .learning: "learned forecast models and learned analyses against their published numbers"
        case .supervised: "regressions and classifications against their published numbers"
        case .classical: "the scores of assimilation methods against their published numbers"
        }
    }
}

extension Finding {
    /// Whether it agrees, in words.
    fileprivate var verdict: String {
        switch agrees {
        case true?: "yes"
        case false?: failed > 0 ? "no, \(failed) failed" : "no"
        case nil: "not told by \(seeds) seed\(seeds == 1 ? "" : "s")"
        }
    }
}

extension [Finding] {
    /// The list as JSON.
    public func json() -> Data { OrderedJSON.encoded(self) }

    /// The list as a table for the terminal, with the times of the rows.
    func table(_ seconds: [Int: Double]) -> TextTable {
        var table = TextTable(
            columns: [
                .init("Row"), .init("What"), .init("Published"), .init("Ours [95 %]"), .init("Median"), .init("Wanted"),
                .init("Agrees"),
                .init("Lost"), .init("Seeds"), .init("Time", units: "s"),
            ])
        for finding in self {
            table.add([
                .number(Double(finding.row), decimals: 0), .text(finding.what), .quantity(finding.published),
                .quantity(finding.ours, low: finding.low, high: finding.high), .quantity(finding.median),
                .text(finding.criterion), .text(finding.verdict), .number(Double(finding.lost), decimals: 0),
                .number(Double(finding.seeds), decimals: 0), .number(seconds[finding.row], decimals: 0),
            ])
        }
        return table
    }
}
