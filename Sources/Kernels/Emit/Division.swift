/// A long program as functions: compile time grows faster than the length of a function.
///
/// Statements that follow each other become a function of their own. It gets the pointers that everything else is
/// computed from, and declares once more what it uses of the rest,
/// so that the compiler knows of its memory what it knew before.
extension Source {
    /// Lines of a program that are left in one piece.
    private static var fewestLines: Int { 300 }
    /// Lines of a function, about.
    private static var linesOfPart: Int { 120 }

    /// Divides the statements from the first start to the end of what is written, where they are many.
    ///
    /// - Parameter starts: the line at which each statement begins.
    mutating func divide(_ starts: [Int]) {
        guard let first = starts.first, lines.count - first > Self.fewestLines else { return }
        let statements = zip(starts, starts.dropFirst() + [lines.count]).map { Statement(lines[$0..<$1]) }
        let declarations = declarations()
        var (result, part) = ([String](), [String]())
        for statement in statements {
            result += statement.declarations
            if statement.isClosed {
                part += statement.code
                if part.count >= Self.linesOfPart { result += call(&part, declarations) }
            } else {
                result += call(&part, declarations) + statement.code
            }
        }
        result += call(&part, declarations)
        lines[first...] = result[...]
    }

    /// A function of some lines, and its call; a few lines stay as they are.
    private mutating func call(_ part: inout [String], _ declarations: [Declaration]) -> [String] {
        defer { part = [] }
        guard part.count >= Self.linesOfPart / 4 else { return part }
        let (given, needed) = surroundings(of: part, declarations)
        let function = name("part")
        let text = (needed + part).joined(separator: "\n")
        self.function(
            function, "static __attribute__((noinline)) void \(function)(\(given.text)) {\n\(text)\n}")
        return [String(repeating: "  ", count: depth) + "\(function)(\(given.arguments));"]
    }

    /// What code needs that is to be moved elsewhere: what it must be given, and declarations that follow from it.
    private func surroundings(
        of code: [String], _ declarations: [Declaration]
    ) -> (given: [Parameter], needed: [String]) {
        // Loops with memory are among them, whose names are their own.
        let own = Set(code.compactMap { $0.declaredName ?? $0.loopCounter })
        var used = Set(code.flatMap(\.names)).subtracting(own)
        var needed: [String] = []
        for (name, line) in declarations.reversed() where used.contains(name) {
            needed.append(line)
            used.formUnion(line.names)
        }
        // What is no declaration of the program is given: its parameters, counters of loops, areas of scratch memory.
        let counters = used.filter(\.isCounter).sorted().map { Parameter("const long ", $0) }
        let areas = used.filter(\.isArea).sorted().map { Parameter("char *", $0) }
        return (parameters.filter { used.contains($0.name) } + counters + areas, needed.reversed())
    }

    private typealias Declaration = (name: String, line: String)

    /// Declarations of the function so far, in their order, but for areas: those are given.
    private func declarations() -> [Declaration] {
        lines.compactMap { line in line.declaredName.flatMap { $0.isArea ? nil : ($0, line) } }
    }
}

// MARK: - Threads

extension Source {
    /// Elements of a nest that are worth a meeting of threads, which takes some microseconds.
    private static var fewestShared: Int { 1 << 15 }

    /// Shares out the outermost loop of the nest that was written last among threads, where it is large: each element
    /// is computed as before, by whichever thread.
    ///
    /// - Parameters:
    ///   - start: the line at which the nest begins.
    ///   - count: the steps of its outermost loop.
    mutating func share(_ start: Int, _ count: Int, elements: Int) {
        guard lanes == nil, elements >= Self.fewestShared, count >= 16 else { return }
        // Whole vectors, where the loop is over elements side by side.
        let rows = elements == count ? (count / 8 + 63) / 64 * 64 : (count + 7) / 8
        let end = "(first + \(rows) < \(count) ? first + \(rows) : \(count))"
        guard let (given, code) = takenNest(start, count, end: end) else { return }
        let function = name("shared")
        self.function(
            function, given,
            """
            static void \(function)_part(void *context, long part) {
            \(given.taken(from: function))
              const long first = part * \(rows);
            \(code)
            }
            """)
        block("") { source in
            source.line("struct \(function) given = {\(given.arguments)};")
            source.line("runtime->parallel(\((count + rows - 1) / rows), \(function)_part, &given);")
        }
    }

