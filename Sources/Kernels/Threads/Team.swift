internal import CSystem
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The persistent threads behind `ThreadPool`, and the one loop that they work on.
///
/// A loop is opened by one caller, `owner`; workers join while it is open, take chunks from a counter until there are
/// none, and leave. The caller works too, closes the loop when no chunk is left, and waits only for those that have
/// joined: a worker that the system has not let run in between is not waited for, and joins a later loop. One that
/// loses its core while it works keeps away for a while (`CoreShare`). One word
/// holds all of it, so that joining is one compare-and-exchange, which fails for a loop that has been closed.
final class Team: Sendable {
    static let ofProcess = Team()

    /// A worker waits in a loop for this long before it sleeps; sleeping and waking cost about as much.
    private static let patience: UInt64 = 30_000

    private let owner = Padded<Bool>(false)
    private let state = Padded<UInt64>(0)
    private let next = Padded<Int>(0)
    private let chunks = Atomic<Int>(0)
    /// Addresses as numbers, because pointers are not `Sendable`.
    private let body = Atomic<Int>(0)
    private let context = Atomic<Int>(0)
    /// Signalled by the last worker that leaves, if the caller sleeps.
    private let left = DispatchSemaphore(value: 0)
    private let workers = Mutex<[Worker]>([])

    /// Runs the loop on at most `threads` threads; false, and nothing done, if the team is at work.
    func run(
        _ count: Int, threads: Int, _ function: ThreadPool.Body, _ argument: UnsafeMutableRawPointer?
    ) -> Bool {
        // A loop inside of a loop looks here for every chunk, and must not take the line from the others.
        if owner.value.load(ordering: .relaxed) || owner.value.exchange(true, ordering: .acquiring) { return false }
        defer { owner.value.store(false, ordering: .releasing) }
        let helpers = helpers(threads - 1)
        chunks.store(count, ordering: .relaxed)
        body.store(unsafeBitCast(function, to: Int.self), ordering: .relaxed)
        context.store(Int(bitPattern: argument), ordering: .relaxed)
        next.value.store(0, ordering: .relaxed)
        let generation = LoopState(bits: state.value.load(ordering: .relaxed)).generation &+ 1
        let opened = LoopState(generation: generation, helpers: helpers.count)
        state.value.store(opened.bits, ordering: .sequentiallyConsistent)
        for helper in helpers { helper.wake() }
        takeChunks()
        close()
        return true
    }

    /// The first `count` workers, made when they are first asked for; fewer where the system makes no more threads.
    private func helpers(_ count: Int) -> ArraySlice<Worker> {
        workers.withLock { workers in
            while workers.count < count {
                let worker = Worker(index: workers.count, team: self)
                guard worker.start() else { break }
                workers.append(worker)
            }
            return workers.prefix(count)
        }
    }

    private func takeChunks() {
        let count = chunks.load(ordering: .relaxed)
        let function = unsafeBitCast(body.load(ordering: .relaxed), to: ThreadPool.Body.self)
        let argument = UnsafeMutableRawPointer(bitPattern: context.load(ordering: .relaxed))
        while true {
            let chunk = next.value.wrappingAdd(1, ordering: .relaxed).oldValue
            guard chunk < count else { return }
            function(argument, chunk)
        }
    }

    /// Closes the loop, and waits for the workers that joined.
    private func close() {
        let closed = state.value.bitwiseAnd(~LoopState.open, ordering: .acquiringAndReleasing).newValue
        if LoopState(bits: closed).joined == 0 { return }
        if spin(Team.patience, until: { LoopState(bits: state.value.load(ordering: .acquiring)).joined == 0 }) {
            return
        }
        let waiting = state.value.bitwiseOr(LoopState.waited, ordering: .acquiringAndReleasing).newValue
        // The last one may have left before it could see that somebody waits.
        if LoopState(bits: waiting).joined > 0 { left.wait() }
        state.value.bitwiseAnd(~LoopState.waited, ordering: .relaxed)
    }

    // MARK: - Of a worker

    fileprivate func work(_ worker: Worker) {
        var seen: UInt32 = 0
        var share = CoreShare()
        while true {
            let loop = nextLoop(after: seen, worker)
            seen = loop.generation
            guard worker.index < loop.helpers && join(loop) else { continue }
            let start = (now(), used: processorTime())
            takeChunks()
            leave()
            let end = (now(), used: processorTime())
            let rest = share.rest(
                after: end.0 &- start.0, own: end.used &- start.used, used: end.used, now: end.0)
            if rest > 0 { pause(rest) }
        }
    }

