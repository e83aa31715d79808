/// How the text of a table is cut into fields, and how its fields are read.
public struct CSVFormat: Hashable, Sendable {
    public enum Delimiter: Hashable, Sendable {
        /// One ASCII character.
        case character(Character)
        /// Any run of blanks and tabs.
        case blanks
        /// Columns of so many characters, without anything between them.
        case widths([Int])
    }

    /// Where the names of the columns are.
    public enum Header: Hashable, Sendable {
        /// In the first line that is neither empty nor a comment.
        case first
        /// In a line of the file, counted from 1, that may be a comment; lines above it are passed over.
        case line(Int)
        /// Not in the file.
        case names([String])
        /// Nowhere: the columns are called 1, 2, 3, …
        case none
    }

    public var delimiter: Delimiter
    /// The beginning of a comment line; `nil` where there are no comments.
    public var comment: String?
    /// The fields that stand for a missing value besides the empty one, `NA` and `NaN`; numbers are compared as
    /// numbers.
    public var missing: [String]
    public var header = Header.first
    /// How many rows below the names are passed over: units or types of the columns.
    public var rowsToSkip = 0
    /// The decimal mark: `.` or `,`.
    public var decimal: Character = "."
    /// The mark between groups of three digits, which may be absent.
    public var thousands: Character?

    public init(delimiter: Delimiter = .character(","), comment: String? = "#", missing: [String] = []) {
        (self.delimiter, self.comment, self.missing) = (delimiter, comment, missing)
    }
}

/// Which column of a table: by its name, its name and count among those of that name, or its position.
public enum ColumnName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    case named(String)
    /// The second ANOM is `.nth("ANOM", 2)`.
    case nth(String, Int)
    /// From 1.
    case position(Int)

    public init(stringLiteral text: String) { self = .named(text) }

    public var description: String {
        switch self {
        case .named(let name): name
        case .nth(let name, let count): "\(name) (\(count))"
        case .position(let position): "column \(position)"
        }
    }
}
