import Tensors

/// Files that NumPy's `save` and `savez` write.
///
/// Reference: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3; PKZIP's
/// application note for `.npz`.
enum NumPyFile {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    static func array(_ bytes: ArraySlice<UInt8>, file: String) throws(InputError) -> ArrayFile.Array {
        func fault(_ problem: String, _ expected: String = "a whole file as NumPy writes it") -> InputError {
            InputError(.data, at: .init(file), problem, expected: expected)
        }
        let start = bytes.startIndex
        guard bytes.count >= 12, bytes.starts(with: magic) else { throw fault("is no NumPy file") }
        let isLong = bytes[start + 6] > 1
        let length = (0..<(isLong ? 4 : 2)).reduce(0) { $0 | Int(bytes[start + 8 + $1]) << (8 * $1) }
        let header = start + (isLong ? 12 : 10)
        guard length <= bytes.endIndex - header else { throw fault("the header is cut off") }
        let text = String(decoding: bytes[header..<(header + length)], as: UTF8.self)
        guard let match = text.firstMatch(of: #/'descr': *'([<>|=])([a-zA-Z][0-9]+)'/#),
            let lengths = text.firstMatch(of: #/'shape': *\(([0-9, ]*)\)/#)
        else { throw fault("the header is \(text.quoted)", "an array of numbers") }
        let type = String(match.output.2)
        guard ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8", "b1"].contains(type) else {
            throw fault("numbers of type \(type.quoted)", "integers or reals")
        }
        let shape = lengths.output.1.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
        let isFortran = text.contains(#/'fortran_order': *True/#)
        let order = isFortran ? Array(shape.reversed()) : shape
        let found = try ArrayFile.numbers(
            bytes[(header + length)...], order, type, isBigEndian: match.output.1 == ">", file: file)
        guard isFortran, shape.count > 1 else { return .init(shape: shape, tensor: found.tensor) }
        return .init(shape: shape, tensor: found.tensor.transposed(to: Array(shape.indices.reversed())))
    }

    /// The arrays of an `.npz` file by their names, in the order of the file.
    static func arrays(_ path: String) throws(InputError) -> [(name: String, array: ArrayFile.Array)] {
        let bytes = try InputFile.bytes(path)
        func fault(_ problem: String) -> InputError {
            InputError(.data, at: .init(path), problem, expected: "a whole file as NumPy's savez writes it")
        }
        func number(_ place: Int, _ width: Int) -> Int {
            (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        // The directory stands at the end, behind it its own place.
        let last = max(0, bytes.count - 22 - 65_536)
        guard bytes.count >= 22,
            let end = stride(from: bytes.count - 22, through: last, by: -1).first(where: {
                number($0, 4) == 0x0605_4B50
            })
        else { throw fault("is no zip file, or cut off") }
        var place = number(end + 16, 4)
        var found: [(String, ArrayFile.Array)] = []
        for _ in 0..<number(end + 10, 2) {
            guard place + 46 <= bytes.count, number(place, 4) == 0x0201_4B50 else {
                throw fault("the directory is damaged")
            }
            let (method, packed, local) = (number(place + 10, 2), number(place + 20, 4), number(place + 42, 4))
            let size = number(place + 24, 4)
            let nameEnd = place + 46 + number(place + 28, 2)
            guard nameEnd <= bytes.count, local + 30 <= bytes.count else { throw fault("the directory is damaged") }
            let name = String(decoding: bytes[(place + 46)..<nameEnd], as: UTF8.self)
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
            guard name.hasSuffix(".npy"), start <= bytes.count, packed <= bytes.count - start else {
                throw fault("the part \(name.quoted) is no array, or damaged")
            }
            let content: [UInt8]
            switch method {
            case 0: content = Array(bytes[start..<(start + packed)])
            case 8:
                guard let inflated = Inflate.run(bytes, from: start, limit: size, expecting: size) else {
                    throw fault("the part \(name.quoted) is damaged")
                }
                content = inflated.output
            default: throw fault("the part \(name.quoted) is packed in a way of its own (\(method))")
            }
            guard CRC32.of(content) == UInt32(truncatingIfNeeded: number(place + 16, 4)) else {
                throw fault("the checksum of the part \(name.quoted) is wrong")
            }
            found.append((String(name.dropLast(4)), try array(content[...], file: path)))
            place = nameEnd + number(place + 30, 2) + number(place + 32, 2)
        }
        if found.isEmpty { throw fault("holds no array") }
        return found
    }
}
