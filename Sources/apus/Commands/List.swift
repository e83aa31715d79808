import ArgumentParser
import Experiments
import Foundation
import Studies

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List models, kinds of experiment and methods.")

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let sections = Catalog.sections
        try reportingFaults { () throws(InputError) in
            if json { return try StandardStream.line(plainJSON(sections)) }
            for (i, section) in sections.enumerated() {
                var table = TextTable(title: section.title, columns: [.init("Name"), .init("What")])
                for entry in section.entries { table.add([.text(entry.name), .text(entry.what)]) }
                try StandardStream.line(
                    (i == 0 ? "" : "\n") + table.rendered(color: TerminalStyle.standardOutputHasColor))
            }
        }
    }
}
