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

            apus help keys tells every key of a configuration, apus help letkf the parameters of a method.
            Faults of input end with one line on standard error and a status of sysexits.h (64 to 78).
            Shell completions: apus --generate-completion-script bash|zsh|fish
            """,
        version: ApusVersion.text,
        subcommands: [
            Run.self, Train.self, Compare.self, Reproduce.self, List.self, Describe.self, Keys.self, Explain.self,
            Forecast.self, Watch.self, Predict.self,
        ])
}

extension Apus {
    /// Like the default, except that a fault of usage is one line as every other fault.
    static func main() {
        StandardStream.prepare()
        do {
            var command = try parseAsRoot(understood(Array(CommandLine.arguments.dropFirst())))
            try command.run()
        } catch {
            Foundation.exit(status(after: error))
        }
    }

    /// 'apus help keys' is the command 'keys', and 'apus help letkf' is 'apus describe letkf'.
    private static func understood(_ words: [String]) -> [String] {
        guard words.first == "help", let name = words.dropFirst().first else { return words }
        if name == "keys" { return Array(words.dropFirst()) }
        return Described.named(name).isEmpty ? words : ["describe"] + words.dropFirst()
    }

    /// Reports the end of the command: help and other answers on standard output, a fault of usage on one line.
    private static func status(after error: any Error) -> Int32 {
        // An exit code alone has been reported already.
        if let code = error as? ExitCode { return code.rawValue }
        let code = exitCode(for: error)
        if code == .success {
            return reported { () throws(InputError) in try StandardStream.line(fullMessage(for: error)) }
        }
        let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        StandardStream.report("apus: \(message) (see 'apus --help')")
        return code == .validationFailure ? InputError.Kind.usage.exitStatus : code.rawValue
    }
}

/// Runs a command's work; a fault of the world becomes one line on standard error and its exit status.
func reportingFaults(_ work: () throws(InputError) -> Void) throws {
    let status = reported(work)
    if status != 0 { throw ExitCode(status) }
}

/// The exit status of the work, whose fault, if any, is reported.
private func reported(_ work: () throws(InputError) -> Void) -> Int32 {
    do {
        try work()
        return 0
    } catch {
        StandardStream.report("apus: \(error.description)")
        return error.kind.exitStatus
    }
}

/// A value of texts as JSON for readers.
func plainJSON(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(value) else { preconditionFailure("texts that are not JSON") }
    return String(decoding: data, as: UTF8.self)
}
