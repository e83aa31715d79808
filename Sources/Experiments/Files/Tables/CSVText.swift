/// Fields of comma-separated values on output.
///
/// Reference: RFC 4180: a field with a comma, a quote, a line break or an end of blanks stands in quotes, its own
/// doubled.
enum CSVText {
    static func field(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.first != " " && text.last != " " && text.first != "#"
            && !text.unicodeScalars.contains { [",", "\"", "\n", "\r", "\t", ";"].contains($0) }
        return isPlain
            ? text : "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
