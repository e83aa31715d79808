import ArgumentParser
import Experiments
import Foundation
import Studies

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List models, kinds of experiment and methods.")

    @Flag(help: "As JSON, with parameters, requirements and published scores.")
    var json = false

    private struct Everything: Encodable {
        let sections: [Catalog.Section]
        /// Methods, models, surrogates and settings, as 'apus describe NAME --json' has them.
        let described: [Described]
    }

    func run() throws {
        let sections = Catalog.sections
        try reportingFaults { () throws(InputError) in
            if json {
                return try StandardStream.line(
                    plainJSON(Everything(sections: sections, described: Described.all)))
            }
            for (i, section) in sections.enumerated() {
                var table = TextTable(title: section.title, columns: [.init("Name"), .init("What")])
                for entry in section.entries { table.add([.text(entry.name), .text(entry.what)]) }
                try StandardStream.line(
                    (i == 0 ? "" : "\n") + table.rendered(color: TerminalStyle.standardOutputHasColor))
            }
        }
    }
}
