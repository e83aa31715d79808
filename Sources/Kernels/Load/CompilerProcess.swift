internal import CSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Compiler {
    /// Compiles the source that stands in `folder` to a library there.
    ///
    /// The compiler is started without a shell, with constant arguments, in its own process group and inside of
    /// `folder`, with nothing of the environment but where programs and the home are. Throws where it fails or takes
    /// longer than `seconds`; nil: it is waited for.
    ///
    /// - Parameter hasRoutines: whether the object of the second half stands there too.
    func compile(
        _ effort: Effort, hasRoutines: Bool = false, in folder: borrowing Descriptor, seconds: Double?
    ) throws(SystemFailure) {
        let limit = seconds.map { TimeLimit(end: monotonicSeconds() + $0, seconds: $0) }
        for stage in commands(effort, hasRoutines: hasRoutines) { try run(stage, in: folder, until: limit) }
    }

    /// Runs commands at the same time; where one fails the others are waited for.
    private func run(
        _ commands: [[String]], in folder: borrowing Descriptor, until limit: TimeLimit?
    ) throws(SystemFailure) {
        var processes: [(program: String, number: pid_t)] = []
        var failure: SystemFailure?
        for command in commands {
            do throws(SystemFailure) {
                processes.append((command[0], try start(command, in: folder)))
            } catch {
                failure = error
            }
        }
        for process in processes {
            do throws(SystemFailure) {
                let status = try Compiler.wait(for: process.number, until: limit)
                guard status != 0 else { continue }
                let signal = status & 0x7f
                let how = signal == 0 ? "ended with status \(status >> 8 & 0xff)" : "was ended by signal \(signal)"
                failure = failure ?? SystemFailure("\(process.program) \(how)\(firstMessage(in: folder))")
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func start(_ command: [String], in folder: borrowing Descriptor) throws(SystemFailure) -> pid_t {
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #else
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addfchdir_np(&actions, folder.number)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 2, Compiler.messagesName, O_WRONLY | O_CREAT | O_NOFOLLOW | O_APPEND, 0o600)

        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        #if canImport(Glibc)
            // Files that the program has open are not the compiler's.
            posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        #else
            flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        return try withCStrings(command) { (arguments) throws(SystemFailure) in
            try withCStrings(Compiler.environment()) { (environment) throws(SystemFailure) in
                var process: pid_t = 0
                let code = posix_spawn(&process, command[0], &actions, &attributes, arguments, environment)
                guard code == 0 else { throw SystemFailure("\(command[0]): \(String(cString: strerror(code)))") }
                return process
            }
        }
    }

    /// Temporary files go to the working folder, and messages are in English;
    /// variables that would add files or flags do not pass.
    private static func environment() -> [String] {
        let passed = ["PATH", "HOME", "LD_LIBRARY_PATH", "DEVELOPER_DIR", "SDKROOT"]
        return ["TMPDIR=.", "LC_ALL=C"]
            + passed.compactMap { name in environmentValue(name).map { "\(name)=\($0)" } }
    }

    /// Looks at intervals of a few milliseconds until the time limit, and ends whatever is left of the process group.
    private static func wait(
        for process: pid_t, until limit: TimeLimit?
    ) throws(SystemFailure) -> Int32 {
        var hasEnded = try hasEnded(process)
        let start = monotonicSeconds()
        while !hasEnded && monotonicSeconds() < limit?.end ?? .infinity {
            // Long waits are looked at less often.
            usleep(monotonicSeconds() - start < 1 ? 1000 : 20_000)
            hasEnded = try Compiler.hasEnded(process)
        }
        // Before the process is taken from the table, so that its number cannot be another's.
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { throw .last("waiting for the compiler") }
        }
        if let limit, !hasEnded {
            let reason = "the compiler took longer than \(limit.seconds) s"
            throw SystemFailure(reason, isTimeout: true)
        }
        return status
    }

    private static func hasEnded(_ process: pid_t) throws(SystemFailure) -> Bool {
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) != 0 {
            if errno != EINTR { throw .last("waiting for the compiler") }
        }
        return information.si_signo == SIGCHLD
    }

    /// The first line that the compiler wrote, without control characters.
    private func firstMessage(in folder: borrowing Descriptor) -> String {
        guard let file = try? Descriptor(Compiler.messagesName, in: folder, O_RDONLY) else { return "" }
        var bytes = [UInt8](repeating: 0, count: 300)
        let count = read(file.number, &bytes, bytes.count)
        let line = bytes.prefix(max(count, 0)).prefix { $0 != 10 }.map { 32..<127 ~= $0 ? $0 : 63 }
        return line.isEmpty ? "" : ": " + String(decoding: line, as: UTF8.self)
    }
}

/// The moment at which a compiler is taken to hang, `seconds` after its start.
private struct TimeLimit {
    let end: Double
    let seconds: Double
}

private func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws(SystemFailure) -> R
) throws(SystemFailure) -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return try body(copies + [nil])
}
