import ArgumentParser
import Experiments
import Foundation

struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A method, model, surrogate or setting: parameters, requirements, reference. Also 'apus help NAME'.",
        discussion: """
            Printed from the values themselves; 'apus list' has the names.

                apus help letkf
                apus help sakov2008
                apus describe letkf --json
            """)

    @Argument(help: "The name.", completion: .list(Set(Described.all.map(\.name)).sorted()))
    var name: String

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let found = try Described.required(name)
            if json { return try StandardStream.line(found.count == 1 ? plainJSON(found[0]) : plainJSON(found)) }
            let texts = found.map { $0.text(color: TerminalStyle.standardOutputHasColor) }
            try StandardStream.line(texts.joined(separator: "\n\n"))
        }
    }
}
