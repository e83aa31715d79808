import Tensors

extension Simplify {
    /// A simpler operand with the same value, in exact floating-point arithmetic save, behind an identity matrix, what
    /// is not finite; nil where there is none.
    static func algebra(
        _ operation: Operation, _ x: [Program.Operand], _ result: Signature, _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        let traits = operation.traits
        switch traits.kind {
        case .same: return x[0]
        case .arithmetic(let f): return arithmetic(f, x, result, &writer)
        case .movement(let movement): return moved(movement, operation, x, result, &writer)
        case .reduction(_, let axes):
            let shape = writer.signature(x[0]).shape
            guard axes.allSatisfy({ shape[$0] == 1 }) else { return nil }
            return writer.append(.reshape(result.shape), x, [result])[0]
        case .routine:
            return traits.identities.first { isIdentity(x[$0.identity]) && writer.signature(x[$0.result]) == result }
                .map { x[$0.result] }
        case .program: return nil
        }
    }

    private static func arithmetic(
        _ f: Arithmetic, _ x: [Program.Operand], _ result: Signature, _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        switch f {
        case .cast(let type): return writer.signature(x[0]).type == type ? x[0] : nil
        case .unary(let f): return unary(f, x[0], writer)
        case .binary(let f): return binary(f, x[0], x[1], result, &writer)
        case .select:
            guard same(x[1], x[2]), writer.signature(x[1]) == result else { return nil }
            return x[1]
        case .compare: return nil
        }
    }

    private static func moved(
        _ movement: Movement, _ operation: Operation, _ x: [Program.Operand], _ result: Signature,
        _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        switch movement {
        case .broadcast, .reshape: return reshaping(operation, x[0], result, &writer)
        case .transpose(let order): return transposing(order, x[0], result, &writer)
        case .slice(let starts, _, let steps):
            let isWhole =
                writer.signature(x[0]) == result && starts.allSatisfy { $0 == 0 } && steps.allSatisfy { $0 == 1 }
            return isWhole ? x[0] : nil
        case .roll(let shift, let axis):
            let length = result.shape[axis]
            return length == 0 || shift % length == 0 ? x[0] : nil
        case .pad: return writer.signature(x[0]) == result ? x[0] : nil
        case .concatenate: return x.count == 1 ? x[0] : nil
        case .gather, .unfold: return nil
        }
    }

    private static func unary(_ f: Unary, _ x: Program.Operand, _ writer: ProgramWriter) -> Program.Operand? {
        guard let maker = writer.maker(x), case .unary(let inner) = maker.operation, f == inner else { return nil }
        return f == .negative || f == .logicalNot ? maker.operands[0] : nil
    }

    private static func binary(
        _ f: Binary, _ a: Program.Operand, _ b: Program.Operand, _ result: Signature, _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        guard result.type.isReal else { return nil }
        if let stripped = withoutBroadcasts(f, a, b, result, &writer) { return stripped }
        if let number = repeated(a), writer.signature(b) == result {
            return writer.append(.binary(f), [number, b], [result])[0]
        }
        if let number = repeated(b), writer.signature(a) == result {
            return writer.append(.binary(f), [a, number], [result])[0]
        }
        let (first, second) = (uniform(a), uniform(b))
        func keeps(_ x: Program.Operand) -> Bool { writer.signature(x) == result }
        switch f {
        case .multiply:
            if second == 1, keeps(a) { return a }
            if first == 1, keeps(b) { return b }
            if first == -1, keeps(b) { return writer.append(.unary(.negative), [b], [result])[0] }
            if second == -1, keeps(a) { return writer.append(.unary(.negative), [a], [result])[0] }
        case .divide:
            if second == 1, keeps(a) { return a }
            // The reciprocal of a power of two is exact.
            if let second, second.isNormal, second.significand == 1, abs(second.exponent) < 100 {
                let inverse = Tensor.filled(1 / second, [], type: result.type)
                return writer.append(.binary(.multiply), [a, .constant(inverse)], [result])[0]
            }
        case .subtract:
            if second == 0, second?.sign == .plus, keeps(a) { return a }
            if let inner = negated(b, writer) { return writer.append(.binary(.add), [a, inner], [result])[0] }
        case .add:
            // −0 + 0 is 0, so that only −0 changes nothing.
            if second == 0, second?.sign == .minus, keeps(a) { return a }
            if first == 0, first?.sign == .minus, keeps(b) { return b }
            if let inner = negated(b, writer) { return writer.append(.binary(.subtract), [a, inner], [result])[0] }
            if let inner = negated(a, writer) { return writer.append(.binary(.subtract), [b, inner], [result])[0] }
        case .power:
            if second == 1, keeps(a) { return a }
            if second == 2 { return writer.append(.binary(.multiply), [a, a], [result])[0] }
        case .maximum, .minimum, .remainder, .atan2: break
        }
        return nil
    }

