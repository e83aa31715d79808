import Foundation

/// Why a figure could not be drawn.
public struct FigureFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason, one sentence without a full stop.
    public var description: String
}

/// Something that draws figures as SVG.
public protocol FigureRenderer: Sendable {
    /// The figure as an `<svg>` element; `identifier` (letters, digits, `-`) starts all ids in it.
    func draw(_ figure: Figure, identifier: String) throws(FigureFailure) -> String
}

/// Draws figures with gnuplot's SVG terminal: a program that every system packages, that has been kept for decades,
/// and that draws without a screen, a browser or a font file.
///
/// The script with its data goes to the program's standard input; no shell is involved and no user's settings are
/// read. The same figure gives the same text.
public struct Gnuplot: FigureRenderer {
    /// The program.
    public var program: URL?
    /// The seconds after which it is given up: so many that a loaded machine makes no other report than an idle one.
    public var patience: Double

    /// The gnuplot of the search path, if there is one.
    public init(searchPath: String? = ProcessInfo.processInfo.environment["PATH"], patience: Double = 600) {
        let folders = (searchPath ?? "").split(separator: ":").map(String.init)
        program = folders.map { URL(fileURLWithPath: $0).appendingPathComponent("gnuplot") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        self.patience = patience
    }

    public func draw(_ figure: Figure, identifier: String) throws(FigureFailure) -> String {
        guard let program else { throw FigureFailure(description: "gnuplot was not found in the search path") }
        let output = try run(program, script: GnuplotScript(figure).text)
        return SVGText.embedded(output, identifier: identifier, description: figure.caption)
    }

    private func run(_ program: URL, script: String) throws(FigureFailure) -> String {
        let result: Result<ProgramOutput, any Error> = Result {
            try ProgramOutput.running(
                program, arguments: ["-d", "-"], input: script, environment: ["LC_ALL": "C.UTF-8"], patience: patience)
        }
        switch result {
        case .failure(let error):
            throw FigureFailure(description: "gnuplot could not be run (\(error))")
        case .success(let output) where output.status != 0 || !output.text.hasSuffix("</svg>\n\n"):
            let complaint = output.complaints.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                .last { !$0.isEmpty }
            throw FigureFailure(description: "gnuplot failed: \(complaint ?? "exit status \(output.status)")")
        case .success(let output):
            return output.text
        }
    }
}

/// The output of a program.
struct ProgramOutput {
    var status: Int32
    var text: String
    var complaints: String

    /// Runs a program without a shell.
    ///
    /// Input and output pass through files that only this user can read: no pipe can fill up or break.
    static func running(
        _ program: URL, arguments: [String], input: String, environment: [String: String], patience: Double
    ) throws -> ProgramOutput {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("figure-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let (inputFile, outputFile, errorFile) = (
            folder.appendingPathComponent("input"), folder.appendingPathComponent("output"),
            folder.appendingPathComponent("error")
        )
        try Data(input.utf8).write(to: inputFile)
        for file in [outputFile, errorFile] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        if ended.wait(timeout: .now() + patience) == .timedOut {
            process.terminate()
            throw FigureFailure(description: "no answer after \(Int(patience)) s")
        }
        return ProgramOutput(
            status: process.terminationStatus,
            text: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
            complaints: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
    }
}
