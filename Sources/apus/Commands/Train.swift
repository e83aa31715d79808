import ArgumentParser
import Experiments
import Foundation

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the forecast models and methods of a twin experiment that learn, and save them.",
        discussion: """
            Training sees truths that no test sees. Models go to models/ in the output folder as safetensors with a description in
            JSON, learning curves to tensorboard/. What is done is kept every few seconds: stopped at any moment, --resume goes on
            to the same bits. 'apus run FILE --resume' then tests what was trained.

                apus train Examples/learned.yaml
                apus train Examples/learned.yaml --resume
            """)

    @Argument(help: "The configuration, of kind 'twin'.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(name: .shortAndLong, help: "The folder of the models.", completion: .directory)
    var output: String?

    @Flag(help: "Go on with a training that was stopped.")
    var resume = false

    @Flag(help: "Train even if the folder holds a run; it is replaced.")
    var force = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    func validate() throws {
        if resume && force { throw ValidationError("--resume and --force exclude each other") }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let trained = try ExperimentFile(file).train(
                output: output, claim: resume ? .resume : force ? .force : .new, options: RunOptions(isQuiet: quiet))
            print(trained.table.rendered(color: TerminalStyle.standardOutputHasColor))
            print("Models: \(trained.folder)/models")
        }
    }
}
