import Dispatch
import Synchronization

/// Runs `body` for `0..<count` on up to `threads` threads. Results stand in order, and do not depend on the number of
/// threads as long as `body` does not.
public func concurrentMap<T: Sendable>(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> T) -> [T] {
    guard count > 1, threads > 1 else { return (0..<count).map(body) }
    let next = Atomic(0)
    let results = Mutex([T?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let value = body(index)
            results.withLock { $0[index] = value }
        }
    }
    return results.withLock { $0.compactMap { $0 } }
}

/// Work that can fail, side by side: after the first failure no other begins, and it is thrown.
public func concurrentMap<T: Sendable, Failure: Error>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws(Failure) -> T
) throws(Failure) -> [T] {
    let failure = Mutex<Failure?>(nil)
    let results = concurrentMap(count, threads: threads) { (index: Int) -> T? in
        if failure.withLock({ $0 != nil }) { return nil }
        do throws(Failure) { return try body(index) } catch {
            failure.withLock { $0 = $0 ?? error }
            return nil
        }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return results.compactMap { $0 }
}
