import Tensors

/// A formula as text: read once, checked against the names that it may use, and evaluated as operations of the engine,
/// so that derivatives, batches and native code follow.
///
/// Operators, by precedence: `or`, `and`, `not`, comparisons (1 or 0), `+ −`, `* /`, unary `−`, `^` (or `**`).
/// Functions of elements: exp, expm1, log, log1p, log2, log10, sqrt, sin, cos, tan, asin, acos, atan, atan2, sinh,
/// cosh, tanh, asinh, acosh, atanh, erf, logistic, abs, sign, floor, ceil, round, mod, min, max, clip, where. Functions
/// of fields: `shift(u, x: 1)`, the value at the next place along the axis `x`; `ddx`, `ddy` and `laplacian`, of second
/// order; `sum`, `mean`. The number `pi` is known.
public struct Formula: Sendable, Equatable {
    public let text: String
    private let tree: SyntaxTree

    public init(_ text: String) throws(FormulaFault) {
        self.text = text
        tree = try Parser.tree(text)
    }

    /// The names that it reads, `pi` left out.
    public var names: Set<String> { Set(tree.names.map(\.name)).subtracting(["pi"]) }

    /// The place of a name, in characters from the start.
    public func offset(of name: String) -> Int? { tree.names.first { $0.name == name }?.offset }

    /// The kind of its value; throws for a name that is not known, a wrong number of arguments and fields that do not
    /// fit together.
    public func kind(_ known: [String: ValueKind]) throws(FormulaFault) -> ValueKind {
        try Checker(known: known).kind(tree)
    }

    /// Its value; the names and their kinds must be those that it was checked with.
    public func value(_ values: [String: Tensor], _ known: [String: ValueKind]) -> Tensor {
        Evaluator(values: values, known: known).value(tree)
    }
}
