import ArgumentParser
import Experiments
import Foundation

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Do experiments of the literature again and compare with their published numbers.",
        discussion: """
            Each row of the table is an experiment; its numbers are means over seeds, with 95 % intervals. What is
            done is kept in the output folder as soon as it is there, so that a run that was stopped goes on with
            --resume.

                apus reproduce classical
                apus reproduce learning
                apus reproduce learning --rows 1 3 --seeds 10 --json numbers.json
                apus reproduce learning --quick
                apus reproduce supervised --data FOLDER --json numbers.json
            """)

    @Argument(help: "Which collection of numbers: learning, classical or supervised.")
    var subject: ReproductionSubject

    @Option(parsing: .upToNextOption, help: "Only these rows of the table.")
    var rows: [Int] = []

    @Option(help: "How many seeds each number is the mean of.")
    var seeds: Int?

    @Flag(help: "Shorter experiments on fewer seeds: a look, whose numbers are rougher.")
    var quick = false

    @Option(
        help: "supervised: the folder of 'mnist' and 'fashion-mnist', four IDX files each.", completion: .directory)
    var data: String?

    @OptionGroup
    var folder: FolderOptions

    @Option(help: "Also write the numbers as JSON to this file.", completion: .file(extensions: ["json"]))
    var json: String?

    @Option(help: "Threads to use; by default all processors.")
    var threads: Int?

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    func validate() throws {
        if let seeds, seeds < 1 { throw ValidationError("--seeds \(seeds): expected at least 1") }
        if data != nil, subject != .supervised { throw ValidationError("--data: only of supervised") }
        if let threads, threads < 1 { throw ValidationError("--threads \(threads): expected at least 1") }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let count = seeds ?? (quick ? 2 : 5)
            let options = RunOptions(threads: threads ?? RunOptions().threads, isQuiet: quiet)
            let work = try Reproducing(
                subject, rows: rows.isEmpty ? nil : rows, seeds: count, isQuick: quick, data: data,
                options: options)
            let folder = try RunFolder(
                claiming: self.folder.output ?? "runs/reproduce-\(subject.rawValue)\(quick ? "-quick" : "")",
                fingerprint: "\(subject.rawValue)\(quick ? " quick" : "")", as: self.folder.claim())
            if let json { try AtomicFile.requireWritable(json) }
            let results = try work.run(in: folder)
            try folder.write(results.findings.json(), to: "findings.json")
            if let json { try AtomicFile.write(results.findings.json(), to: json) }
            try folder.finish()
            try StandardStream.line(results.table.rendered(color: TerminalStyle.standardOutputHasColor))
            for note in results.notes { try StandardStream.line("• \(note)") }
        }
    }
}

extension ReproductionSubject: ExpressibleByArgument {}
