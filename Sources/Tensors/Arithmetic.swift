/// Elementwise arithmetic and comparison. Shapes broadcast and element types promote by the array-API rules.

extension ElementType {
    /// The type in which two operands meet; integers meet reals in the real type.
    static func promoted(_ a: ElementType, _ b: ElementType) -> ElementType {
        let order: [ElementType] = [.bool, .int64, .float32, .float64]
        return order[max(order.firstIndex(of: a)!, order.firstIndex(of: b)!)]
    }
}

extension Tensor {
    /// A literal in the real type of what it belongs to; anything else as it is.
    func matchingLiteral(_ type: ElementType) -> Tensor { isLiteral && type.isReal ? cast(to: type) : self }
}

func promoted(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
    if a.type == b.type { return (a, b) }
    // A literal follows the other operand, unless that is of integers or truth values and the literal is not whole.
    if a.isLiteral && (b.type.isReal || isWhole(a)) && b.type != .bool { return (a.cast(to: b.type), b) }
    if b.isLiteral && (a.type.isReal || isWhole(b)) && a.type != .bool { return (a, b.cast(to: a.type)) }
    let type = ElementType.promoted(a.type, b.type)
    return (a.cast(to: type), b.cast(to: type))
}

private func isWhole(_ literal: Tensor) -> Bool { literal.scalar.rounded() == literal.scalar }

private func binary(_ f: Binary, _ a: Tensor, _ b: Tensor) -> Tensor {
    // The commonest case by the shortest way: untraced doubles of one shape.
    if case .float64(let x)? = a.storage, case .float64(let y)? = b.storage, a.tracer == nil, b.tracer == nil,
        a.shape == b.shape, let values = doubles(f, x, y)
    {
        return Tensor(shape: a.shape, type: .float64, storage: .float64(values), tracer: nil)
    }
    let (a, b) = promoted(a, b)
    // Concrete and untraced tensors are most of the work of a filter or a training step:
    // no lists are made for them.
    if a.tracer == nil && b.tracer == nil && a.storage != nil && b.storage != nil {
        let shape =
            b.shape.isEmpty || a.shape == b.shape
            ? a.shape : a.shape.isEmpty ? b.shape : broadcastShape([a.shape, b.shape], f.rawValue)
        return Tensor(shape: shape, type: a.type, storage: binaryValue(f, a, b, shape), tracer: nil)
    }
    return apply(.binary(f), a, b)
}

private func compare(_ f: Comparison, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = promoted(a, b)
    return apply(.compare(f), a, b)
}

private func truth(_ x: Tensor, _ operation: String) -> Tensor {
    precondition(x.type == .bool, "\(operation) of \(x.signature): needs truth values")
    return x
}

infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence

