/// The share that a worker has of its core, where other processes want it too; all times are nanoseconds.
///
/// A worker that loses its core within a chunk makes the caller wait for as long as others have the core, often longer
/// than the whole loop. Where that happened twice in a short time, the worker helps in bursts: shorter than the system
/// lets a thread run, and after each a pause that makes it first in line again. After a while it stays once more; that
/// while grows with each trial that fails.
struct CoreShare {
    /// Less is not lost to another process but to an interrupt.
    static let loss: UInt64 = 500_000
    static let burst: UInt64 = 1_000_000
    static let pause: UInt64 = 3_000_000
    /// Losses farther apart are chance.
    private static let near: UInt64 = 20_000_000
    private static let trials: ClosedRange<UInt64> = 50_000_000...2_000_000_000

    private var lastLoss: UInt64?
    /// Bursts until then; nil where the core is the worker's own.
    private var end: UInt64?
    private var lastEnd: UInt64?
    private var trial = trials.lowerBound
    private var start: UInt64 = 0

    /// How long the worker keeps away after it has helped.
    ///
    /// - Parameters:
    ///   - wall: the time that it helped for.
    ///   - used: the processor's time that it has used since it began to exist.
    ///   - own: the part of it that was used while it helped.
    ///   - now: the time on the clock.
    mutating func rest(after wall: UInt64, own: UInt64, used: UInt64, now: UInt64) -> UInt64 {
        let lost = wall > own ? wall - own : 0
        if lost >= CoreShare.loss { return rest(lost, used, now) }
        guard let end else { return 0 }
        if now >= end {
            (self.end, lastEnd) = (nil, end)
            return 0
        }
        guard used - start >= CoreShare.burst else { return 0 }
        start = used
        return CoreShare.pause
    }

    private mutating func rest(_ lost: UInt64, _ used: UInt64, _ now: UInt64) -> UInt64 {
        defer { lastLoss = now }
        let isNear = lastLoss.map { now - $0 < CoreShare.near + lost } ?? false
        if let end, now < end {
            // Not even bursts are left alone.
            start = used
            return 16 * lost
        }
        guard isNear else { return 0 }
        // A trial that fails at once: the next comes later.
        let hasFailed = lastEnd.map { now - $0 < trial } ?? false
        trial = hasFailed ? min(2 * trial, CoreShare.trials.upperBound) : CoreShare.trials.lowerBound
        (end, start) = (now + trial, used)
        return CoreShare.pause
    }
}
