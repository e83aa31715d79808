import ArgumentParser
import Foundation

/// Runs the tool with settings that nobody means, with limits of time and memory.
struct AbsurdSettings: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Runs the tool with absurd values of every setting.")

    @Option(help: "How many settings.") var count = 300
    @Option(help: "The longest time for one, in seconds.") var seconds = 20.0
    @Option(help: "The most memory for one, in gigabytes of addresses.") var memory = 3
    @Option(help: "Stop after so many faults.") var faults = 1
    @Option(help: "Only the setting of this seed.") var seed: UInt64?

    private struct Counts {
        var (refused, complete, underWay, faults) = (0, 0, 0, 0)
        var slowest = 0.0
    }

    func run() throws {
        var (counts, start, random) = (Counts(), Date(), SystemRandomNumberGenerator())
        for number in 0..<(seed == nil ? count : 1) where counts.faults < faults {
            let own = seed ?? (random.next() << 12 | UInt64(number))
            var generator = Generator(seed: own)
            let setting = AbsurdSetting(&generator, number: Int(own & 0xFFF))
            let (ending, kept) = try run(setting)
            counts.slowest = max(counts.slowest, ending.seconds)
            let (progress, lines) = Self.lines(ending.errors)
            if ending.isTooLate && progress > 0 {
                counts.underWay += 1
            } else if ending.isTooLate || ending.isSignalled {
                fault(
                    own, setting,
                    ending.isTooLate
                        ? "nothing for \(Int(6 * seconds)) s" : "signal \(ending.status) \(lines.first ?? "")",
                    &counts)
            } else if ending.status == 0 && lines.isEmpty {
                counts.complete += 1
            } else if (64...78).contains(ending.status) && lines.count == 1 && lines[0].utf8.count < 20_000 {
                counts.refused += 1
            } else {
                fault(
                    own, setting, "status \(ending.status), \(lines.count) lines: \(lines.first?.prefix(300) ?? "")",
                    &counts)
            }
            if seed != nil {
                print(lines.joined(separator: "\n").prefix(1000), "\nin", kept)
            } else {
                try? FileManager.default.removeItem(atPath: kept)
            }
        }
        start = min(start, Date())
        print(
            """
            \(counts.refused + counts.complete + counts.underWay + counts.faults) absurd settings in \(Int(Date().timeIntervalSince(start))) s: \
            \(counts.refused) refused in one line, \(counts.complete) complete, \(counts.underWay) under way after \(Int(seconds)) s \
            with progress, \(counts.faults) faults; the longest took \(Int(counts.slowest)) s
            """)
        if counts.faults > 0 { throw ExitCode(1) }
    }

    private func fault(_ seed: UInt64, _ setting: AbsurdSetting, _ text: String, _ counts: inout Counts) {
        counts.faults += 1
        tellFault("seed \(seed), \(setting.text.prefix(200)): \(text)")
    }

    private func run(_ setting: AbsurdSetting) throws -> (Subprocess.Ending, folder: String) {
        let folder = try temporaryFolder("absurd")
        try Data(setting.configuration.utf8).write(to: URL(filePath: "\(folder)/config.yaml"))
        try Data(SampleText.data.utf8).write(to: URL(filePath: "\(folder)/data.csv"))
        let process = try Subprocess(
            Subprocess.tool, ["run", "config.yaml", "--output", "out"], in: folder, memory: memory << 30)
        // Progress is told of parts of a run; of a long first one not within the time.
        return (process.wait(seconds: seconds, orProgressWithin: 6 * seconds), folder)
    }

    /// How many lines are progress, and the others.
    private static func lines(_ errors: String) -> (progress: Int, others: [String]) {
        let lines = errors.split(separator: "\n").map(String.init)
        let others = lines.filter { !$0.contains(" elapsed") && !$0.contains(": done in ") }
        return (lines.count - others.count, others)
    }
}
