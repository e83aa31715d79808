import ArgumentParser
import Experiments

/// The folder of a run, and the permitted changes of a run in it.
struct FolderOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: "The folder of the results; by default the one that the configuration names.",
        completion: .directory)
    var output: String?

    @Flag(help: "Go on with a run that was stopped.")
    var resume = false

    @Flag(help: "Run even if the folder holds a run; its results are replaced when the new ones are whole.")
    var force = false

    @Flag(help: "With --resume: go on even if another build of Apus began the run; results are then those of both.")
    var otherProgram = false

    func validate() throws {
        if resume && force { throw ValidationError("--resume and --force exclude each other") }
        if otherProgram && force { throw ValidationError("--other-program and --force exclude each other") }
    }

    /// - Parameter goesOn: whether a run of the same configuration goes on without `--resume`.
    func claim(goesOn: Bool = false) throws(InputError) -> RunFolder.Claim {
        guard resume || goesOn || !otherProgram else {
            throw InputError(.usage, at: .init("--other-program"), "nothing is resumed", expected: "--resume with it")
        }
        if force { return .force }
        if otherProgram { return .resumeOfOtherProgram }
        return resume || goesOn ? .resume : .new
    }
}
