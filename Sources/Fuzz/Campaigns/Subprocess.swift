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

    /// The tool: beside this program, or what the environment names.
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
        if let memory {
            // The shell sets the limit and becomes the program.
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments =
                ["-c", "ulimit -c 0; ulimit -v \(memory / 1024); exec \"$0\" \"$@\"", program] + arguments
        } else {
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
        }
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

    /// Waits for its end; after so many seconds it is killed, or as soon as it has told anything after them.
    func wait(seconds: Double, orProgressWithin longest: Double = 0) -> Ending {
        var isTooLate = false
        while process.isRunning {
            let passed = Date().timeIntervalSince(start)
            if !isTooLate && passed > seconds && (passed > longest || !text(files.errors).isEmpty) {
                isTooLate = true
                signal(SIGKILL)
            }
            usleep(1000)
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
