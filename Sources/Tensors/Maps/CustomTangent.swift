/// The same function with a tangent rule of its own: `tangent(x, y, dx)` is the change of the value `y = f(x)` along
/// `dx`. Reverse mode is its transpose, and higher orders are derivatives of the rule.
///
/// The rule must be linear in `dx`; reverse mode traps where it is not. `f` and the rule may use tensors from outside
/// as constants; where derivatives with respect to such a tensor are asked for, it traps: make it part of the argument.
public func customTangent<A: Tree, B: Tree>(
    _ f: @escaping (A) -> B, tangent rule: @escaping (_ x: A, _ y: B, _ dx: A) -> B
) -> (A) -> B {
    { x in
        let leaves = x.leaves
        var structure: B?
        let value = Program.capturing(leaves.map(\.signature)) { parameters in
            let result = f(x.replacingLeaves(parameters))
            structure = result
            return result.leaves
        }
        let y = structure!
        let (n, made) = (leaves.count, value.program.resultSignatures)
        let change = Program.capturing(leaves.map(\.signature) + made + leaves.map(\.signature)) { all in
            rule(
                x.replacingLeaves(Array(all.prefix(n))), y.replacingLeaves(Array(all[n..<(n + made.count)])),
                x.replacingLeaves(Array(all.dropFirst(n + made.count)))
            ).leaves
        }
        let operands = leaves + value.captured + change.captured
        let signatures = operands.map(\.signature)
        let m = n + value.captured.count
        let last = operands.count + made.count
        let custom = Custom(
            body: value.program.widened(to: signatures, at: Array(0..<m)),
            rule: change.program.widened(
                to: signatures + made + leaves.map(\.signature),
                at: Array(0..<n) + Array(operands.count..<(last + n)) + Array(m..<operands.count)),
            arguments: n)
        return y.replacingLeaves(applyAll(.custom(custom), operands))
    }
}

/// The recorded form of a function with its own tangent rule. Operands are the arguments, then tensors from outside;
/// inputs of the rule are the operands, the results, and tangents of the arguments.
public struct Custom: Sendable {
    package let body: Program
    let rule: Program
    let arguments: Int

    func results(_ x: [Tensor]) -> [Signature] {
        precondition(
            rule.resultSignatures == body.resultSignatures,
            "customTangent: the rule makes \(rule.resultSignatures) for values \(body.resultSignatures)")
        return body.resultSignatures
    }

    func tangent(_ x: [Tensor], _ y: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        precondition(
            dx.dropFirst(arguments).allSatisfy { $0 == nil },
            "customTangent: a derivative with respect to a tensor that the function captures, one of "
                + "\(x.dropFirst(arguments).map(\.signature)): make it part of the argument")
        let directions = zip(x, dx).prefix(arguments).map { $1 ?? Tensor.zeros($0.shape, type: $0.type) }
        return zip(y, rule.run(x + y + directions)).map { $0.type.isReal ? $1 : nil }
    }

    func batched(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        let marks = isBatched + body.resultSignatures.map { _ in true }
        let argumentMarks = (0..<arguments).map { _ in true }
        let batchedRule = rule.batched(marks + argumentMarks, size)
        // Tangents of arguments are batched like the arguments, or not at all.
        let signatures = batchedRule.inputs.prefix(marks.count) + x.prefix(arguments).map(\.signature)
        let widened = Program.tracing(Array(signatures)) { all in
            let directions = zip(all.dropFirst(marks.count), isBatched).map {
                $1 ? $0 : $0.broadcast(to: [size] + $0.shape)
            }
            return batchedRule.run(all.prefix(marks.count) + directions)
        }
        return applyAll(
            .custom(Custom(body: body.batched(isBatched, size), rule: widened, arguments: arguments)), x)
    }
}
