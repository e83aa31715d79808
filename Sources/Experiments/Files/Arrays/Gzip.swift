/// Files that gzip has compressed. Reference: RFC 1952.
enum Gzip {
    /// The bytes of a file, decompressed where they begin as those of gzip do.
    static func bytes(_ path: String) throws(InputError) -> [UInt8] {
        let bytes = try InputFile.bytes(path)
        return bytes.starts(with: [0x1F, 0x8B]) ? try decompressed(bytes, file: path) : bytes
    }

    /// Decompressed sizes are at most a thousand times those of the file: no data compress to less.
    private static func decompressed(_ bytes: [UInt8], file: String) throws(InputError) -> [UInt8] {
        func fault(_ problem: String) -> InputError {
            InputError(.data, at: .init(file), problem, expected: "a whole file as gzip writes it")
        }
        var (output, position): ([UInt8], Int) = ([], 0)
        // Several members, one after the other, are one file.
        while position < bytes.count {
            guard let start = dataStart(bytes, position) else { throw fault("the gzip header is damaged or cut off") }
            let limit = 1100 * bytes.count + 1000
            guard let (part, end) = Inflate.run(bytes, from: start, limit: limit, expecting: 8 * bytes.count),
                end + 8 <= bytes.count
            else { throw fault("the compressed data are damaged or cut off") }
            let (check, length) = (number(bytes, end), number(bytes, end + 4))
            guard check == CRC32.of(part), length == UInt32(truncatingIfNeeded: part.count) else {
                throw fault("the checksum of the compressed data is wrong")
            }
            output += part
            position = end + 8
            // Zeros may fill up the end.
            while position < bytes.count, bytes[position] == 0 { position += 1 }
        }
        return output
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }

    /// The place behind the header of a member.
    private static func dataStart(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard bytes.count >= start + 18, bytes[start] == 0x1F, bytes[start + 1] == 0x8B, bytes[start + 2] == 8 else {
            return nil
        }
        let flags = bytes[start + 3]
        var place = start + 10
        if flags & 4 != 0 { place += 2 + Int(bytes[place]) + Int(bytes[place + 1]) << 8 }
        for flag in [UInt8(8), 16] where flags & flag != 0 {
            guard place < bytes.count, let end = bytes[place...].firstIndex(of: 0) else { return nil }
            place = end + 1
        }
        if flags & 2 != 0 { place += 2 }
        return place < bytes.count ? place : nil
    }
}

/// The cyclic redundancy check of gzip and zip.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