    /// The nest that was written last as a function of rows, which a product calls for each block of its rows.
    ///
    /// - Parameters:
    ///   - start: the line at which the nest begins.
    ///   - count: the steps of its outermost loop, a whole number for each row.
    /// - Returns: the function's name and what it is given; nil, and the nest is where it was, if it has another form.
    mutating func rowwise(_ start: Int, _ count: Int, rows: Int) -> (function: String, given: String)? {
        guard let (given, code) = takenNest(start, count, end: "end * \(count / rows)") else { return nil }
        let function = name("then")
        self.function(
            function, given,
            """
            static void \(function)_rows(void *context, long row, long end) {
            \(given.taken(from: function))
              const long first = row * \(count / rows);
            \(code)
            }
            """)
        return (function, given.arguments)
    }

    /// Takes the nest that was written last: what it must be given, and its code from a step called `first` to `end`.
    private mutating func takenNest(_ start: Int, _ count: Int, end: String) -> (given: [Parameter], code: String)? {
        let nest = Array(lines[start...])
        let head = "for (long i0 = 0; i0 < \(count); i0++) {"
        let indent = String(repeating: "  ", count: depth)
        guard nest.count(where: { $0.hasPrefix(indent + "for (") }) == 1,
            let place = nest.firstIndex(of: indent + head)
        else { return nil }
        let (given, needed) = surroundings(of: nest, declarations())
        guard !given.contains(where: { $0.name == "failure" }) else { return nil }
        var code = nest
        code[place] = indent + "for (long i0 = first; i0 < \(end); i0++) {"
        lines[start...] = []
        return (given, (needed + code).joined(separator: "\n"))
    }

    private mutating func function(_ name: String, _ given: [Parameter], _ text: String) {
        function(name, "struct \(name) { \(given.map { "\($0.type)\($0.name); " }.joined())};\n" + text)
    }
}

extension [Parameter] {
    /// Declarations of the members of a structure.
    fileprivate func taken(from structure: String) -> String {
        map { "  \($0.type)\($0.name) = ((const struct \(structure) *)context)->\($0.name);" }.joined(separator: "\n")
    }
}

/// The lines of a statement: declarations that later ones need as well, and code.
private struct Statement {
    var declarations: [String] = []
    var code: [String] = []
    /// Whether nothing else that it declares is seen outside of it.
    var isClosed = true

    init(_ lines: ArraySlice<String>) {
        var depth = 0
        for line in lines {
            if depth == 0, line.isEmpty || line.declaredName != nil {
                declarations.append(line)
                continue
            }
            if depth == 0 {
                let text = line.utf8.drop { $0 == UInt8(ascii: " ") }
                if ["const ", "t_", "char ", "long "].contains(where: { text.starts(with: $0.utf8) }) {
                    isClosed = false
                }
            }
            depth += line.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "{") ? 1 : $1 == UInt8(ascii: "}") ? -1 : 0) }
            code.append(line)
        }
    }
}

extension String {
    /// The identifiers in it.
    fileprivate var names: [String] {
        var scanner = Scanner(Array(utf8)[...])
        var names: [String] = []
        while let name = scanner.nextName() { names.append(String(decoding: name.bytes, as: UTF8.self)) }
        return names
    }

    /// The name that a line declares for the rest of its block: a pointer, a single number in memory, an index. Scans
    /// UTF-8 bytes, since it runs on every line.
    fileprivate var declaredName: String? {
        var text = utf8[...]
        text = text.drop { $0 == UInt8(ascii: " ") }
        guard text.last == UInt8(ascii: ";"),
            text.starts(with: "const ".utf8) || text.starts(with: "char ".utf8)
                || text.starts(with: "t_".utf8), let sign = text.firstIndex(of: UInt8(ascii: "="))
        else { return nil }
        let words = text[..<sign].split(separator: UInt8(ascii: " "))
        guard let last = words.last, words.count >= 3 else { return nil }
        if words[words.count - 2].elementsEqual("*restrict".utf8) { return String(last) }
        guard words.count == 3, words[0].elementsEqual("const".utf8) else { return nil }
        if last.suffix(3).elementsEqual("[1]".utf8) { return String(last.dropLast(3)) }
        return words[1].elementsEqual("long".utf8) ? String(last) : nil
    }

    /// The counter of a loop.
    fileprivate var loopCounter: String? {
        let text = utf8.drop { $0 == UInt8(ascii: " ") }
        for start in ["for (long ", "long "] where text.starts(with: start.utf8) {
            return String(text.dropFirst(start.utf8.count).prefix { $0 != UInt8(ascii: " ") })
        }
        return nil
    }

    /// `n1`, `n2`, …: the counter of a loop with memory, or the number of its steps.
    fileprivate var isCounter: Bool { isNumbered("n") }
    /// `area1`, …: the scratch memory of a step.
    fileprivate var isArea: Bool { isNumbered("area") }

    private func isNumbered(_ prefix: String) -> Bool {
        hasPrefix(prefix) && count > prefix.count && dropFirst(prefix.count).allSatisfy(\.isNumber)
    }
}
