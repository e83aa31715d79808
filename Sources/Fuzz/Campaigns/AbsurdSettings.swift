import ArgumentParser
import Foundation

/// Runs the tool with settings that nobody means, with limits of time and memory.
struct AbsurdSettings: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Runs the tool with absurd values of every setting.")

    @Option(help: "How many settings.") var count = 300
    @Option(help: "The longest time for one without progress, in seconds of the processor.") var seconds = 20.0
    @Option(help: "The most memory for one, in gigabytes of addresses.") var memory = 3
    @Option(help: "Stop after so many faults.") var faults = 1
    @Option(help: "Only the setting of this seed.") var seed: UInt64?

    private struct Counts {
        var (refused, complete, underWay, faults) = (0, 0, 0, 0)
        var slowest = 0.0
    }

    func run() throws {
        var (counts, start, random) = (Counts(), Date(), SystemRandomNumberGenerator())
        // Each campaign goes through keys and values from another place on.
        let first = UInt64.random(in: 0..<4096, using: &random)
        for number in 0..<(seed == nil ? count : 1) where counts.faults < faults {
            let own = seed ?? (random.next() << 12 | (first + UInt64(number)) & 0xFFF)
            var generator = Generator(seed: own)
            let setting = AbsurdSetting(&generator, number: Int(own & 0xFFF))
            let (ending, kept) = try run(setting)
            counts.slowest = max(counts.slowest, ending.seconds)
            switch Self.judgement(ending, kept) {
            case .refused: counts.refused += 1
            case .complete: counts.complete += 1
            case .underWay: counts.underWay += 1
            case .fault(let text):
                counts.faults += 1
                tellFault("seed \(own), \(setting.text.prefix(200)): \(text)")
            }
            if seed != nil {
                print(ending.errors.prefix(1000), "\nin", kept)
            } else {
                try? FileManager.default.removeItem(atPath: kept)
            }
        }
        start = min(start, Date())
        print(
            """
            \(counts.refused + counts.complete + counts.underWay + counts.faults) absurd settings in \(Int(Date().timeIntervalSince(start))) s: \
            \(counts.refused) refused in one line, \(counts.complete) complete, \(counts.underWay) under way \
            with progress after \(Int(seconds)) s of the processor, \(counts.faults) faults; the longest took \(Int(counts.slowest)) s
            """)
        if counts.faults > 0 { throw ExitCode(1) }
    }

    private enum Judgement {
        /// In one line, with a status for it.
        case refused
        case complete
        /// It went on from one line of progress to another.
        case underWay
        case fault(String)
    }

    private static func judgement(_ ending: Subprocess.Ending, _ folder: String) -> Judgement {
        let lines = lines(ending.errors)
        let first = lines.others.first?.prefix(300) ?? ""
        if ending.isTooLate {
            return isMoving(ending.errors) ? .underWay : .fault("no progress: \(lines.progress) lines \(first)")
        }
        if ending.isSignalled { return .fault("signal \(ending.status) \(first)") }
        if ending.status == 0 && lines.others.allSatisfy({ $0.contains(": warning: ") }) {
            let results = FileManager.default.contents(atPath: "\(folder)/out/results.json")
            return results.flatMap { ResultNumbers.silentGap(in: $0) }.map { .fault($0) } ?? .complete
        }
        if (64...78).contains(ending.status) && lines.others.count == 1 && lines.others[0].utf8.count < 20_000 {
            return .refused
        }
        return .fault("status \(ending.status), \(lines.others.count) lines: \(first)")
    }

    private func run(_ setting: AbsurdSetting) throws -> (Subprocess.Ending, folder: String) {
        let folder = try temporaryFolder("absurd")
        try Data(setting.configuration.utf8).write(to: URL(filePath: "\(folder)/config.yaml"))
        try Data(SampleText.data.utf8).write(to: URL(filePath: "\(folder)/data.csv"))
        let process = try Subprocess(
            Subprocess.tool, [setting.command, "config.yaml", "--output", "out"], in: folder, memory: memory << 30)
        return (process.wait(seconds: seconds, until: Self.isMoving), folder)
    }

    /// Whether there are two lines of progress: a run that stands still after its first step has one.
    private static func isMoving(_ errors: String) -> Bool { lines(errors).progress > 1 }

    /// How many lines are progress, and the others.
    private static func lines(_ errors: String) -> (progress: Int, others: [String]) {
        let lines = errors.split(separator: "\n").map(String.init)
        let others = lines.filter { !$0.contains(" elapsed") && !$0.contains(": done in ") }
        return (lines.count - others.count, others)
    }
}
