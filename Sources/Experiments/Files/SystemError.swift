import Foundation

extension InputError {
    /// The error that the operating system reported by its number while it did something to a file.
    ///
    /// A full disk, an exceeded quota and a failing device are `inputOutput`; a forbidden access is `noPermission`;
    /// anything else is `kind`.
    static func system(_ number: Int32, _ kind: Kind, doing action: String, file: String) -> InputError {
        let refined: Kind =
            switch number {
            case EACCES, EPERM, EROFS: .noPermission
            case ENOSPC, EDQUOT, EIO, EFBIG: .inputOutput
            default: kind
            }
        return InputError(refined, at: Place(file), "cannot \(action): \(systemMessage(number))")
    }

    /// The operating system's words for an error number.
    static func systemMessage(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
