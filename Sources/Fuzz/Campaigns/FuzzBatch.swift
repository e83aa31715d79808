import ArgumentParser
import Experiments
import Foundation

/// Reads some inputs, one after the other; started by the campaign.
struct FuzzBatch: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "batch", shouldDisplay: false)

    @Argument var samples: String
    @Argument var state: String
    @Argument var seed: UInt64
    @Argument var first: Int
    @Argument var count: Int
    @Option var kind: Int?

    func run() throws {
        guard let state = SharedState(state) else { throw Fault("the shared memory") }
        limitMemory()
        let folder = try temporaryFolder("fuzz-batch")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = Workplace(folder: folder, samples: try Samples(in: samples)) { state[.isInLibrary] = $0 ? 1 : 0 }
        for number in first..<(first + count) {
            let own = Self.seed(of: number, seed)
            state[.seed] = own
            if kind.map({ $0 == Self.kind(of: own).rawValue }) ?? true { try Self.read(own, place, state) }
            state[.done] += 1
        }
    }

    /// The seed of an input of a campaign.
    static func seed(of number: Int, _ seed: UInt64) -> UInt64 {
        var generator = Generator(seed: seed &+ UInt64(number) &* 0xD129_0D3A_25F1_B2C5)
        return generator.next()
    }

    private static func kind(of seed: UInt64) -> InputKind {
        var random = Generator(seed: seed)
        return InputKind(&random)
    }

    /// Reads the input of a seed; an error must be one line with a status for it.
    static func read(_ seed: UInt64, _ place: Workplace, _ state: SharedState) throws {
        var random = Generator(seed: seed)
        let kind = InputKind(&random)
        let start = clock()
        defer { state.add(time: UInt64(max(0, clock() - start)), of: kind, seed: seed) }
        do {
            try kind.read(&random, in: place)
            state[kind, .read] += 1
        } catch let error as InputError {
            let text = error.description
            state[kind, .refused] += 1
            if text.contains(where: \.isNewline) { throw Fault("an error of more than one line") }
            if text.utf8.count > 20_000 { throw Fault("an error of \(text.utf8.count) bytes") }
            if !(64...78).contains(error.kind.exitStatus) { throw Fault("a status of \(error.kind.exitStatus)") }
            if text.contains("the NetCDF library") || text.contains("reading the NetCDF file") {
                state[.libraryFaults] += 1
            }
        }
    }

    /// Two gigabytes beyond the program's own.
    private func limitMemory() {
        let pages =
            (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)).flatMap { Int($0.prefix { $0 != " " }) }
            ?? 0
        let most = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)) + 2 << 30)
        var limit = rlimit(rlim_cur: most, rlim_max: most)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }
}

/// Reads the input of one seed again.
struct FuzzReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Reads the input of one seed again; keeps it in the folder 'fuzz-replay'.")

    @Argument var seed: UInt64

    func run() throws {
        let samples = try temporaryFolder("fuzz-samples")
        defer { try? FileManager.default.removeItem(atPath: samples) }
        try Samples.make(in: samples)
        let folder = "fuzz-replay"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let place = Workplace(folder: folder, samples: try Samples(in: samples)) { _ in }
        var random = Generator(seed: seed)
        let kind = InputKind(&random)
        print(kind.name)
        do { try kind.read(&random, in: place) } catch let error as InputError { print(error.description) }
    }
}
