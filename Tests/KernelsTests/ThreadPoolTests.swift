import Synchronization
import Testing

@testable import Kernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A loop that counts how often each of its chunks ran, and may hold a loop in each chunk.
private final class Counts: Sendable {
    private let counts: Mutex<[Int]>
    private let threads = Mutex<Set<pthread_t>>([])
    private let inner: Counts?

    init(_ chunks: Int, inner: Counts? = nil) {
        counts = Mutex([Int](repeating: 0, count: chunks))
        self.inner = inner
    }

    var values: [Int] { counts.withLock { $0 } }
    var threadCount: Int { threads.withLock { $0.count } }

    func add(_ chunk: Int) {
        counts.withLock { $0[chunk] += 1 }
        threads.withLock { _ = $0.insert(pthread_self()) }
        if let inner { inner.run() }
    }

    func run() {
        ThreadPool.run(
            values.count, { Unmanaged<Counts>.fromOpaque($0!).takeUnretainedValue().add($1) },
            Unmanaged.passUnretained(self).toOpaque())
    }
}

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8, 40]) func everyChunkRunsOnce(threads: Int) {
        for chunks in [0, 1, 2, 3, 17, 1000] {
            let counts = Counts(chunks)
            ThreadPool.withThreads(threads) { counts.run() }
            #expect(counts.values.allSatisfy { $0 == 1 })
            #expect(counts.threadCount <= threads)
        }
    }

    @Test func oneThreadIsTheCallers() {
        let counts = Counts(50)
        ThreadPool.withThreads(1) { counts.run() }
        #expect(counts.threadCount == 1)
        #expect(ThreadPool.withThreads(3) { ThreadPool.count } == 3)
        #expect(ThreadPool.withThreads(-1) { ThreadPool.count } == 1)
    }

    @Test func manyShortLoops() {
        ThreadPool.withThreads(4) {
            let counts = Counts(5)
            for _ in 0..<20_000 { counts.run() }
            #expect(counts.values == [Int](repeating: 20_000, count: 5))
        }
    }

    /// Long enough in between that the threads sleep, and not quite.
    @Test(arguments: [20, 30, 40, 100, 1000]) func loopsAfterPauses(microseconds: UInt32) {
        ThreadPool.withThreads(3) {
            let counts = Counts(7)
            for _ in 0..<500 {
                counts.run()
                usleep(microseconds)
            }
            #expect(counts.values == [Int](repeating: 500, count: 7))
        }
    }

    @Test func loopsInLoops() {
        ThreadPool.withThreads(4) {
            let innermost = Counts(3)
            let inner = Counts(5, inner: innermost)
            let outer = Counts(8, inner: inner)
            for _ in 0..<100 { outer.run() }
            #expect(outer.values == [Int](repeating: 100, count: 8))
            #expect(inner.values == [Int](repeating: 800, count: 5))
            #expect(innermost.values == [Int](repeating: 4000, count: 3))
        }
    }

    @Test func loopsOfManyTasks() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    ThreadPool.withThreads(2 + task % 3) {
                        let counts = Counts(9)
                        for _ in 0..<500 { counts.run() }
                        return counts.values == [Int](repeating: 500, count: 9)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    /// What a chunk writes is there when the loop returns.
    @Test func writesAreSeen() {
        ThreadPool.withThreads(4) {
            withUnsafeTemporaryAllocation(of: Int.self, capacity: 64) { values in
                values.initialize(repeating: 0)
                for _ in 0..<5000 {
                    ThreadPool.parallel(64, { $0!.assumingMemoryBound(to: Int.self)[$1] += $1 }, values.baseAddress)
                }
                #expect((0..<64).allSatisfy { values[$0] == 5000 * $0 })
            }
        }
    }

    @Test func aProcessEndsWhileThreadsWait() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let counts = Counts(100)
            ThreadPool.withThreads(8) { counts.run() }
            exit(7)
        }
    }
}
