/// Decompression of DEFLATE data.
///
/// Reference: RFC 1951. Codes of up to ten bits are found in one look into a table, longer ones bit by bit.
struct Inflate {
    private let bytes: [UInt8]
    private var position: Int
    private var bits: UInt64 = 0
    private var count = 0
    private(set) var output: [UInt8] = []
    private let limit: Int

    /// The data from `start` on decompressed; nil where they are damaged, cut off, or longer than `limit`.
    ///
    /// - Returns: the output, and the place behind the data.
    static func run(_ bytes: [UInt8], from start: Int, limit: Int, expecting size: Int = 0) -> (
        output: [UInt8], end: Int
    )? {
        var inflate = Inflate(bytes: bytes, position: start, limit: limit)
        inflate.output.reserveCapacity(min(size, limit))
        while true {
            guard let isLast = inflate.take(1), let kind = inflate.take(2) else { return nil }
            let isRead =
                switch kind {
                case 0: inflate.stored()
                case 1: inflate.compressed(Huffman.fixedLiterals, Huffman.fixedDistances)
                case 2: inflate.dynamic()
                default: false
                }
            guard isRead else { return nil }
            if isLast == 1 { return (inflate.output, inflate.position - inflate.count / 8) }
        }
    }

    private init(bytes: [UInt8], position: Int, limit: Int) {
        (self.bytes, self.position, self.limit) = (bytes, position, limit)
    }

    private mutating func fill() {
        while count <= 56, position < bytes.count {
            bits |= UInt64(bytes[position]) << UInt64(count)
            position += 1
            count += 8
        }
    }

    private mutating func take(_ wanted: Int) -> Int? {
        if count < wanted { fill() }
        guard count >= wanted else { return nil }
        let value = Int(bits & ((1 << UInt64(wanted)) - 1))
        bits >>= UInt64(wanted)
        count -= wanted
        return value
    }

    private mutating func symbol(_ code: Huffman) -> Int? {
        if count < 15 { fill() }
        guard let (symbol, length) = code.symbol(Int(truncatingIfNeeded: bits & 0x7FFF)), length <= count else {
            return nil
        }
        bits >>= UInt64(length)
        count -= length
        return symbol
    }

    private mutating func stored() -> Bool {
        _ = take(count % 8)
        guard let length = take(16), let check = take(16), length == check ^ 0xFFFF else { return false }
        for _ in 0..<length {
            guard output.count < limit, let byte = take(8) else { return false }
            output.append(UInt8(byte))
        }
        return true
    }

    private mutating func dynamic() -> Bool {
        guard let literals = take(5), let distances = take(5), let codes = take(4) else { return false }
        var lengths = [Int](repeating: 0, count: 19)
        for place in Self.order.prefix(codes + 4) {
            guard let length = take(3) else { return false }
            lengths[place] = length
        }
        guard let code = Huffman(lengths) else { return false }
        var all: [Int] = []
        let total = literals + 257 + distances + 1
        while all.count < total {
            guard let symbol = symbol(code) else { return false }
            switch symbol {
            case 0..<16: all.append(symbol)
            case 16:
                guard let last = all.last, let more = take(2) else { return false }
                all += [Int](repeating: last, count: 3 + more)
            default:
                guard let more = take(symbol == 17 ? 3 : 7) else { return false }
                all += [Int](repeating: 0, count: (symbol == 17 ? 3 : 11) + more)
            }
        }
        guard all.count == total, let first = Huffman(Array(all[..<(literals + 257)])),
            let second = Huffman(Array(all[(literals + 257)...]))
        else { return false }
        return compressed(first, second)
    }

    private mutating func compressed(_ literals: Huffman, _ distances: Huffman) -> Bool {
        while true {
            guard let symbol = symbol(literals) else { return false }
            if symbol < 256 {
                guard output.count < limit else { return false }
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return true }
            guard symbol < 286, let extra = take(Self.lengthBits[symbol - 257]), let far = self.symbol(distances),
                far < 30, let more = take(Self.distanceBits[far])
            else { return false }
            let (length, distance) = (Self.lengths[symbol - 257] + extra, Self.distances[far] + more)
            guard distance <= output.count, output.count + length <= limit else { return false }
            let start = output.count - distance
            for i in 0..<length { output.append(output[start + i]) }
        }
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
}

/// A code of symbols by the lengths of their words.
private struct Huffman: Sendable {
    /// By the next ten bits: the symbol and the length of its word, the length 0 where that is longer.
    private var table: [(symbol: Int, length: Int)]
    /// Symbols of each length, and the symbols in the order of their words.
    private var counts = [Int](repeating: 0, count: 16)
    private var symbols: [Int] = []
    private static let width = 10

    static let fixedLiterals = Huffman(fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    static let fixedDistances = Huffman(fixed: [Int](repeating: 5, count: 30))

    /// Nil where the lengths are those of no code.
    init?(_ lengths: [Int]) {
        self.init(fixed: lengths)
        var free = 1
        for length in 1...15 {
            free = 2 * free - counts[length]
            if free < 0 { return nil }
        }
    }

    private init(fixed lengths: [Int]) {
        table = [(Int, Int)](repeating: (0, 0), count: 1 << Self.width)
        for length in lengths where length > 0 { counts[length] += 1 }
        symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        var (word, last) = (0, 0)
        for symbol in symbols {
            let length = lengths[symbol]
            word <<= length - last
            last = length
            if length <= Self.width {
                var turned = 0
                for bit in 0..<length where word >> bit & 1 == 1 { turned |= 1 << (length - 1 - bit) }
                for place in stride(from: turned, to: table.count, by: 1 << length) { table[place] = (symbol, length) }
            }
            word += 1
        }
    }

    /// The symbol that the next fifteen bits begin with; nil where it is none.
    func symbol(_ bits: Int) -> (symbol: Int, length: Int)? {
        let short = table[bits & ((1 << Self.width) - 1)]
        if short.length > 0 { return short }
        var (word, first, index) = (0, 0, 0)
        for length in 1...15 {
            word = word << 1 | (bits >> (length - 1) & 1)
            let count = counts[length]
            if word - first < count { return word >= first ? (symbols[index + word - first], length) : nil }
            index += count
            first = (first + count) << 1
        }
        return nil
    }
}
