import ArgumentParser
import Foundation

/// Reads inputs that are almost right, in processes that may trap, and counts.
struct FuzzInputs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inputs", abstract: "Reads inputs of every kind that are almost right.")

    @Option(help: "How many inputs.") var inputs = 100_000
    @Option(help: "Stop after so many seconds.") var seconds = 1800.0
    @Option(help: "Processes at the same time.") var processes = 2
    @Option(help: "The longest time for one input, in seconds of the processor.") var patience = 30.0
    @Option(help: "Stop after so many faults.") var faults = 1
    @Option(help: "Read only inputs of this kind, among so many: a number from 0 to 8.") var kind: Int?

    func run() throws {
        var random = SystemRandomNumberGenerator()
        let samples = try temporaryFolder("fuzz-samples")
        defer { try? FileManager.default.removeItem(atPath: samples) }
        // Nothing but readers is of interest: no compiler is waited for.
        setenv("APUS_COMPILER", "none", 0)
        let start = Date()
        try Samples.make(in: samples)
        var watched: [Watched] = []
        var (next, faultTexts, libraries) = (0, [String](), 0)
        let seed = random.next()
        func isOver() -> Bool { Date().timeIntervalSince(start) > seconds || faultTexts.count >= faults }
        var states: [SharedState] = []
        for number in 0..<processes {
            guard let state = SharedState("\(samples)/state-\(number)") else { throw Fault("the shared memory") }
            states.append(state)
        }
        var free = Array(states.indices)
        while !watched.isEmpty || (next < inputs && !isOver()) {
            while let slot = free.popLast() {
                guard next < inputs && !isOver() else { break }
                let count = min(500, inputs - next)
                watched.append(try Watched(slot, states[slot], samples, seed, next, count, kind))
                next += count
            }
            usleep(20_000)
            for index in watched.indices.reversed() {
                if isOver() { watched[index].stop() }
                guard let ending = watched[index].ending(patience: patience, isOver: isOver()) else { continue }
                let slot = watched[index].slot
                switch ending {
                case .complete: break
                case .library: libraries += 1
                case .fault(let text):
                    faultTexts.append(text)
                    tellFault("\(text)")
                }
                let rest = watched[index].rest
                watched.remove(at: index)
                if rest.count > 0 && !isOver() {
                    watched.append(try Watched(slot, states[slot], samples, seed, rest.first, rest.count, kind))
                } else {
                    free.append(slot)
                }
            }
        }
        report(states, libraries, faultTexts, Date().timeIntervalSince(start))
        if !faultTexts.isEmpty { throw ExitCode(1) }
    }

    private func report(_ states: [SharedState], _ libraries: Int, _ faults: [String], _ seconds: Double) {
        for kind in InputKind.allCases {
            func sum(_ count: SharedState.Count) -> Int { states.reduce(0) { $0 + Int($1[kind, count]) } }
            let (refused, read) = (sum(.refused), sum(.read))
            let slowest = states.max { $0[kind, .longest] < $1[kind, .longest] }
            print(
                "\(kind.name): \(refused + read) inputs, \(refused) refused in one line, \(read) read; "
                    + "\(sum(.time) / max(1, refused + read) / 1000) ms of the processor each, at most "
                    + "\((slowest?[kind, .longest] ?? 0) / 1000) ms (seed \(slowest?[kind, .seedOfLongest] ?? 0))")
        }
        let processor = states.reduce(0) { sum, state in
            InputKind.allCases.reduce(sum) { $0 + Double(state[$1, .time]) / 1e6 }
        }
        let all = states.reduce(0) { sum, state in
            InputKind.allCases.reduce(sum) { $0 + Int(state[$1, .refused] + state[$1, .read]) }
        }
        let ended = libraries + states.reduce(0) { $0 + Int($1[.libraryFaults]) }
        print(
            "\(all + libraries + faults.count) inputs in \(Int(seconds)) s and \(Int(processor)) s of the processor, \(faults.count) faults of the program; \(ended) that ended or stopped another library"
        )
    }
}

/// A process that reads a part of the inputs, and how far it is.
private struct Watched {
    let slot: Int
    private let state: SharedState
    private let process: Subprocess
    private let first: Int
    private let count: Int
    private let doneBefore: UInt64
    /// The input under way, and when it began: by the clock, and by the time of the process.
    private var seen: (done: UInt64, since: Date, used: Double)

    init(
        _ slot: Int, _ state: SharedState, _ samples: String, _ seed: UInt64, _ first: Int, _ count: Int, _ kind: Int?
    ) throws {
        (self.slot, self.state, self.first, self.count) = (slot, state, first, count)
        state[.isInLibrary] = 0
        (doneBefore, seen) = (state[.done], (state[.done], Date(), 0))
        process = try Subprocess(
            Subprocess.itself,
            ["batch", samples, "\(samples)/state-\(slot)", "\(seed)", "\(first)", "\(count)"]
                + (kind.map { ["--kind", "\($0)"] } ?? []),
            in: samples)
    }

    enum Ending {
        case complete, library
        case fault(String)
    }

    func stop() { process.signal(SIGKILL) }

    /// The inputs after the one at which it ended.
    var rest: (first: Int, count: Int) {
        let done = Int(state[.done] - doneBefore) + 1
        return (first + done, count - done)
    }

    /// How it ended; nil while it goes on.
    mutating func ending(patience: Double, isOver: Bool) -> Ending? {
        let done = state[.done]
        if done != seen.done { seen = (done, Date(), process.processorSeconds) }
        // A process that others keep waiting does not use the processor; other programs may keep it from that, too.
        let passed = max(process.processorSeconds - seen.used, Date().timeIntervalSince(seen.since) / 6)
        let isLate = process.isRunning && passed > patience
        if process.isRunning && !isLate { return nil }
        if isLate { process.signal(SIGKILL) }
        let ending = process.wait(seconds: .infinity)
        if isOver || (!ending.isSignalled && ending.status == 0) { return .complete }
        if state[.isInLibrary] == 1 { return .library }
        var random = Generator(seed: state[.seed])
        let kind = InputKind(&random)
        let line = ending.errors.split(separator: "\n").first.map { String($0.prefix(300)) } ?? ""
        let how =
            isLate
            ? "nothing for \(Int(patience)) s"
            : ending.isSignalled ? "signal \(ending.status)" : "status \(ending.status)"
        return .fault("\(kind.name), seed \(state[.seed]): \(how) \(line)")
    }
}
