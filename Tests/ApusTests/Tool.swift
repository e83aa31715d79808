import Foundation
import Testing

/// The built tool, run as a user runs it.
enum Tool {
    /// Checks of campaigns take minutes; `make long` asks for them.
    static let runsLongChecks = ProcessInfo.processInfo.environment["APUS_LONG_CHECKS"] != nil

    /// How a process ended, and what it said.
    struct Ending {
        let status: Int32
        /// Whether a signal ended it, as a trap does.
        let isSignalled: Bool
        let output: String
        let errors: String

        /// The lines on standard error.
        var lines: [Substring] { errors.split(separator: "\n") }
    }

    static let path = path(of: "apus")

    /// A program of the package: beside the bundle of the tests, wherever the build folder is.
    static func path(of program: String) -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let parts = URL(fileURLWithPath: bundle).path.split(separator: "/", omittingEmptySubsequences: false)
        let index = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
        return (parts[..<index] + [Substring(program)]).joined(separator: "/")
    }

    /// Runs `apus` in a folder and waits for its end; after a minute it is killed, which is an issue.
    static func run(
        _ arguments: String..., in folder: Folder, environment: [String: String] = [:]
    ) throws -> Ending {
        try start(arguments, in: folder, environment: environment).wait()
    }

    /// Another program of the package than the tool.
    static func run(program: String, in folder: Folder) throws -> Ending {
        try Running(path(of: program), [], in: folder).wait()
    }

    static func start(
        _ arguments: [String], in folder: Folder, environment: [String: String] = [:]
    ) throws -> Running {
        try Running(path, arguments, in: folder, environment: environment)
    }
}

/// A process under way, whose output goes to files.
final class Running {
    private let process = Process()
    private let output: FileHandle
    private let errors: FileHandle
    private let files: (output: String, errors: String)

    init(
        _ executable: String, _ arguments: [String], in folder: Folder, below path: String = "",
        environment: [String: String] = [:]
    ) throws {
        let name = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)").path
        files = ("\(name).out", "\(name).err")
        for file in [files.output, files.errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        output = try #require(FileHandle(forWritingAtPath: files.output))
        errors = try #require(FileHandle(forWritingAtPath: files.errors))
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: "\(folder.path)/\(path)")
        // A trap shows in how the process ends; its long report would only cost time.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit { for file in [files.output, files.errors] { unlink(file) } }

    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func wait() -> Tool.Ending {
        let limit = Date(timeIntervalSinceNow: 60)
        while process.isRunning {
            if Date() > limit {
                Issue.record("apus \(process.arguments ?? []) did not end within a minute")
                signal(SIGKILL)
            }
            usleep(2000)
        }
        process.waitUntilExit()
        return Tool.Ending(
            status: process.terminationStatus, isSignalled: process.terminationReason == .uncaughtSignal,
            output: Running.text(files.output), errors: Running.text(files.errors))
    }

    private static func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }
}

/// A temporary folder, removed with the value that holds it.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ data: Data, to name: String) throws { try data.write(to: URL(filePath: "\(path)/\(name)")) }

    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }

    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// The names of all files and folders below a folder, hidden ones too.
    func files(below name: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(path)/\(name)")?.compactMap { $0 as? String } ?? []
        return all.sorted()
    }
}
