#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The threads that share the loops of generated code.
///
/// Threads are made once and wait: some microseconds in a loop, for the next piece of the same computation, then
/// asleep. (The pieces of a computation of 100 µs are over before libdispatch has handed them out.) Which thread runs
/// which chunk is left to chance, so a chunk must write only its own elements;
/// then results do not depend on the number of threads.
package enum ThreadPool {
    /// Runs `body(context, chunk)` for the chunks that it is told.
    package typealias Body = @convention(c) (UnsafeMutableRawPointer?, Int) -> Void

    @TaskLocal private static var override: Int?

    /// The threads that a loop may use, the caller's among them: `APUS_THREADS`,
    /// else the cores that the process may use.
    package static var count: Int { override ?? ofProcess }

    private static let ofProcess = environmentValue("APUS_THREADS").flatMap { Int($0) }.map(clamped) ?? availableCores()

    /// Runs `body` with another number of threads, for this task.
    package static func withThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
        try $override.withValue(clamped(count), operation: body)
    }

    /// Runs `body(context, chunk)` once for each of `0..<chunks`, and returns when all are done.
    ///
    /// The calling thread works too. Inside of a chunk, and while another thread's loop has the pool,
    /// a loop runs on its caller alone.
    package static func run(_ chunks: Int, _ body: Body, _ context: UnsafeMutableRawPointer?) {
        let threads = min(count, chunks)
        if threads > 1 && Team.ofProcess.run(chunks, threads: threads, body, context) { return }
        for chunk in 0..<max(chunks, 0) { body(context, chunk) }
    }

    /// `run` for generated code:
    /// `typedef void (*apus_parallel)(long chunks, void (*body)(void *, long), void *context);`
    package static let parallel: @convention(c) (Int, Body, UnsafeMutableRawPointer?) -> Void = { run($0, $1, $2) }

    private static func clamped(_ count: Int) -> Int { min(max(count, 1), 1024) }
}
