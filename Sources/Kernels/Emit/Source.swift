import Tensors

/// A C source file in the making: its functions, and the tables that go with it.
struct Source {
    /// The lanes of a vector, each of which is another element of the batch; nil where numbers are numbers.
    var lanes: Int?
    /// Operations that the interpreter computes.
    private(set) var interpreted: [InterpretedInstruction] = []
    /// Functions besides the program itself, in the order in which they came.
    private(set) var functions: [(name: String, text: String)] = []
    /// Whether there is code that only a compiler makes fast which unrolls loops.
    var needsEffort = false
    /// The parameters of the function that is written.
    private(set) var parameters: [Parameter] = []
    var lines: [String] = []
    private(set) var depth = 1
    private var names = 0

    init(lanes: Int?, _ parameters: [Parameter] = []) {
        (self.lanes, self.parameters) = (lanes, parameters)
    }

    var text: String { lines.joined(separator: "\n") }

    mutating func line(_ text: String) {
        lines.append(String(repeating: "  ", count: depth) + text)
    }

    /// The next function: its text starts anew; names and tables go on.
    mutating func startFunction(_ parameters: [Parameter]) {
        lines = []
        self.parameters = parameters
    }

    /// A block in braces.
    mutating func block(_ head: String, _ body: (inout Source) -> Void) {
        line(head.isEmpty ? "{" : head + " {")
        depth += 1
        body(&self)
        depth -= 1
        line("}")
    }

    /// Loops that, where they contain sines and cosines, are run once without branches,
    /// and once more if arguments were far.
    mutating func withoutBranches(_ body: (inout Source) -> Void) {
        let start = lines.count
        body(&self)
        let written = Array(lines[start...])
        guard lanes == nil else { return }
        let calls = ["sin", "cos"].flatMap { f in
            ["d", "f"].map { (call: "\(f)_\($0)(", near: "\(f)Within_\($0)(&far_\($0), ") }
        }
        guard written.contains(where: { line in calls.contains { line.mentions($0.call) } }) else { return }
        let near = written.map { calls.reduce($0) { $0.replacing($1.call, with: $1.near) } }
        lines[start...] = []
        block("") { source in
            source.line("t_l far_d = 0; t_i far_f = 0;")
            source.lines += near
            source.block("if (far_d | far_f)") { $0.lines += written }
        }
    }

    /// A line to be filled in when more is known.
    mutating func reserve() -> Int {
        lines.append("")
        return lines.count - 1
    }

    mutating func fill(_ mark: Int, _ text: String) { lines[mark] = "  " + text }

    mutating func name(_ prefix: String) -> String {
        names += 1
        return "\(prefix)\(names)"
    }

    /// A function that is written once, however often it is called.
    mutating func function(_ name: String, _ text: @autoclosure () -> String) {
        if !functions.contains(where: { $0.name == name }) { functions.append((name, text())) }
    }

    mutating func interpret(_ instruction: InterpretedInstruction) -> Int {
        interpreted.append(instruction)
        return interpreted.count - 1
    }
}

/// A parameter of a function in C.
struct Parameter: Sendable {
    let type: String
    let name: String

    init(_ type: String, _ name: String) { (self.type, self.name) = (type, name) }
}

extension [Parameter] {
    /// As they are declared.
    var text: String { map { $0.type + $0.name }.joined(separator: ", ") }
    /// As they are given.
    var arguments: String { map(\.name).joined(separator: ", ") }
}

/// An operation that native code leaves to the interpreter.
struct InterpretedInstruction: Sendable {
    let operation: Operation
    let operands: [Signature]
    let results: [Signature]
}

/// Where the elements of a value lie, row-major; those of a batched value are vectors of lanes.
struct Place {
    let pointer: String
    let type: ElementType
    let isBatched: Bool

    func offset(by elements: String) -> Place {
        Place(pointer: elements == "0" ? pointer : "(\(pointer) + \(elements))", type: type, isBatched: isBatched)
    }
}

extension ElementType {
    /// The letter that the names of types and functions end with in C: lower case for one number, upper case for lanes.
    func letter(_ isBatched: Bool) -> String {
        let letter =
            switch self {
            case .float64: "d"
            case .float32: "f"
            case .int64: "l"
            case .bool: "b"
            }
        return isBatched ? letter.uppercased() : letter
    }

    /// The type of an element in C.
    func name(_ isBatched: Bool) -> String { "t_" + letter(isBatched) }

    /// A number as C writes it, exactly.
    func literal(_ value: Double) -> String {
        switch self {
        case .float64:
            if value.isNaN { return "NAN" }
            if value.isInfinite { return value < 0 ? "(-INFINITY)" : "INFINITY" }
            return value.rounded() == value && abs(value) < 1e15 && !(value == 0 && value.sign == .minus)
                ? "\(Int(value)).0" : hexadecimal(value)
        case .float32:
            if value.isNaN { return "NAN" }
            if value.isInfinite { return value < 0 ? "(-INFINITY)" : "INFINITY" }
            return "((float)\(hexadecimal(value)))"
        case .int64: return "\(Int(value))l"
        case .bool: return value != 0 ? "1" : "0"
        }
    }

    /// Bytes of an element, lanes included.
    func bytes(_ lanes: Int?) -> Int {
        guard let lanes else { return size }
        return lanes * (self == .bool ? 8 : size)
    }
}

extension Tensor {
    /// The first element as C writes it, exactly.
    var literal: String {
        guard type == .int64 else { return type.literal(values[0]) }
        // C has no literal for the least integer, only for its magnitude, which is too large.
        return integers[0] == .min ? "(-\(Int.max)l - 1)" : "\(integers[0])l"
    }
}

private func hexadecimal(_ value: Double) -> String {
    let bits = value.magnitude.bitPattern
    let exponent = Int(bits >> 52)
    let fraction = String(bits & ((1 << 52) - 1), radix: 16)
    let digits = String(repeating: "0", count: 13 - fraction.count) + fraction
    let sign = value.sign == .minus ? "-" : ""
    return "(\(sign)0x\(exponent == 0 ? 0 : 1).\(digits)p\(exponent == 0 ? -1022 : exponent - 1023))"
}
