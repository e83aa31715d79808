import Studies

/// A fault of the world (a file, a configuration, a folder), said in one line: where, what is wrong, what was expected.
///
/// The tool prints `description` on standard error and leaves with `kind.exitStatus`.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault; its raw value is the exit status of the convention of BSD's `sysexits.h`.
    public enum Kind: Int32, Hashable, Sendable, CaseIterable {
        case usage = 64
        case data = 65
        case missingInput = 66
        case unavailableService = 69
        case operatingSystem = 71
        case cannotCreate = 73
        case inputOutput = 74
        case noPermission = 77
        case configuration = 78

        /// The exit status of a program that stops because of such a fault, 64–78.
        public var exitStatus: Int32 { rawValue }
    }

    /// Where the fault lies: a file, a line and a column in it (both from 1), and a path such as `models[1].hidden`.
    public struct Place: Hashable, Sendable, CustomStringConvertible {
        public var file: String
        public var line: Int?
        public var column: Int?
        public var path: String?

        public init(_ file: String, line: Int? = nil, column: Int? = nil, path: String? = nil) {
            self.file = file
            self.line = line
            self.column = column
            self.path = path
        }

        public var description: String {
            var text = file
            if let line { text += ":\(line)" }
            if let column, line != nil { text += ":\(column)" }
            if let path, !path.isEmpty { text += ": \(path)" }
            return text
        }
    }

    public let kind: Kind
    public let place: Place?
    /// The problem.
    public let problem: String
    /// The expectation.
    public let expectation: String?

    public init(_ kind: Kind, at place: Place?, _ problem: String, expected expectation: String? = nil) {
        self.kind = kind
        self.place = place
        self.problem = problem
        self.expectation = expectation
    }

    /// One line: `file:line:column: path: problem (expected …)`; control characters are escaped.
    public var description: String {
        let start = place.map { "\($0): " } ?? ""
        let end = expectation.map { " (expected \($0))" } ?? ""
        let line = (start + problem + end).onOneLine
        // A name that fills the file would fill the screen.
        return line.count > 4000 ? "\(line.prefix(2000))…\(line.suffix(1500))" : line
    }
}

extension String {
    /// The text in single quotes for a message, cut to sixty characters.
    var quoted: String { count > 60 ? "'\(prefix(57))…'" : "'\(self)'" }
}
