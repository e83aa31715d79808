import ArgumentParser
import Experiments
import Foundation

/// The command-line tool; each command is a file in `Commands/`.
@main
struct Apus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus",
        abstract: "Machine learning in data assimilation: learn a forecast, assimilate with it, judge it.",
        discussion: """
            Start with an example:

                apus run Examples/enso.yaml          learn the tropical Pacific and forecast it
                apus compare sakov2008               filters on a setting of the literature
                apus explain lorenz96 --adjoint      see a model's program, tangent and adjoint

            apus help keys tells every key of a configuration.
            Faults of input end with one line on standard error and a status of sysexits.h (64 to 78).
            Shell completions: apus --generate-completion-script bash|zsh|fish
            """,
        version: ApusVersion.text,
        subcommands: [Run.self, Train.self, Compare.self, Reproduce.self, List.self, Keys.self, Explain.self, Forecast.self])
}

extension Apus {
    /// Like the default, except that a fault of usage is one line as every other fault.
    static func main() {
        do {
            // 'apus help keys' is the command 'keys', whose help is 'apus keys --help'.
            let words = Array(CommandLine.arguments.dropFirst())
            var command = try parseAsRoot(words.starts(with: ["help", "keys"]) ? Array(words.dropFirst()) : words)
            try command.run()
        } catch {
            // An exit code alone has been reported already.
            guard !(error is ExitCode), exitCode(for: error) == .validationFailure else { exit(withError: error) }
            let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            FileHandle.standardError.write(Data("apus: \(message) (see 'apus --help')\n".utf8))
            exit(withError: ExitCode(InputError.Kind.usage.exitStatus))
        }
    }
}

/// Runs a command's work; a fault of the world becomes one line on standard error and its exit status.
func reportingFaults(_ work: () throws(InputError) -> Void) throws {
    do {
        try work()
    } catch {
        FileHandle.standardError.write(Data("apus: \(error.description)\n".utf8))
        throw ExitCode(error.kind.exitStatus)
    }
}
