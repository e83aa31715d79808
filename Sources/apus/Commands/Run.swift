import ArgumentParser
import Experiments
import Foundation

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the experiment that a configuration file describes.",
        discussion: """
            Writes report.html (opens offline), results.json, results.nc (CF conventions) and the learned models into
            the output folder, and the command with the times that it took into run.json. A run that was stopped goes
            on with --resume; a folder that holds a run is only used again with --force. The same seed gives the same
            numbers, bit for bit, with any number of threads. Observations that have come since are taken in with
            --continue: filters go on from where they were.

                apus run Examples/enso.yaml
                apus run Examples/co2.yaml --output /tmp/co2 --threads 1
            """)

    @Argument(help: "The configuration, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @OptionGroup
    var folder: FolderOptions

    @Option(help: "Threads to use; by default APUS_THREADS, or all processors.")
    var threads: Int?

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @Flag(help: "Print the results as JSON instead of tables.")
    var json = false

    @Flag(
        name: .customLong("continue"),
        help: "Of the kind assimilate: take in the observations that have come since the last run.")
    var goesOn = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads \(threads): expected at least 1") }
        if goesOn, folder.force { throw ValidationError("--continue and --force: expected one of them") }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let options = RunOptions(threads: try chosenThreads(), isQuiet: quiet)
            let file = try ExperimentFile(file)
            if goesOn, file.kind != .assimilate {
                throw InputError(
                    .usage, at: .init(self.file), "--continue of the kind \(file.kind.rawValue)",
                    expected: "an experiment of the kind assimilate, or --resume")
            }
            let claim = try folder.claim(goesOn: goesOn)
            let run = try file.run(output: folder.output, claim: claim, options: options)
            try run.show(asJSON: json)
        }
    }

    private func chosenThreads() throws(InputError) -> Int {
        if let threads { return threads }
        guard let text = ProcessInfo.processInfo.environment["APUS_THREADS"] else { return RunOptions().threads }
        guard let threads = Int(text), threads > 0 else {
            throw InputError(
                .usage, at: .init("APUS_THREADS"), "'\(text)'", expected: "a number of threads, at least 1")
        }
        return threads
    }
}

extension CompletedRun {
    /// Tables, conclusions and paths of files; or the results as JSON.
    func show(asJSON: Bool) throws(InputError) {
        for failure in failures { StandardStream.report("apus: figure: \(failure)") }
        if asJSON { return try StandardStream.line(String(decoding: results.json(), as: UTF8.self)) }
        let color = TerminalStyle.standardOutputHasColor
        for table in results.terminalTables { try StandardStream.line(table.rendered(color: color) + "\n") }
        if let times = times.table { try StandardStream.line(times.rendered(color: color) + "\n") }
        for sentence in results.verdict { try StandardStream.line("• \(sentence)") }
        try StandardStream.line(
            "\nReport:  \(folder)/report.html\nResults: \(folder)/results.json, \(folder)/results.nc")
    }
}
