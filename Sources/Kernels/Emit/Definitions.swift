/// C text cut into its definitions, so that a program takes no more than it uses: compile time grows with the length of
/// the source.
///
/// A definition makes those identifiers known outside of its parentheses and braces that are new, and the last of them
/// before its body even if it is not, as in both branches of a condition. Preprocessor conditionals are always kept. A
/// macro that is applied outside of functions makes a family of them, `ROOTS(d) ROOTS(f)`; it is written out, so that
/// each member can be taken by itself. Comments outside of functions are left out.
///
/// Functions that are never written into their callers, the routines, can be compiled at the same time as what calls
/// them: with `HALF` 1 the program is made, with 2 the routines, and declared in the other; without it all is one.
/// Where both halves are compiled with equal effort, some routines go with the program,
/// so that one half does not wait long for the other.
struct Definitions: Sendable {
    private struct Family {
        let parameters: [Name]
        let body: ArraySlice<UInt8>
    }

    private var texts: [ArraySlice<UInt8>] = []
    /// Whether the definition is a function that is never written into its callers.
    private var isRoutine: [Bool] = []
    /// The definitions that make a name known.
    private var makers: [Name: [Int]] = [:]
    private var always: [Int] = []
    private var families: [Name: Family] = [:]

    init(_ text: String) { read(Array(text.utf8)[...]) }

    /// `code` behind what it uses, in the order of the text, and the part that its routines depend on; nil where it has
    /// none.
    func completed(_ code: String, isBalanced: Bool = false) -> (text: String, routines: String?) {
        var isTaken = [Bool](repeating: false, count: texts.count)
        // Routines that are called from outside of routines.
        var isCalled = isTaken
        var waiting = always
        for number in always { isTaken[number] = true }
        func take(_ text: ArraySlice<UInt8>, isRoutine: Bool) {
            forMakers(in: text) { maker in
                if !isRoutine { isCalled[maker] = true }
                if !isTaken[maker] { waiting.append(maker) }
                isTaken[maker] = true
            }
        }
        take(Array(code.utf8)[...], isRoutine: false)
        while let number = waiting.popLast() { take(texts[number], isRoutine: isRoutine[number]) }
        let taken = texts.indices.filter { isTaken[$0] }
        let called = taken.filter { isRoutine[$0] && isCalled[$0] }
        if called.isEmpty {
            return (
                String(
                    decoding: Array((taken.map { Array(texts[$0]) } + [Array(code.utf8)]).joined(separator: [10])),
                    as: UTF8.self), nil
            )
        }
        let halves = halves(called, code, isBalanced: isBalanced)
        let parts = taken.map {
            isRoutine[$0] ? halved($0, halves[$0] ?? [], isCalled: isCalled[$0]) : Array(texts[$0])
        }
        let head = ([Array(Definitions.linkage.utf8)] + parts).joined(separator: [10])
        let routines = String(decoding: Array(head), as: UTF8.self)
        return (routines + "\n#if HALF != 2\n\(code)\n#endif\n", routines)
    }

    private func forMakers(in text: ArraySlice<UInt8>, _ body: (Int) -> Void) {
        var scanner = Scanner(text)
        while let name = scanner.nextName() { makers[name]?.forEach(body) }
    }

    /// A half of the work: with the program, or beside it.
    private enum Half: Int {
        case program = 1
        case routines = 2
    }

    /// In which half each routine is made that the program calls, and in which those are that only routines call.
    private func halves(_ called: [Int], _ code: String, isBalanced: Bool) -> [Int: Set<Half>] {
        var halves: [Int: Set<Half>] = [:]
        let roots = Set(called)
        let groups = called.map { root in
            let group = routines(behind: root, but: roots)
            return (group: group, size: group.reduce(0) { $0 + texts[$1].count })
        }
        // A program is loops, of which compilers make less than of the routines.
        var sizes = [Half.program: code.utf8.count / 3, .routines: 0]
        for (group, size) in groups.sorted(by: { ($0.size, $0.group[0]) > ($1.size, $1.group[0]) }) {
            let half = isBalanced && sizes[.program]! < sizes[.routines]! ? Half.program : .routines
            sizes[half]! += size
            for routine in group { halves[routine, default: []].insert(half) }
        }
        return halves
    }

    /// A routine and those that it needs which the program does not call.
    private func routines(behind root: Int, but others: Set<Int>) -> [Int] {
        var (group, seen, waiting) = ([root], Set([root]), [root])
        while let number = waiting.popLast() {
            forMakers(in: texts[number]) { maker in
                guard !others.contains(maker), seen.insert(maker).inserted else { return }
                waiting.append(maker)
                if isRoutine[maker] { group.append(maker) }
            }
        }
        return group
    }

    private static let linkage = """
        #if HALF
        #define ROUTINE __attribute__((visibility("hidden")))
        #else
        #define ROUTINE static
        #endif
        """

    /// A routine that is made in some halves. One that the program calls is made in one, and the other knows it.
    private func halved(_ number: Int, _ halves: Set<Half>, isCalled: Bool) -> [UInt8] {
        let text = texts[number]
        guard halves.count == 1, let half = halves.first else { return Array(text) }
        let other = 3 - half.rawValue
        guard isCalled else { return Array("#if HALF != \(other)\n".utf8) + text + Array("\n#endif".utf8) }
        let head = text.dropFirst("static".utf8.count).prefix { $0 != UInt8(ascii: "{") }
        return Array("ROUTINE".utf8) + head + Array("\n#if HALF == \(other)\n;\n#else\n".utf8) + text[head.endIndex...]
            + Array("\n#endif".utf8)
    }
}

extension Definitions {
    private mutating func read(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(text)
        while let first = scanner.startOfDefinition() {
            if first == UInt8(ascii: "#") {
                directive(scanner.directive())
            } else if let (name, arguments) = scanner.application(of: { families[$0] != nil }) {
                read(expanded(families[name]!, arguments))
            } else {
                add(scanner.definition())
            }
        }
    }

    private mutating func add(_ text: ArraySlice<UInt8>) {
        let isEnumeration = text.starts(with: "enum".utf8)
        var scanner = Scanner(text)
        var names: [Name] = []
        var last: Name?
        while let name = scanner.nextName() {
            guard scanner.depth == 0 || isEnumeration, !Definitions.keywords.contains(name) else { continue }
            if makers[name] == nil { names.append(name) }
            last = name
        }
        if let last, !names.contains(last) { names.append(last) }
        add(text, names)
    }

    private mutating func add(_ text: ArraySlice<UInt8>, _ names: [Name]) {
        if names.isEmpty { always.append(texts.count) }
        for name in names { makers[name, default: []].append(texts.count) }
        texts.append(text)
        let head = Scanner(text.prefix { $0 != UInt8(ascii: "{") })
        isRoutine.append(text.starts(with: "static".utf8) && head.contains(Definitions.noinline))
    }

    private mutating func directive(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(text)
        guard scanner.nextName() == Definitions.define, let name = scanner.nextName() else { return add(text, []) }
        add(text, [name])
        families[name] = scanner.parameters().map { Family(parameters: $0, body: scanner.rest) }
    }

    /// The body of a macro with arguments for its parameters, without the signs that join
    /// and those that continue lines.
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

    private static let noinline = Name(Array("noinline".utf8)[...])
    private static let define = Name(Array("define".utf8)[...])

    private static let keywords = Set(
        """
        __attribute__ char const double enum extern float inline int long restrict short signed static struct typedef unsigned void
        """.split(separator: " ").map { Name(Array($0.utf8)[...]) })
}
