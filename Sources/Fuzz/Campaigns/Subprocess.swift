import Foundation

/// A program under way, whose output goes to files.
final class Subprocess {
    struct Ending {
        let status: Int32
        let isSignalled: Bool
        let isTooLate: Bool
        let output: String
        let errors: String
        let seconds: Double
    }

    private let process = Process()
    private let files: (output: String, errors: String)
    private let start = Date()

    /// The tool: beside this program, or named by the environment.
    static var tool: String { ProcessInfo.processInfo.environment["FUZZ_TOOL"] ?? beside("apus") }
    static var itself: String { beside("Fuzz") }

    private static func beside(_ name: String) -> String {
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: path).deletingLastPathComponent().appending(path: name).path
    }

    /// - Parameter memory: the most bytes of addresses; nil: as many as it likes.
    init(_ program: String, _ arguments: [String], in folder: String, memory: Int? = nil) throws {
        let name = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)").path
        files = ("\(name).out", "\(name).err")
        for file in [files.output, files.errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        // The shell sets the limits and becomes the program. What outlives the campaign ends some time.
        let limits = "ulimit -c 0; ulimit -t 900; " + (memory.map { "ulimit -v \($0 / 1024); " } ?? "")
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\(limits)exec \"$0\" \"$@\"", program] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files.output)
        process.standardError = FileHandle(forWritingAtPath: files.errors)
        try process.run()
    }

    deinit { for file in [files.output, files.errors] { unlink(file) } }

    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { if process.isRunning { kill(process.processIdentifier, number) } }

    /// Seconds of the processor that it has used by itself; 0 after its end.
    var processorSeconds: Double {
        var (number, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(process.processIdentifier, &number) == 0, clock_gettime(number, &time) == 0 else {
            return 0
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Waits for its end.
    ///
    /// It is killed after so many seconds of the processor, or six times as many of the clock, as soon as its errors
    /// are enough; after another six times as many in any case. Others that run beside it make no run late.
    func wait(seconds: Double, until isEnough: (String) -> Bool = { _ in true }) -> Ending {
        var isTooLate = false
        while process.isRunning {
            let passed = max(processorSeconds, Date().timeIntervalSince(start) / 6)
            if !isTooLate && passed > seconds && (passed > 6 * seconds || isEnough(text(files.errors))) {
                isTooLate = true
                signal(SIGKILL)
            }
            usleep(isTooLate ? 1000 : 5000)
        }
        process.waitUntilExit()
        return Ending(
            status: process.terminationStatus, isSignalled: process.terminationReason == .uncaughtSignal,
            isTooLate: isTooLate, output: text(files.output), errors: text(files.errors),
            seconds: Date().timeIntervalSince(start))
    }

    private func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }
}

/// A new folder below that of temporary files.
func temporaryFolder(_ name: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}