    /// The first loop opened after `seen`, waited for.
    private func nextLoop(after seen: UInt32, _ worker: Worker) -> LoopState {
        func isNew() -> Bool {
            let state = LoopState(bits: state.value.load(ordering: .sequentiallyConsistent))
            return state.isOpen && state.generation != seen
        }
        while !spin(Team.patience, until: isNew) { worker.sleep(unless: isNew) }
        return LoopState(bits: state.value.load(ordering: .acquiring))
    }

    /// Counts this thread in, unless the loop has been closed.
    private func join(_ loop: LoopState) -> Bool {
        var expected = state.value.load(ordering: .relaxed)
        while LoopState(bits: expected).isOpen && LoopState(bits: expected).generation == loop.generation {
            let (exchanged, original) = state.value.weakCompareExchange(
                expected: expected, desired: expected + 1, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            expected = original
        }
        return false
    }

    private func leave() {
        let after = LoopState(bits: state.value.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue)
        if after.joined == 0 && after.isWaited { left.signal() }
    }
}

/// A word: how many workers have joined, whether more may, whether the caller sleeps, how many may help,
/// and the loop's number.
private struct LoopState {
    static let open: UInt64 = 1 << 14
    static let waited: UInt64 = 1 << 15
    let bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(generation: UInt32, helpers: Int) {
        bits = UInt64(generation) << 32 | UInt64(helpers) << 16 | LoopState.open
    }

    var joined: Int { Int(bits & 0x3fff) }
    var isOpen: Bool { bits & LoopState.open != 0 }
    var isWaited: Bool { bits & LoopState.waited != 0 }
    var helpers: Int { Int(bits >> 16 & 0xffff) }
    var generation: UInt32 { UInt32(bits >> 32) }
}

/// A thread of a team.
private final class Worker: Sendable {
    let index: Int
    private let team: Team
    private let sleeps = Padded<Bool>(false)
    private let call = DispatchSemaphore(value: 0)

    init(index: Int, team: Team) {
        self.index = index
        self.team = team
    }

    /// False if the system makes no more threads.
    func start() -> Bool {
        let start = Unmanaged.passRetained(self)
        // Signals are for the program's own threads.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #if canImport(Glibc)
            var thread: pthread_t = 0
        #else
            var thread: pthread_t?
        #endif
        let code = pthread_create(&thread, nil, { Worker.begin($0) }, start.toOpaque())
        if code != 0 {
            start.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private static func begin(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let worker = Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue()
        worker.team.work(worker)
        return nil
    }

    /// Sleeps until it is woken; not if something happened before it could be seen asleep.
    func sleep(unless happened: () -> Bool) {
        sleeps.value.store(true, ordering: .sequentiallyConsistent)
        if happened() && sleeps.value.exchange(false, ordering: .sequentiallyConsistent) { return }
        call.wait()
    }

    /// What was stored before is seen by the worker: either here it is seen asleep, or it sees that before it sleeps.
    func wake() {
        guard sleeps.value.load(ordering: .sequentiallyConsistent) else { return }
        if sleeps.value.exchange(false, ordering: .sequentiallyConsistent) { call.signal() }
    }
}

/// A value alone in its lines of the cache, so that threads which use its neighbours do not slow it down.
private struct Padded<Value: AtomicRepresentable & Sendable>: ~Copyable, Sendable {
    private let before: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    private let before2: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    let value: Atomic<Value>
    private let after: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    private let after2: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

    init(_ value: consuming Value) { self.value = Atomic(value) }
}

/// Waits in a loop for at most `nanoseconds`; whether it became true.
///
/// After a few microseconds the core is offered to whoever else wants it, perhaps the very thread that is waited for.
private func spin(_ nanoseconds: UInt64, until condition: () -> Bool) -> Bool {
    for _ in 0..<64 {
        if condition() { return true }
        apus_pause()
    }
    let limit = now() &+ nanoseconds
    repeat {
        sched_yield()
        for _ in 0..<8 {
            if condition() { return true }
            apus_pause()
        }
    } while now() < limit
    return false
}

private func now() -> UInt64 { nanoseconds(CLOCK_MONOTONIC) }

/// Of the thread that asks.
private func processorTime() -> UInt64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

private func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

private func pause(_ nanoseconds: UInt64) {
    var time = timespec()
    time.tv_sec = Int(nanoseconds / 1_000_000_000)
    time.tv_nsec = Int(nanoseconds % 1_000_000_000)
    nanosleep(&time, nil)
}
