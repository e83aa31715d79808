import ArgumentParser
import Experiments
import Foundation

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare methods of assimilation on a setting, all under one protocol.",
        discussion: """
            Takes the setting and the methods of a configuration of kind 'twin', or the name of a published setting; of
            a configuration of kind 'assimilate' its methods, which are judged by observations that are withheld.
            Each method is tuned on seeds of tuning with the same budget; scores are of test seeds that nothing else
            has seen, with 95 % intervals. What 'apus train' or a comparison that was stopped has left in the folder
            is used, with or without --resume; results of other methods, seeds or configurations are only replaced
            with --force.

                apus compare Examples/lorenz96.yaml
                apus compare Examples/lorenz96.yaml --methods etkf,letkf --seeds 10
                apus compare sakov2008 --methods 3dvar,etkf
            """)

    @Argument(
        help: "A configuration of kind 'twin' or 'assimilate', or the name of a published setting ('apus list').",
        completion: .file(extensions: ["yaml", "yml"]))
    var setting: String

    @Option(help: "Only these methods, by their names in the configuration, with commas between them.")
    var methods: String?

    @Option(help: "How many test seeds.")
    var seeds: Int?

    @OptionGroup
    var folder: FolderOptions

    @Option(help: "Threads to use; by default all processors.")
    var threads: Int?

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @Flag(help: "Print the results as JSON instead of a table.")
    var json = false

    func validate() throws {
        if let seeds, seeds < 1 { throw ValidationError("--seeds \(seeds): expected at least 1") }
        if let threads, threads < 1 { throw ValidationError("--threads \(threads): expected at least 1") }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let names = methods.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
            let options = RunOptions(threads: threads ?? RunOptions().threads, isQuiet: quiet)
            let comparison = try Comparison(setting, methods: names, seeds: seeds)
            let run = try comparison.run(
                output: folder.output, claim: folder.claim(goesOn: true), options: options)
            try run.show(asJSON: json)
        }
    }
}
