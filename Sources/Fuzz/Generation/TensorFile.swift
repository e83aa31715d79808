/// A file of tensors in the format safetensors, as a tree and bytes that can be changed.
struct TensorFile {
    /// The JSON at the start: places and types of tensors, and the metadata.
    var header: Tree
    var data: [UInt8]

    /// Nil for bytes that are no such file.
    init?(_ bytes: [UInt8]) {
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length <= bytes.count - 8,
            let tree = Tree(valid: String(decoding: bytes[8..<(8 + length)], as: UTF8.self))
        else { return nil }
        (header, data) = (tree, Array(bytes[(8 + length)...]))
    }

    /// The description, itself JSON, among the metadata.
    var description: Tree? {
        get {
            guard case .text(let text)? = header["__metadata__"]?["description"] else { return nil }
            return Tree(valid: text)
        }
        set {
            if let newValue { header = header.setting(["__metadata__", "description"], to: .text(newValue.json)) }
        }
    }

    /// As another program writes it: without a checksum, so that the content is read.
    mutating func removeChecksum() { header = header.removing(["__metadata__", "checksum"]) }

    /// - Parameter length: that of the header, as the file tells it.
    func bytes(length: (Int) -> Int = { $0 }) -> [UInt8] {
        let text = Array(header.json.utf8)
        return withUnsafeBytes(of: UInt64(truncatingIfNeeded: length(text.count)).littleEndian, Array.init) + text
            + data
    }
}

extension Generator {
    /// A file of tensors whose header, description, numbers or bytes are changed; mostly no checksum gives it away.
    mutating func damagedModel(_ bytes: [UInt8]) -> [UInt8] {
        guard chance(0.85), var file = TensorFile(bytes) else { return damaged(bytes) }
        if chance(0.9) { file.removeChecksum() }
        for _ in 0..<(chance(0.7) ? 1 : 2) {
            switch int(0...9) {
            case 0...4: file.description = file.description.map { chance(0.5) ? renumbered($0) : mutated($0) }
            case 5: file.header = mutated(file.header)
            case 6: file.header = renumbered(file.header)
            default: changeNumbers(of: &file.data)
            }
        }
        let isTold = chance(0.97)
        return file.bytes { isTold ? $0 : pick([0, $0 + 1, $0 - 1, 1 << 40, -1]) }
    }

    private mutating func changeNumbers(of data: inout [UInt8]) {
        guard data.count >= 8 else { return }
        for _ in 0..<few() {
            let number = pick([Double.nan, .infinity, 0, -1, 1e308, 1e-308, 1e10, -1e10])
            let place = 8 * int(0...(data.count / 8 - 1))
            data.replaceSubrange(
                place..<(place + 8), with: withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init))
        }
    }

    /// The tree with one number or word of it replaced: the structure stays.
    mutating func renumbered(_ tree: Tree) -> Tree {
        let leaves = (0..<tree.size).filter { tree.node($0).isLeaf }
        guard !leaves.isEmpty else { return tree }
        return tree.changed(pick(leaves)) { leaf in
            guard case .plain(let text) = leaf else { return .text(self.text()) }
            if text == "true" || text == "false" { return .plain(text == "true" ? "false" : "true") }
            guard let number = Double(text) else { return .plain(self.text()) }
            if let whole = Int(text) {
                return .plain(
                    pick([
                        "\(whole &+ 1)", "\(whole &- 1)", "0", "1", "2", "-1", "-\(text)", "\(whole)000", "2147483648",
                        "9223372036854775807", "1e18", "100001", "\(number)",
                    ]))
            }
            return .plain(
                pick(["0", "-\(text)", "1e-300", "1e300", "1e999", "-1", "\(number * 1e9)", "\(number / 1e9)", "null"]))
        }
    }
}

extension Tree {
    /// The value of a mapping's key.
    subscript(key: String) -> Tree? {
        guard case .mapping(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    /// Whether it is a number or a text.
    var isLeaf: Bool {
        switch self {
        case .plain, .text: true
        case .list, .mapping: false
        }
    }

    /// The tree without a key of its mappings.
    func removing(_ path: [String]) -> Tree {
        guard let first = path.first, case .mapping(let pairs) = self else { return self }
        if path.count == 1 { return .mapping(pairs.filter { $0.key != first }) }
        return .mapping(pairs.map { $0.key == first ? ($0.key, $0.value.removing(Array(path.dropFirst()))) : $0 })
    }
}
