import Synchronization
import Testing

@testable import Kernels

/// A loop that counts how often each of its chunks ran.
private final class Counts: Sendable {
    private let counts: Mutex<[Int]>
    init(_ chunks: Int) { counts = Mutex([Int](repeating: 0, count: chunks)) }
    var values: [Int] { counts.withLock { $0 } }
    func add(_ chunk: Int) { counts.withLock { $0[chunk] += 1 } }

    func run(_ chunks: Int) {
        ThreadPool.run(
            chunks, { Unmanaged<Counts>.fromOpaque($0!).takeUnretainedValue().add($1) },
            Unmanaged.passUnretained(self).toOpaque())
    }
}

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8, 40]) func everyChunkRunsOnce(threads: Int) {
        for chunks in [0, 1, 2, 3, 17, 1000] {
            let counts = Counts(chunks)
            ThreadPool.withThreads(threads) { counts.run(chunks) }
            #expect(counts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func manyShortLoops() {
        ThreadPool.withThreads(4) {
            let counts = Counts(5)
            for _ in 0..<20_000 { counts.run(5) }
            #expect(counts.values == [Int](repeating: 20_000, count: 5))
        }
    }
}
