/// C text cut into what it defines, so that a program takes what it uses and no more: compilers take their time for what they
/// read.
///
/// A definition makes those identifiers known outside of its parentheses and braces that are new. Whatever makes none known is
/// always taken. A macro that is applied outside of functions makes a family of them, `ROOTS(d) ROOTS(f)`; it is written out,
/// so that each member can be taken by itself. Comments outside of functions are left behind.
struct Definitions: Sendable {
    private struct Family {
        let parameters: [Name]
        let body: ArraySlice<UInt8>
    }

    private var texts: [ArraySlice<UInt8>] = []
    /// The definition that makes a name known.
    private var makers: [Name: Int] = [:]
    private var always: [Int] = []
    private var families: [Name: Family] = [:]

    init(_ text: String) { read(Array(text.utf8)[...]) }

    /// What `code` uses, in the order of the text.
    func used(by code: String) -> String {
        var isTaken = [Bool](repeating: false, count: texts.count)
        var waiting = always
        for number in always { isTaken[number] = true }
        func take(_ text: ArraySlice<UInt8>) {
            var scanner = Scanner(text)
            while let name = scanner.nextName() {
                guard let maker = makers[name], !isTaken[maker] else { continue }
                isTaken[maker] = true
                waiting.append(maker)
            }
        }
        take(Array(code.utf8)[...])
        while let number = waiting.popLast() { take(texts[number]) }
        let taken = texts.indices.filter { isTaken[$0] }.map { texts[$0] }
        return String(decoding: Array(taken.joined(separator: [10])), as: UTF8.self)
    }
}

extension Definitions {
    private mutating func read(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(text)
        while let first = scanner.startOfDefinition() {
            if first == UInt8(ascii: "#") {
                let (text, isPure) = scanner.directive()
                if isPure { directive(text) } else { add(text, []) }
            } else if let (name, arguments) = scanner.application(of: { families[$0] != nil }) {
                read(expanded(families[name]!, arguments))
            } else {
                add(scanner.definition())
            }
        }
    }

    /// A definition outside of directives: its names are new identifiers outside of parentheses and braces.
    private mutating func add(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(text)
        let isEnumeration = text.starts(with: "enum".utf8)
        var names: [Name] = []
        while let name = scanner.nextName() {
            let isOutside = scanner.depth == 0 || isEnumeration
            if isOutside, makers[name] == nil, !Definitions.keywords.contains(name) { names.append(name) }
        }
        add(text, names)
    }

    private mutating func add(_ text: ArraySlice<UInt8>, _ names: [Name]) {
        if names.isEmpty { always.append(texts.count) }
        for name in names where makers[name] == nil { makers[name] = texts.count }
        texts.append(text)
    }

    /// A macro, or all macros from a condition to its end; where functions depend on a condition it is taken always.
    private mutating func directive(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(text)
        var names: [Name] = []
        while let keyword = scanner.nextName() {
            if keyword == Definitions.define, let name = scanner.nextName() { names.append(name) }
        }
        add(text, names)
        scanner = Scanner(text)
        guard scanner.nextName() == Definitions.define, let name = scanner.nextName() else { return }
        families[name] = scanner.parameters().map { Family(parameters: $0, body: scanner.rest) }
    }

    /// The body of a macro with arguments for its parameters, without the signs that join and those that continue lines.
    private func expanded(_ family: Family, _ arguments: [ArraySlice<UInt8>]) -> ArraySlice<UInt8> {
        var result: [UInt8] = []
        var rest = family.body
        while let byte = rest.first {
            if byte.isOfName {
                let name = Name(rest.prefix { $0.isOfName })
                let place = family.parameters.firstIndex(of: name)
                result += place.map { arguments[$0] } ?? name.bytes
                rest = rest.dropFirst(name.bytes.count)
                continue
            }
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "#"), rest.first == byte {
                rest = rest.dropFirst()
            } else {
                result.append(byte == UInt8(ascii: "\\") ? UInt8(ascii: " ") : byte)
            }
        }
        return result[...]
    }

    private static let define = Name(Array("define".utf8)[...])

    private static let keywords = Set(
        """
        __attribute__ char const double enum extern float inline int long restrict short signed static struct typedef unsigned void
        """.split(separator: " ").map { Name(Array($0.utf8)[...]) })
}
