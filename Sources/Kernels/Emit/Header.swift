/// A header of C whose text is a part of emitted programs; the headers themselves are in `Sources/Kernels/C`.
struct Header: Sendable {
    /// As others include it; of routines for matrices alone.
    var name = ""
    var includes: [String] = []
    /// Functions that programs call.
    var provides: [String] = []
    let text: String

    /// The text for other types: single letters behind an underscore, which end names of types and functions, are
    /// replaced.
    func text(_ letters: KeyValuePairs<Character, Character>) -> String {
        let others = Dictionary(uniqueKeysWithValues: letters.map { ($0.asciiValue ?? 0, $1.asciiValue ?? 0) })
        var bytes = Array(text.utf8)
        for place in bytes.indices.dropFirst() where bytes[place - 1] == UInt8(ascii: "_") {
            let isSingle =
                place + 1 == bytes.count || !bytes[place + 1].isOfName || bytes[place + 1] == UInt8(ascii: "_")
            if isSingle, let other = others[bytes[place]] { bytes[place] = other }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The headers of matrices that `code` calls functions of, each behind those that it includes.
    static func matrices(for code: String) -> [Header] {
        var taken: [Header] = []
        func take(_ header: Header) {
            if taken.contains(where: { $0.name == header.name }) { return }
            for name in header.includes { matrices.first { $0.name == name }.map(take) }
            taken.append(header)
        }
        for header in matrices where header.provides.contains(where: { code.mentions($0 + "(") }) { take(header) }
        return taken
    }
}
