import Synchronization

/// The steps of a task that a part of it may take whose own number of steps is not known: every step of the part moves
/// the task until one step is left, and its end moves it by the rest.
final class ProgressShare: Sendable {
    private let meter: ProgressMeter
    private let left: Mutex<Int>

    init(of meter: ProgressMeter, steps: Int) {
        self.meter = meter
        left = Mutex(steps)
    }

    func advance() {
        let moves = left.withLock { left in
            guard left > 1 else { return false }
            left -= 1
            return true
        }
        if moves { meter.advance() }
    }

    func finish() {
        let rest = left.withLock { left in
            defer { left = 0 }
            return left
        }
        meter.advance(by: rest)
    }
}
