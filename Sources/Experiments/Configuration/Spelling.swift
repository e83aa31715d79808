/// Help with words that nobody knows: the nearest known one.
enum Spelling {
    /// `; did you mean 'hidden'?`, or nothing where no known word is near.
    static func suggestion(for word: String, among words: [String]) -> String {
        nearest(to: word, among: words).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// `one of: a, b, c`, cut after twenty words.
    static func oneOf(_ words: [String]) -> String {
        "one of: \(words.prefix(20).joined(separator: ", "))\(words.count > 20 ? ", …" : "")"
    }

    /// The word at the least distance, if that is no more than a third of its length (and at least 1).
    static func nearest(to word: String, among words: [String]) -> String? {
        let candidates = words.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, max(word.count, best.word.count) / 3) ? best.word : nil
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours from one word to the other.
    ///
    /// Optimal string alignment; long words are compared by their first hundred letters.
    static func distance(_ first: String, _ second: String) -> Int {
        let (a, b) = (Array(first.prefix(100)), Array(second.prefix(100)))
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
