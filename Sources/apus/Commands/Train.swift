import ArgumentParser
import Experiments
import Foundation

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the forecast models and methods of an experiment that learn, and save them.",
        discussion: """
            Training sees truths that no test sees; those of an assimilation are drawn from its model, with the times,
            places, errors and gaps of its observations. Models go to models/ in the output folder as safetensors with a
            description in JSON, learning curves to tensorboard/. What is done is kept every few seconds: stopped at
            any moment, --resume goes on to the same bits. 'apus run FILE --resume' then tests what was trained.

                apus train Examples/learned.yaml
                apus train Examples/learned.yaml --resume
            """)

    @Argument(help: "The configuration ('twin' or 'assimilate').", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @OptionGroup
    var folder: FolderOptions

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let trained = try ExperimentFile(file).train(
                output: folder.output, claim: folder.claim(), options: RunOptions(isQuiet: quiet))
            try StandardStream.line(trained.table.rendered(color: TerminalStyle.standardOutputHasColor))
            try StandardStream.line("Models: \(trained.folder)/models")
        }
    }
}
