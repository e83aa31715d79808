import ArgumentParser
import Experiments
import Foundation

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Assimilate observations as they come.",
        discussion: """
            Runs an experiment of the kind assimilate whenever one of its tables has changed, as 'apus run --continue'
            does, and rewrites latest.json (the last states and parameters) beside results and report. A table that
            cannot be read is told and tried again at the next look. Ends with Ctrl-C.

                apus watch Examples/lake.yaml --interval 60
            """)

    @Argument(help: "The configuration, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The folder of the results, in place of that of the configuration.")
    var output: String?

    @Option(help: "Seconds between two looks at the tables.")
    var interval = 10.0

    @Option(help: "Ends after so many looks.")
    var looks: Int?

    func validate() throws {
        guard interval > 0, interval <= 86_400 else {
            throw ValidationError("--interval \(interval): expected more than 0 and at most 86400 seconds")
        }
        if let looks, looks < 1 { throw ValidationError("--looks \(looks): expected at least 1") }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let watch = try WatchedExperiment(file, output: output)
            var look = 0
            while true {
                if let line = try watch.look(isFirst: look == 0) { try StandardStream.line(line) }
                look += 1
                if look == looks { break }
                Thread.sleep(forTimeInterval: interval)
            }
        }
    }
}
