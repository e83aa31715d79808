/// The file `run.json` of a run's folder: which run it holds, and what differs between runs of equal results.
struct RunMarker: Codable, Sendable, Equatable {
    static let fileName = "run.json"

    /// The configuration and the input.
    var fingerprint: String
    /// The part of the configuration that the results are about; nil: all of it.
    var subject: String?
    var program: ProgramIdentity
    /// Programs that have done a part of the run before this one.
    var otherPrograms: [ProgramIdentity] = []
    var isFinished = false
    /// The command that began or finished the run, with paths as they were typed.
    var command: [String] = []
    var times = RunTimes()
    /// The libraries of linear algebra that computed a part of the run, with the kind of processor whose kernels they
    /// used.
    var linearAlgebra: [String] = []
}

/// How long parts of a run took: numbers that differ between runs of equal results, and therefore stand in `run.json`
/// alone.
public struct RunTimes: Codable, Sendable, Equatable {
    /// Seconds of computation by stage: a training, a row of a reproduction.
    public var seconds: [String: Double] = [:]
    /// Analyses and forecasts in a second, by method.
    public var cyclesPerSecond: [String: Double] = [:]
    /// The number of cycles after which training has cost less than the fastest untrained method that is no worse, by
    /// method.
    public var cyclesUntilTrainingPays: [String: Double] = [:]
    /// The reasons why programs were interpreted, not run as machine code.
    public var interpretation: [String] = []

    public init() {}
}

/// The contents of a folder's marker.
enum EarlierRun {
    case none
    case run(RunMarker)
    /// Of version 0.1.0, whose stages have no checksums.
    case ofEarlierVersion
    /// A file of this name that is no marker.
    case unknown

    init(in folder: String) throws(InputError) {
        let file = FilePath.join(folder, RunMarker.fileName)
        guard FilePath.exists(file) else {
            self = .none
            return
        }
        let bytes = try InputFile.bytes(file)
        struct Old: Decodable {
            var fingerprint: String
        }
        if let marker: RunMarker = ExactJSON.decode(from: bytes) {
            self = .run(marker)
        } else {
            self = ExactJSON.decode(Old.self, from: bytes) == nil ? .unknown : .ofEarlierVersion
        }
    }
}

extension RunMarker {
    /// Whether the run goes on from what the folder holds; false: it begins in a folder that it may use.
    ///
    /// - Parameter path: names the folder in errors.
    func goesOn(from earlier: EarlierRun, as claim: RunFolder.Claim, in path: String) throws(InputError) -> Bool {
        func refusal(_ problem: String, _ ways: String = "--force or another folder") -> InputError {
            InputError(.cannotCreate, at: .init(path), problem, expected: ways)
        }
        switch (claim, earlier) {
        case (.force, _), (_, .none): return false
        case (.new, .run(let other)) where other.fingerprint == fingerprint:
            throw refusal("the folder already holds this run", "--resume, --force or another folder")
        case (.new, _): throw refusal("the folder already holds another run")
        case (_, .ofEarlierVersion): throw refusal("the folder holds a run of an earlier version of Apus")
        case (_, .unknown): throw refusal("the folder holds another run")
        case (_, .run(let other)):
            guard other.fingerprint == fingerprint else {
                throw refusal("the folder holds a run with another configuration or input")
            }
            guard other.subject == subject || !other.isFinished else {
                throw refusal("the folder holds results of this configuration for other methods or seeds")
            }
            guard other.program == program || claim == .resumeOfOtherProgram else {
                throw refusal(
                    "the folder holds a run of another program (\(other.program)) than this one (\(program))",
                    "--resume with --other-program to go on all the same, --force or another folder")
            }
            return true
        }
    }
}
