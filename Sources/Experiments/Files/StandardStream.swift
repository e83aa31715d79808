import Foundation

/// The standard streams of a process, written so that no failure is lost and none traps.
public enum StandardStream {
    /// Gives closed standard descriptors a place, and makes a limit on the size of files an error of the write that
    /// exceeds it.
    ///
    /// Called before anything is opened: a file would otherwise take the number of a closed stream, and get its text.
    /// Writing to a standard output that was closed fails; text for a closed standard error is dropped.
    public static func prepare() {
        for (descriptor, mode) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = open("/dev/null", mode)
        }
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Writes a line to the standard output.
    ///
    /// - Throws: `inputOutput` where it cannot be written. A pipe that nobody reads ends the process by its signal, as
    ///   usual.
    public static func line(_ text: String) throws(InputError) {
        let failure = write(text + "\n", to: STDOUT_FILENO)
        if failure == 0 { return }
        if failure == EPIPE {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        throw InputError(
            .inputOutput, at: .init("standard output"), "cannot write: \(InputError.systemMessage(failure))")
    }

    /// Writes a line to the standard error; where that cannot be written nothing else can tell it either.
    public static func report(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

    /// Writes all of the text; returns the number of the system's error, or zero.
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        Array(text.utf8).withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EAGAIN {
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&entry, 1, -1)
                } else if count < 0 && errno != EINTR {
                    return errno
                }
                rest = rest.dropFirst(max(count, 0))
            }
            return 0
        }
    }
}
