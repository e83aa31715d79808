import Foundation

/// The style of an output stream.
public enum TerminalStyle {
    /// Whether the standard output takes colour: it is a terminal, and `NO_COLOR` is not set.
    public static var standardOutputHasColor: Bool {
        hasColor(isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
    }

    /// Whether a terminal with this environment takes colour (https://no-color.org).
    static func hasColor(isTerminal: Bool, environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// The form of progress messages on the standard error stream.
    public static func progress(isQuiet: Bool) -> ProgressMeter.Style {
        if isQuiet { return .quiet }
        let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        return isTerminal ? .bar : .lines
    }
}
