import Dispatch
import Foundation
import Synchronization
import Tensors

/// Tells how far a task has come, with the time that it took and will take.
///
/// Nothing is told of tasks that end within two seconds. On a terminal the telling is a bar that is redrawn ten times a
/// second at most, and once a second while nothing advances; elsewhere it is a plain line every tenth of the task and
/// whenever five times as much time has passed, five seconds apart at least, and every twentieth of the time while
/// nothing advances. Any number of threads may call ``advance(by:)``; copies of the value advance the same task.
public struct ProgressMeter: Sendable {
    /// The form of the messages.
    public enum Style: Sendable, Equatable {
        /// A bar that is redrawn in place.
        case bar
        /// Lines now and then.
        case lines
        /// Not at all.
        case quiet
    }

    private let shared: SharedProgress

    /// A task of `total` steps; it is told to the standard error stream in the style that the stream wants.
    public init(_ title: String, total: Int, isQuiet: Bool = false) {
        let start = ContinuousClock.now
        self.init(
            title, total: total, style: TerminalStyle.progress(isQuiet: isQuiet),
            elapsed: { (ContinuousClock.now - start) / .seconds(1) },
            write: { _ = StandardStream.write($0, to: STDERR_FILENO) })
        shared.keepTelling()
    }

    /// A task with its own clock (seconds since it began) and its own outlet.
    public init(
        _ title: String, total: Int, style: Style, elapsed: @escaping @Sendable () -> Double,
        write: @escaping @Sendable (String) -> Void
    ) {
        precondition(total >= 0, "a task has no negative number of steps: \(total)")
        shared = SharedProgress(
            state: Mutex(ProgressState(title: title, total: total, style: style)), elapsed: elapsed, write: write)
    }

    /// Says that so many more steps are done.
    ///
    /// - Parameter note: a further text, such as a loss, in place of the last one.
    public func advance(by steps: Int = 1, note: String? = nil) {
        shared.tell {
            if let note { $0.note = ", " + note }
            return $0.advance(by: steps, at: $1)
        }
    }

    /// Tells the time while nothing advances.
    func beat() { _ = shared.beat() }

    /// Says that the task is over; later calls do nothing.
    public func finish() {
        shared.tell { $0.finish(at: $1) }
    }
}

/// The state that copies of a meter share.
private final class SharedProgress: Sendable {
    let state: Mutex<ProgressState>
    let elapsed: @Sendable () -> Double
    let write: @Sendable (String) -> Void

    init(
        state: consuming sending Mutex<ProgressState>, elapsed: @escaping @Sendable () -> Double,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.state = state
        self.elapsed = elapsed
        self.write = write
    }

    /// A queue with a thread of its own, however many others are at work.
    private static let queue = DispatchQueue(label: "apus.progress")

    /// Tells the time every second until the task is over or forgotten.
    func keepTelling() {
        guard state.withLock({ $0.style != .quiet }) else { return }
        Self.queue.asyncAfter(deadline: .now() + 1) { [weak self] in
            if let self, beat() { keepTelling() }
        }
    }

    /// Whether the task still runs.
    func beat() -> Bool {
        tell { $0.beat(at: $1) }
        return state.withLock { !$0.isFinished }
    }

    /// Changes the state and writes its line, in turn, so that lines do not mix.
    func tell(_ change: (inout ProgressState, Double) -> String?) {
        state.withLock { state in
            if let text = change(&state, elapsed()) { write(text) }
        }
    }
}

/// The progress of a task and its last message.
private struct ProgressState: Sendable {
    let title: String
    let total: Int
    let style: ProgressMeter.Style
    var done = 0
    var note = ""
    var lastTold: Double?
    var lastTenth = 0
    var isFinished = false

    init(title: String, total: Int, style: ProgressMeter.Style) {
        self.title = title
        self.total = total
        self.style = style
    }

    mutating func advance(by steps: Int, at time: Double) -> String? {
        guard !isFinished else { return nil }
        done = min(total, done + steps)
        guard time >= 2, done < total else { return nil }
        return text(at: time)
    }

    /// The message of a task that does not advance.
    mutating func beat(at time: Double) -> String? {
        guard !isFinished, time >= 2 else { return nil }
        // A twentieth of the time, so that a long task does not fill the page.
        if style == .lines, time - (lastTold ?? 0) >= max(5, time / 20) { lastTenth = -1 }
        return text(at: time)
    }

    private mutating func text(at time: Double) -> String? {
        let sinceTold = lastTold.map { time - $0 } ?? .infinity
        let tenth = total == 0 ? 0 : 10 * done / total
        switch style {
        case .quiet:
            return nil
        case .bar:
            guard sinceTold >= 0.1 else { return nil }
            lastTold = time
            return "\r\u{1B}[K" + bar(at: time)
        case .lines:
            // A tenth of a long task is long: the first lines show that it moves.
            guard sinceTold >= 5, tenth > lastTenth || lastTold.map({ time >= 5 * $0 }) ?? true else { return nil }
            (lastTold, lastTenth) = (time, tenth)
            return
                "\(title): \(percent) %, \(clock(time)) "
                + "elapsed\(timeLeft(at: time).map { ", \($0) left" } ?? "")\(note)\n"
        }
    }

    mutating func finish(at time: Double) -> String? {
        guard !isFinished else { return nil }
        isFinished = true
        let start = style == .bar && lastTold != nil ? "\r\u{1B}[K" : ""
        return style == .quiet || time < 2 ? nil : "\(start)\(title): done in \(clock(time))\n"
    }

    private var percent: Int { total == 0 ? 100 : 100 * done / total }

    private func bar(at time: Double) -> String {
        let width = 24
        let filled = total == 0 ? width : width * done / total
        let drawing = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let figures = String(repeating: " ", count: 3 - "\(percent)".count) + "\(percent) %"
        return "\(title) \(drawing) \(figures)  \(clock(time))\(timeLeft(at: time).map { ", \($0) left" } ?? "")\(note)"
    }

    private func timeLeft(at time: Double) -> String? {
        // The first hundredth tells too little.
        percent == 0 ? nil : clock((time * Double(total - done) / Double(done)).rounded(.up))
    }

    /// Minutes and seconds, or hours, minutes and seconds.
    private func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9))
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let tail = String(format: "%02d", whole % 60)
        return hours > 0 ? "\(hours):\(String(format: "%02d", minutes)):\(tail)" : "\(minutes):\(tail)"
    }
}
