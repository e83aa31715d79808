import ArgumentParser
import Foundation

/// Campaigns against the program by itself: inputs that are almost right, settings that are absurd,
/// runs that are killed.
///
/// Each counts, and fails at the first fault of the program: a trap, a hang, an error of more than one line, a number
/// that is none among the observations, memory without bound, a result that differs.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Fuzz", abstract: "Tries to break apus.",
        subcommands: [FuzzInputs.self, FuzzBatch.self, FuzzReplay.self, AbsurdSettings.self, Kills.self])
}

/// Tells a fault at once, also where the output is a file and the campaign goes on for long.
func tellFault(_ text: String) { FileHandle.standardOutput.write(Data("fault: \(text)\n".utf8)) }
