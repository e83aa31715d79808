import Testing

@testable import Kernels

/// A core that a worker shares with another process, which gets it for three milliseconds as often as the worker has
/// used it for as long without a pause.
private struct SharedCore {
    static let millisecond: UInt64 = 1_000_000
    var isShared: Bool
    private(set) var now: UInt64 = 1
    private(set) var used: UInt64 = 0
    /// What callers waited for, and what the worker took off them.
    private(set) var lost: UInt64 = 0
    private(set) var helped: UInt64 = 0
    private var slice: UInt64 = 0
    private var share = CoreShare()

    init(isShared: Bool) { self.isShared = isShared }

    /// Helps with loops of a tenth of a millisecond.
    mutating func run(for time: UInt64) {
        let end = now + time
        while now < end {
            let own = Self.millisecond / 10
            var wall = own
            slice += own
            if isShared && slice > 3 * Self.millisecond {
                wall += 3 * Self.millisecond
                slice = 0
            }
            (now, used, lost, helped) = (now + wall, used + own, lost + wall - own, helped + own)
            let rest = share.rest(after: wall, own: own, used: used, now: now)
            if rest > 0 { slice = 0 }
            now += rest
        }
    }
}

@Suite struct CoreShareTests {
    @Test func coreOfItsOwnIsUsedThroughout() {
        var core = SharedCore(isShared: false)
        core.run(for: 1_000_000_000)
        #expect(core.helped >= 1_000_000_000)
    }

    /// Without pauses half of the time would be lost.
    @Test func littleIsLostToAnotherProcess() {
        var core = SharedCore(isShared: true)
        core.run(for: 20_000_000_000)
        #expect(core.lost < 200_000_000, "\(core.lost)")
        #expect(core.helped > 4_000_000_000, "\(core.helped)")
    }

    /// A trial comes two seconds later at most.
    @Test func coreIsTakenBackWhenTheOtherHasEnded() {
        var core = SharedCore(isShared: true)
        core.run(for: 20_000_000_000)
        core.isShared = false
        core.run(for: 2_500_000_000)
        let before = core.helped
        core.run(for: 1_000_000_000)
        #expect(core.helped - before >= 1_000_000_000)
    }

    /// A process that wants the core once in a tenth of a second costs no pause.
    @Test func chanceIsForgotten() {
        var share = CoreShare()
        for turn in 1...100 as ClosedRange<UInt64> {
            let now = turn * 100_000_000
            #expect(share.rest(after: 4_000_000, own: 1_000_000, used: now / 2, now: now) == 0)
            #expect(share.rest(after: 100_000, own: 100_000, used: now / 2, now: now + 1_000_000) == 0)
        }
    }
}
