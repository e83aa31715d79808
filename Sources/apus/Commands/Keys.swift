import ArgumentParser
import Experiments

struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "All keys of configurations: values, units, defaults. Also 'apus help keys'.",
        discussion: """
            Printed from the tables that check configurations.

                apus help keys                   of all kinds of experiment
                apus help keys twin              of one
                apus help keys forecast --json   for programs
            """)

    @Argument(help: "A kind of experiment; all by default.")
    var kind: String?

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "As a page in Markdown.")
    var markdown = false

    func validate() throws {
        if json && markdown { throw ValidationError("--json and --markdown exclude each other") }
        if let kind, ExperimentKind(rawValue: kind) == nil {
            let kinds = ExperimentKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no kind of experiment '\(kind)' (expected one of: \(kinds))")
        }
    }

    func run() throws {
        let kinds = kind.flatMap(ExperimentKind.init).map { [$0] } ?? ExperimentKind.allCases
        let text = json ? try KeyReference.json(kinds) : markdown ? KeyReference.page(kinds) : KeyReference.text(kinds)
        try reportingFaults { () throws(InputError) in
            try StandardStream.line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
    }
}
