/// Pieces of a page, every text in them escaped.
struct HTML: Sendable, Equatable {
    /// The markup.
    var markup: String

    /// Plain text.
    static func text(_ text: String) -> HTML { HTML(markup: escaped(text)) }

    /// An element with attributes in the order given.
    static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [HTML]) -> HTML {
        let list = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return HTML(markup: "<\(name)\(list)>" + content.map(\.markup).joined() + "</\(name)>")
    }

    /// An element of text alone.
    static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ text: String) -> HTML {
        element(name, attributes, [.text(text)])
    }

    /// Pieces one after another, each on a line.
    static func joined(_ pieces: [HTML]) -> HTML {
        HTML(markup: pieces.map(\.markup).joined(separator: "\n"))
    }

    /// Text with all that markup could take for its own replaced.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
