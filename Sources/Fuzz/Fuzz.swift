import ArgumentParser

/// Campaigns against the program by itself: inputs that are almost right, settings that are absurd, runs that are killed.
///
/// Each counts, and fails at the first fault of the program: a trap, a hang, an error of more than one line, a number that is none
/// among the observations, memory without bound, a result that differs.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Fuzz", abstract: "Tries to break apus.",
        subcommands: [FuzzInputs.self, FuzzBatch.self, FuzzReplay.self, AbsurdSettings.self, Kills.self])
}
