import Foundation

extension KeyReference {
    /// The keys of some kinds of experiment for a terminal of 100 columns.
    public static func text(_ kinds: [ExperimentKind]) -> String {
        var text = introduction.wrapped(to: width).joined(separator: "\n") + "\n"
        for kind in kinds { text += "\n" + KeyReference(kind).text }
        return text + "\n" + others.map { $0.wrapped(to: width).joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    /// The same as a page in Markdown.
    public static func page(_ kinds: [ExperimentKind]) -> String {
        var page = "# Keys of configurations\n\n<!-- Written by 'apus help keys --markdown'. -->\n\n\(introduction)\n"
        for kind in kinds { page += "\n" + KeyReference(kind).page }
        return page + "\n## The same words in other tools\n\n" + others.map { $0 + "\n" }.joined(separator: "\n")
    }

    /// The same for programs.
    public static func json(_ kinds: [ExperimentKind]) throws -> String {
        struct Kind: Codable {
            let kind: String
            let keys: [Entry]
            let variants: [Variant]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let all = kinds.map(KeyReference.init).map {
            Kind(kind: $0.kind.rawValue, keys: $0.entries, variants: $0.variants)
        }
        return String(decoding: try encoder.encode(all), as: UTF8.self)
    }

    private static let width = 100
    private static let indent = String(repeating: " ", count: 30)

    private static let introduction =
        "A key without an effect is an error, as is an unknown one. Numbers are 0 or have a magnitude from 1e-30 to "
        + "1e30; a list has at most \(ConfigurationNode.longestList) entries, a text "
        + "\(ConfigurationNode.longestText) bytes, a file \(ConfigurationNode.longestFile) bytes and "
        + "\(ConfigurationNode.mostValues) values. Where a list may be given, its values are chosen from."

    /// The meaning of `radius` and `inflation` in other tools.
    private static let others = [
        "A radius in other tools: the weights of Gaspari and Cohn for a radius of 10 end at 36.4 in Apus and DAPPER, "
            + "at 20 in pypfda 1.1.0, at 10 in cuthbertlib 0.1.1. A radius of 10 there is one of 5.5 (pypfda) or 2.75 "
            + "(cuthbertlib) here.",
        "Inflation in other tools: a factor of 1.1 multiplies the variance by 1.21 in Apus and DAPPER (it multiplies "
            + "standard deviations), by 1.1 in DART (it multiplies variances), by 4.41 in cuthbert 0.1.1 (it adds "
            + "one). A factor of 1.1 in DART is one of 1.0488 here.",
    ]

    private var text: String {
        var text = "\(kind.rawValue): \(kind.text)\n\n"
        for entry in entries {
            let lines =
                (entry.facts + ".").wrapped(to: Self.width - Self.indent.count)
                + entry.sentence.wrapped(to: Self.width - Self.indent.count)
            let name = "  " + entry.path
            if name.count < Self.indent.count {
                text += name.padding(toLength: Self.indent.count, withPad: " ", startingAt: 0) + lines[0] + "\n"
            } else {
                text += name + "\n" + Self.indent + lines[0] + "\n"
            }
            for line in lines.dropFirst() { text += Self.indent + line + "\n" }
        }
        for path in Self.paths(variants) {
            text += "\n  \(path), and the keys of each:\n"
            for variant in variants where variant.path == path {
                let keys = variant.keys.isEmpty ? "no keys of its own" : variant.keys.joined(separator: ", ")
                let lines = ("\(variant.summary): " + keys).wrapped(to: Self.width - Self.indent.count)
                text += ("  " + variant.word).padding(toLength: Self.indent.count, withPad: " ", startingAt: 0)
                text += lines.joined(separator: "\n" + Self.indent) + "\n"
            }
        }
        return text
    }

    private var page: String {
        func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("<", with: "&lt;") }
        var page = "## \(kind.rawValue)\n\n\(kind.text.prefix(1).uppercased())\(kind.text.dropFirst()).\n\n"
        page += "| key | values | unit | default | |\n|---|---|---|---|---|\n"
        for entry in entries {
            let usual = entry.isRequired ? "required" : entry.usual.map { "`\($0)`" } ?? entry.without ?? ""
            page += "| `\(entry.path)` | \(cell(entry.values)) | \(cell(entry.unit ?? "")) | \(cell(usual)) "
            page += "| \(cell(entry.sentence)) |\n"
        }
        for path in Self.paths(variants) {
            page += "\n| `\(path)` | | keys |\n|---|---|---|\n"
            for variant in variants where variant.path == path {
                let keys = variant.keys.map { "`\($0)`" }.joined(separator: ", ")
                page += "| `\(variant.word)` | \(cell(variant.summary)) | \(keys) |\n"
            }
        }
        return page
    }

    private static func paths(_ variants: [Variant]) -> [String] {
        variants.reduce(into: []) { if !$0.contains($1.path) { $0.append($1.path) } }
    }
}

extension KeyReference.Entry {
    /// Values, unit and default in one line.
    fileprivate var facts: String {
        var parts = [values]
        if let unit { parts.append("unit: \(unit)") }
        if isRequired { parts.append("required") }
        if let usual { parts.append(usual == "{}" ? "optional" : "default \(usual)") }
        if let without { parts.append("without it: \(without)") }
        return parts.joined(separator: "; ")
    }

    fileprivate var sentence: String { of.map { "\(summary) Of \($0.joined(separator: ", "))." } ?? summary }
}

extension String {
    /// The text in lines of at most so many characters, broken between words.
    fileprivate func wrapped(to width: Int) -> [String] {
        var lines = [""]
        for word in split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