    private static func negated(_ x: Program.Operand, _ writer: ProgramWriter) -> Program.Operand? {
        guard let maker = writer.maker(x), case .unary(.negative) = maker.operation else { return nil }
        return maker.operands[0]
    }

    /// Operands that are repeated only to fit each other need no repetition.
    private static func withoutBroadcasts(
        _ f: Binary, _ a: Program.Operand, _ b: Program.Operand, _ result: Signature, _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        func source(_ x: Program.Operand) -> Program.Operand {
            guard let maker = writer.maker(x), case .broadcast = maker.operation else { return x }
            return maker.operands[0]
        }
        for (x, y) in [(source(a), source(b)), (source(a), b), (a, source(b))] where !(same(x, a) && same(y, b)) {
            if broadcasts(writer.signature(x).shape, writer.signature(y).shape, to: result.shape) {
                return writer.append(.binary(f), [x, y], [result])[0]
            }
        }
        return nil
    }

    private static func broadcasts(_ a: [Int], _ b: [Int], to result: [Int]) -> Bool {
        guard max(a.count, b.count) == result.count else { return false }
        return zip(zip(a.padded(toRank: result.count), b.padded(toRank: result.count)), result).allSatisfy {
            ($0.0 == 1 ? $0.1 : $0.0) == $1
        }
    }

    private static func reshaping(
        _ operation: Operation, _ x: Program.Operand, _ result: Signature, _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        if writer.signature(x) == result { return x }
        guard let maker = writer.maker(x) else { return nil }
        let isTwice =
            if case (.reshape, .reshape) = (operation, maker.operation) {
                true
            } else if case (.broadcast, .broadcast) = (operation, maker.operation) {
                true
            } else {
                false
            }
        guard isTwice else { return nil }
        if writer.signature(maker.operands[0]) == result { return maker.operands[0] }
        return writer.append(operation, maker.operands, [result])[0]
    }

    private static func transposing(
        _ order: [Int], _ x: Program.Operand, _ result: Signature, _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        if order == Array(order.indices) { return x }
        let shape = writer.signature(x).shape
        // Only axes of length one change place: the elements stay in their order.
        if order.filter({ shape[$0] != 1 }) == shape.indices.filter({ shape[$0] != 1 }) {
            return writer.append(.reshape(result.shape), [x], [result])[0]
        }
        guard let maker = writer.maker(x), case .transpose(let inner) = maker.operation else { return nil }
        let composed = order.map { inner[$0] }
        if composed == Array(composed.indices) { return maker.operands[0] }
        return writer.append(.transpose(composed), maker.operands, [result])[0]
    }

    /// The number that fills an array.
    static func repeated(_ x: Program.Operand) -> Program.Operand? {
        guard case .constant(let tensor) = x, tensor.count > 1 else { return nil }
        let values = tensor.values
        guard values.allSatisfy({ $0.bitPattern == values[0].bitPattern }) else { return nil }
        return .constant(Tensor.filled(values[0], [], type: tensor.type))
    }

    /// The only number in a constant.
    static func uniform(_ x: Program.Operand) -> Double? {
        guard case .constant(let tensor) = x, tensor.type.isReal, tensor.count == 1 else { return nil }
        return tensor.scalar
    }

    /// Whether a constant is the identity matrix: the operator that observes everything, errors of variance one.
    static func isIdentity(_ x: Program.Operand) -> Bool {
        guard case .constant(let tensor) = x, tensor.type.isReal, let n = tensor.shape.last,
            tensor.shape.suffix(2) == [n, n], tensor.count == n * n
        else { return false }
        return tensor.values.enumerated().allSatisfy { $1 == ($0 % (n + 1) == 0 ? 1 : 0) }
    }

    /// Whether two operands are the same value or the same constant.
    static func equal(_ a: Program.Operand, _ b: Program.Operand) -> Bool {
        guard case .constant(let x) = a, case .constant(let y) = b else { return same(a, b) }
        return x.isIdentical(to: y)
    }

    static func same(_ a: Program.Operand, _ b: Program.Operand) -> Bool {
        if case .value(let a) = a, case .value(let b) = b { a == b } else { false }
    }
}
