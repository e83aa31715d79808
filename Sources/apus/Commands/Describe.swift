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

    @Argument(help: "The name.", completion: .list(Described.all.map(\.name)))
    var name: String

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let found = try Described.required(name)
            try StandardStream.line(
                json ? plainJSON(found) : found.text(color: TerminalStyle.standardOutputHasColor))
        }
    }
}