extension Tensor {
    public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
    public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
    public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
    public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }
    public static prefix func - (a: Tensor) -> Tensor { apply(.unary(.negative), a) }
    // Disfavoured, so that sums of plain numbers stay sums of plain numbers where this module is imported.
    @_disfavoredOverload public static func + (a: Tensor, b: Double) -> Tensor { a + Tensor(floatLiteral: b) }
    @_disfavoredOverload public static func - (a: Tensor, b: Double) -> Tensor { a - Tensor(floatLiteral: b) }
    @_disfavoredOverload public static func * (a: Tensor, b: Double) -> Tensor { a * Tensor(floatLiteral: b) }
    @_disfavoredOverload public static func / (a: Tensor, b: Double) -> Tensor { a / Tensor(floatLiteral: b) }
    @_disfavoredOverload public static func + (a: Double, b: Tensor) -> Tensor { Tensor(floatLiteral: a) + b }
    @_disfavoredOverload public static func - (a: Double, b: Tensor) -> Tensor { Tensor(floatLiteral: a) - b }
    @_disfavoredOverload public static func * (a: Double, b: Tensor) -> Tensor { Tensor(floatLiteral: a) * b }
    @_disfavoredOverload public static func / (a: Double, b: Tensor) -> Tensor { Tensor(floatLiteral: a) / b }
    public static func += (a: inout Tensor, b: Tensor) { a = a + b }
    public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
    public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
    public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

    public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(.equal, a, b) }
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(.notEqual, a, b) }
    public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(.less, a, b) }
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(.lessOrEqual, a, b) }
    public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(.greater, a, b) }
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(.greaterOrEqual, a, b) }
    /// Elementwise "not" of truth values.
    public static prefix func ! (a: Tensor) -> Tensor { apply(.unary(.logicalNot), a) }
    /// Elementwise "and" of truth values.
    public static func .& (a: Tensor, b: Tensor) -> Tensor { apply(.binary(.minimum), truth(a, ".&"), truth(b, ".&")) }
    /// Elementwise "or" of truth values.
    public static func .| (a: Tensor, b: Tensor) -> Tensor { apply(.binary(.maximum), truth(a, ".|"), truth(b, ".|")) }
    /// Elementwise "one but not both" of truth values.
    public static func .^ (a: Tensor, b: Tensor) -> Tensor {
        apply(.compare(.notEqual), truth(a, ".^"), truth(b, ".^"))
    }

    /// `self` to the power of `exponent`.
    public func power(_ exponent: Tensor) -> Tensor { binary(.power, self, exponent) }
    /// `self` modulo `divisor`, of the sign of the divisor: `self − divisor · ⌊self / divisor⌋`.
    /// Traps for the integer divisor 0.
    public static func % (a: Tensor, b: Tensor) -> Tensor { binary(.remainder, a, b) }
    /// The angle of the point `(x, self)`, in (−π, π].
    public func atan2(_ x: Tensor) -> Tensor { binary(.atan2, self, x) }
    /// The larger of two; a tie shares its derivative.
    public func maximum(_ other: Tensor) -> Tensor { binary(.maximum, self, other) }
    /// The smaller of two; a tie shares its derivative.
    public func minimum(_ other: Tensor) -> Tensor { binary(.minimum, self, other) }
    public func clipped(from low: Tensor) -> Tensor { maximum(low) }
    public func clipped(from low: Tensor, to high: Tensor) -> Tensor { maximum(low).minimum(high) }

    public func absolute() -> Tensor { apply(.unary(.absolute), self) }
    public func sign() -> Tensor { apply(.unary(.sign), self) }
    public func floor() -> Tensor { apply(.unary(.floor), self) }
    public func ceiling() -> Tensor { apply(.unary(.ceiling), self) }
    /// To the nearest whole number, halves to even.
    public func rounded() -> Tensor { apply(.unary(.rounded), self) }
    public func exp() -> Tensor { apply(.unary(.exp), self) }
    public func expMinusOne() -> Tensor { apply(.unary(.expMinusOne), self) }
    public func log() -> Tensor { apply(.unary(.log), self) }
    public func logOnePlus() -> Tensor { apply(.unary(.logOnePlus), self) }
    public func sqrt() -> Tensor { apply(.unary(.sqrt), self) }
    public func sin() -> Tensor { apply(.unary(.sin), self) }
    public func cos() -> Tensor { apply(.unary(.cos), self) }
    public func tanh() -> Tensor { apply(.unary(.tanh), self) }
    public func erf() -> Tensor { apply(.unary(.erf), self) }
    /// `1 / (1 + exp(−x))`.
    public func logistic() -> Tensor { apply(.unary(.logistic), self) }
    public func reciprocal() -> Tensor { apply(.unary(.reciprocal), self) }
    public func squared() -> Tensor { self * self }
    public func cast(to type: ElementType) -> Tensor { self.type == type ? self : apply(.cast(type), self) }
}

/// `a` where the condition holds, `b` elsewhere; the side not taken has derivative zero, whatever its value.
///
/// The adjoint of the side not taken is still computed, on zeros: where that side has an infinite derivative, as `sqrt`
/// has at zero, select its argument too: `select(x .> 0, select(x .> 0, x, 1).sqrt(), 0)`.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = promoted(a, b)
    return apply(.select, condition, a, b)
}
