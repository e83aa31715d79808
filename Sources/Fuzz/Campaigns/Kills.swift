import ArgumentParser
import Foundation

/// Kills runs at random moments, lets them go on, and compares with runs that nobody killed.
struct Kills: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kills", abstract: "Kills runs of every kind at random moments, and lets them go on.")

    @Option(help: "How many runs are killed.") var count = 100
    @Option(help: "Stop after so many faults.") var faults = 1

    func run() throws {
        let start = Date()
        var (killed, ended, found) = (0, 0, 0)
        let plans = try KillPlan.all.map { try KilledRun($0) }
        var random = SystemRandomNumberGenerator()
        for number in 0..<count where found < faults {
            let run = plans[number % plans.count]
            let (wasKilled, fault) = try run.check(&random)
            if wasKilled { killed += 1 } else { ended += 1 }
            if let fault {
                found += 1
                tellFault("\(run.plan.name): \(fault)")
            }
        }
        print(
            """
            \(killed + ended) runs in \(Int(Date().timeIntervalSince(start))) s, of \(plans.map(\.plan.name).joined(separator: ", ")): \
            \(killed) killed and resumed, \(ended) over before, \(found) that differ or fail
            """)
        if found > 0 { throw ExitCode(1) }
    }
}

/// A run that is quick.
struct KillPlan {
    let name: String
    let command: String
    let configuration: String

    static let all = [
        KillPlan(name: "forecast", command: "run", configuration: SampleText.forecast),
        KillPlan(name: "structural", command: "run", configuration: SampleText.structural),
        KillPlan(name: "assimilate", command: "run", configuration: SampleText.assimilate),
        KillPlan(
            name: "twin", command: "run",
            configuration: SampleText.twin.replacingOccurrences(of: "cycles: 60", with: "cycles: 2000")),
        KillPlan(
            name: "training", command: "train",
            configuration: SampleText.training.replacingOccurrences(of: "steps: 40", with: "steps: 2000")),
    ]

    /// All files that equal runs have in common, by their names.
    static func results(in folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let names = FileManager.default.enumerator(atPath: "\(folder)/out")?.compactMap { $0 as? String } ?? []
        for name in names {
            var isFolder: ObjCBool = false
            let path = "\(folder)/out/\(name)"
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if isFolder.boolValue || name.hasPrefix("stages") || name == "run.json" { continue }
            files[name] = try Data(contentsOf: URL(filePath: path))
        }
        return files
    }
}

/// The whole run of a plan, to which killed ones are compared.
struct KilledRun {
    let plan: KillPlan
    private let whole: [String: Data]
    private let seconds: Double

    init(_ plan: KillPlan) throws {
        self.plan = plan
        // The first run makes machine code that others find.
        var (contents, seconds): ([String: Data], Double) = ([:], 0)
        for _ in 0..<2 {
            let folder = try Self.folder(plan)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let ending = try Self.start(plan, folder).wait(seconds: 120)
            guard ending.status == 0 else { throw Fault("\(plan.name) fails: \(ending.errors)") }
            (contents, seconds) = (try KillPlan.results(in: folder), ending.seconds)
        }
        (whole, self.seconds) = (contents, seconds)
    }

    private static func folder(_ plan: KillPlan) throws -> String {
        let folder = try temporaryFolder("killed")
        try Data(plan.configuration.utf8).write(to: URL(filePath: "\(folder)/config.yaml"))
        try Data(SampleText.data.utf8).write(to: URL(filePath: "\(folder)/data.csv"))
        return folder
    }

    private static func start(_ plan: KillPlan, _ folder: String, _ more: String...) throws -> Subprocess {
        try Subprocess(Subprocess.tool, [plan.command, "config.yaml", "--quiet"] + more, in: folder)
    }

    /// Kills a run once or more often, and lets it end; the faults of its end.
    func check(_ random: inout SystemRandomNumberGenerator) throws -> (wasKilled: Bool, fault: String?) {
        let folder = try Self.folder(plan)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var wasKilled = false
        for kill in 0..<Int.random(in: 1...3, using: &random) {
            let run = try kill == 0 ? Self.start(plan, folder) : Self.start(plan, folder, "--resume")
            usleep(UInt32(Double.random(in: 0...1, using: &random) * seconds * 1e6))
            run.signal(SIGKILL)
            let ending = run.wait(seconds: 60)
            wasKilled = wasKilled || ending.isSignalled
            if !ending.isSignalled && ending.status != 0 {
                return (wasKilled, "status \(ending.status): \(ending.errors)")
            }
        }
        let ending = try Self.start(plan, folder, "--resume").wait(seconds: 120)
        guard ending.status == 0, !ending.isTooLate else {
            return (wasKilled, "resumed, status \(ending.status): \(ending.errors)")
        }
        let found = try KillPlan.results(in: folder)
        if Set(found.keys) != Set(whole.keys) { return (wasKilled, "the files are \(found.keys.sorted())") }
        if let name = found.keys.sorted().first(where: { found[$0] != whole[$0] }) {
            return (wasKilled, "\(name) differs")
        }
        return (wasKilled, nil)
    }
}
