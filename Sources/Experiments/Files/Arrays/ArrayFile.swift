import Tensors

/// Arrays of numbers in files: IDX, and those of NumPy.
enum ArrayFile {
    /// An array in double precision, but for bytes, which are kept in single precision: pictures are large.
    struct Array: Sendable {
        let shape: [Int]
        let tensor: Tensor
    }

    /// The only array of an IDX or `.npy` file, gzip or not.
    static func array(_ path: String) throws(InputError) -> Array {
        let bytes = try Gzip.bytes(path)
        if bytes.starts(with: NumPyFile.magic) { return try NumPyFile.array(bytes[...], file: path) }
        return try idx(bytes, file: path)
    }

    /// Reference: http://yann.lecun.com/exdb/mnist: two zeros, the type, the number of axes, their lengths, the numbers.
    private static func idx(_ bytes: [UInt8], file: String) throws(InputError) -> Array {
        func fault(_ problem: String, _ expected: String) -> InputError {
            InputError(.data, at: .init(file), problem, expected: expected)
        }
        let kinds: [UInt8: (width: Int, name: String)] = [
            0x08: (1, "u1"), 0x09: (1, "i1"), 0x0B: (2, "i2"), 0x0C: (4, "i4"), 0x0D: (4, "f4"), 0x0E: (8, "f8"),
        ]
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, let kind = kinds[bytes[2]], bytes[3] > 0 else {
            throw fault("is neither an IDX nor a NumPy file", "two zeros, a type and a number of axes at its start")
        }
        let start = 4 + 4 * Int(bytes[3])
        guard bytes.count >= start else { throw fault("the lengths of the axes are cut off", "\(bytes[3]) of them") }
        let shape = (0..<Int(bytes[3])).map { axis in
            (0..<4).reduce(0) { $0 << 8 | Int(bytes[4 + 4 * axis + $1]) }
        }
        return try numbers(bytes[start...], shape, kind.name, isBigEndian: true, file: file)
    }

    /// The numbers of an array in row-major order.
    ///
    /// - Parameter type: as NumPy calls it, without the order of bytes: `u1`, `i4`, `f8`.
    static func numbers(
        _ bytes: ArraySlice<UInt8>, _ shape: [Int], _ type: String, isBigEndian: Bool, file: String
    ) throws(InputError) -> Array {
        guard let width = type.last?.wholeNumberValue else {
            throw InputError(.data, at: .init(file), "numbers of type \(type.quoted)", expected: "integers or reals")
        }
        var count = 1
        for length in shape {
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: length)
            count = isTooLarge ? .max : product
        }
        guard count <= bytes.count / width, bytes.count == count * width else {
            let size = shape.map(String.init).joined(separator: " × ")
            throw InputError(
                .data, at: .init(file), "\(bytes.count) bytes of numbers for an array of \(size)",
                expected: "\(count < .max / 8 ? "\(count * width)" : "more")")
        }
        if type == "u1" || type == "b1" {
            return Array(shape: shape, tensor: Tensor(floats: bytes.map(Float.init), shape: shape))
        }
        var values = [Double](repeating: 0, count: count)
        bytes.withUnsafeBufferPointer { bytes in
            for i in 0..<count {
                var word: UInt64 = 0
                for k in 0..<width {
                    word |= UInt64(bytes[i * width + (isBigEndian ? width - 1 - k : k)]) << UInt64(8 * k)
                }
                values[i] = number(word, type)
            }
        }
        return Array(shape: shape, tensor: Tensor(values, shape: shape))
    }

    private static func number(_ word: UInt64, _ type: String) -> Double {
        switch type {
        case "f8": Double(bitPattern: word)
        case "f4": Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
        case "f2": half(UInt16(truncatingIfNeeded: word))
        case "i1": Double(Int8(truncatingIfNeeded: word))
        case "i2": Double(Int16(truncatingIfNeeded: word))
        case "i4": Double(Int32(truncatingIfNeeded: word))
        case "i8": Double(Int64(bitPattern: word))
        default: Double(word)
        }
    }

    /// A number of 16 bits: 5 of exponent, 10 of fraction.
    private static func half(_ bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
        let size: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
            }
        return bits >> 15 == 1 ? -size : size
    }
}
