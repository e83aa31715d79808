#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// The standard library drops the messages of `precondition` from optimised programs, where a wrong shape would then be
// a bare "illegal instruction". In this package the names below stand before it: the message is printed in every build.

/// Stops the program on a caller's bug, with a message.
@inline(__always)
package func precondition(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { stop(message(), file, line) }
}

/// Stops the program on a caller's bug, with a message.
package func preconditionFailure(
    _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
    stop(message(), file, line)
}

@inline(never)
private func stop(_ message: String, _ file: StaticString, _ line: UInt) -> Never {
    let text = Array("Precondition failed: \(message) (\(file):\(line))\n".utf8)
    _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    Swift.preconditionFailure()
}
