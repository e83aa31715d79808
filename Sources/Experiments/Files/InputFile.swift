import Foundation

/// Reading whole files, with every failure a clear ``InputError``.
public enum InputFile {
    /// The bytes of a file.
    ///
    /// - Throws: `missingInput` where there is no such file, `noPermission`, `inputOutput`.
    public static func bytes(_ path: String) throws(InputError) -> [UInt8] {
        let (descriptor, size) = try opened(path)
        defer { close(descriptor) }
        return try readAll(descriptor, path: path, expecting: size)
    }

    /// The number of bytes of a file that can be opened for reading; throws as ``bytes(_:)``.
    static func size(_ path: String) throws(InputError) -> Int {
        let (descriptor, size) = try opened(path)
        close(descriptor)
        return size
    }

    private static func opened(_ path: String) throws(InputError) -> (descriptor: Int32, size: Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                throw InputError(.missingInput, at: .init(path), "no such file")
            }
            throw .system(errno, .missingInput, doing: "open the file", file: path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw .system(number, .inputOutput, doing: "read the file", file: path)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw InputError(.missingInput, at: .init(path), "is a folder", expected: "a file")
        }
        guard status.st_mode & S_IFMT != S_IFCHR, status.st_mode & S_IFMT != S_IFBLK else {
            close(descriptor)
            throw InputError(.missingInput, at: .init(path), "is a device", expected: "a file")
        }
        return (descriptor, Int(status.st_size))
    }

    /// The text of a file in UTF-8, without its byte-order mark.
    ///
    /// - Throws: as ``bytes(_:)``, and `data` with line and column where the bytes are not UTF-8.
    public static func text(_ path: String) throws(InputError) -> String {
        try text(of: try bytes(path), file: path)
    }

    /// The bytes as UTF-8 text; `file` names them in the error.
    static func text(of bytes: [UInt8], file: String) throws(InputError) -> String {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        let valid = validPrefix(of: body)
        let line = 1 + valid.count { $0 == UInt8(ascii: "\n") }
        let lastLine = valid.suffix(from: valid.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? valid.startIndex)
        let column = 1 + String(decoding: lastLine, as: UTF8.self).unicodeScalars.count
        let byte = String(body[valid.endIndex], radix: 16, uppercase: true)
        throw InputError(
            .data, at: .init(file, line: line, column: column), "byte 0x\(byte) is not UTF-8 text",
            expected: "a text file in UTF-8")
    }

    private static func validPrefix(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var end = bytes.startIndex
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            end += UTF8.width(scalar)
        }
        return bytes[..<end]
    }

    private static func readAll(
        _ descriptor: Int32, path: String, expecting size: Int
    ) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(size, 0))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(errno, .inputOutput, doing: "read the file", file: path)
            }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
