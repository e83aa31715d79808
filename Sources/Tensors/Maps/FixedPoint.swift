/// The `x` with `x = f(x)`, by iteration from `start`, with derivatives of the captures of `f` by
/// the implicit function theorem.
///
/// With `A = ∂f/∂x` and `b = ∂f/∂θ dθ` at the solution, the tangent is the fixed point of `dx = A dx + b` and the
/// adjoint that of `w = Aᵀ w + c`, solved by the same iteration; memory does not grow with its steps, and `start` has
/// derivative zero. Since both are fixed points again, derivatives exist in every order.
///
/// - Parameters:
///   - tolerance: the iteration ends when no element changes by more than this times the largest
///     magnitude of the iterate or of
///     the first one; by default `1e-10`, in single precision `1e-5`.
///   - limit: the number of steps after which the result is NaN.
///   - f: a contraction near the solution; all its leaves are real.
///
/// Reference: Griewank & Walther, *Evaluating Derivatives* (SIAM, 2008), chapter 15.
public func fixedPoint<X: Tree>(
    from start: X, tolerance: Double? = nil, limit: Int = 1000, _ f: (X) -> X
) -> X {
    let leaves = start.leaves
    precondition(
        leaves.allSatisfy(\.type.isReal), "fixedPoint: every leaf must be real: \(leaves.map(\.signature))")
    let (body, captured) = Program.capturing(leaves.map(\.signature)) { f(start.replacingLeaves($0)).leaves }
    let isDouble = leaves.allSatisfy { $0.type == .float64 }
    let point = FixedPoint(
        body: body, carries: leaves.count, batchAxes: 0, tolerance: tolerance ?? (isDouble ? 1e-10 : 1e-5), limit: limit
    )
    return start.replacingLeaves(applyAll(.fixedPoint(point), leaves + captured))
}

/// The recorded form of a fixed point. Operands, and inputs of the body,
/// are the start (the iterate) and then constants.
public struct FixedPoint: Sendable {
    let body: Program
    let carries: Int
    /// The number of first axes over which solutions are independent of one another.
    let batchAxes: Int
    let tolerance: Double
    let limit: Int
    /// The iteration itself, a program of the operands.
    package let solution: Program

    init(body: Program, carries: Int, batchAxes: Int, tolerance: Double, limit: Int) {
        let carry = Array(body.inputs.prefix(carries))
        precondition(
            body.resultSignatures == carry, "fixedPoint: from \(carry) the function makes \(body.resultSignatures)")
        (self.body, self.carries, self.batchAxes) = (body, carries, batchAxes)
        (self.tolerance, self.limit) = (tolerance, limit)
        solution = Program.tracing(body.inputs) { x in
            Iteration(body: body, batchAxes: batchAxes, tolerance: tolerance, limit: limit).solve(
                Array(x.prefix(carries)), Array(x.dropFirst(carries)))
        }
    }

    private func like(_ body: Program, batchAxes: Int? = nil) -> Operation {
        .fixedPoint(
            FixedPoint(
                body: body, carries: carries, batchAxes: batchAxes ?? self.batchAxes, tolerance: tolerance, limit: limit
            ))
    }

    /// `dx = A dx + b`: a fixed point whose constants are the solution, the constants and their tangents.
    func tangent(_ x: [Tensor], _ y: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        let active = x.indices.dropFirst(carries).filter { dx[$0] != nil }
        if active.isEmpty { return y.map { _ in nil } }
        let point = y + x.dropFirst(carries)
        let given = active.compactMap { dx[$0] }
        let linear = body.tangent(Array(0..<carries) + active).widened(
            to: (y + point + given).map(\.signature),
            at: point.indices.map { $0 + carries } + Array(0..<carries)
                + given.indices.map { $0 + carries + point.count })
        return applyAll(like(linear), y.map { Tensor.zeros($0.shape, type: $0.type) } + point + given)
    }

    /// Where the body is affine in the iterate and linear in the operands marked: `w = Aᵀ w + c`, and from it `Bᵀ w`.
    func adjoint(_ x: [Tensor], _ isLinear: [Bool], _ results: [Tensor], _ cotangents: [Tensor?]) -> [Tensor?] {
        let linear = x.indices.dropFirst(carries).filter { isLinear[$0] }
        let fixed = x.indices.dropFirst(carries).filter { !isLinear[$0] }.map { x[$0] }
        let transposed = body.adjoint(Array(0..<carries) + linear)
        let given = zip(results, cotangents).map { $1 ?? Tensor.zeros($0.shape, type: $0.type) }
        let signatures = (results + fixed + given).map(\.signature)
        let step = Program.tracing(signatures) { all in
            let w = Array(all.prefix(carries))
            let back = transposed.run(Array(all[carries..<(carries + fixed.count)]) + w)
            return zip(back, all.dropFirst(carries + fixed.count)).map(+)
        }
        let w = applyAll(like(step), results.map { Tensor.zeros($0.shape, type: $0.type) } + fixed + given)
        var all = [Tensor?](repeating: nil, count: x.count)
        for (i, cotangent) in zip(linear, transposed.run(fixed + w).dropFirst(carries)) { all[i] = cotangent }
        return all
    }

    func batched(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        let marks = x.indices.map { $0 < carries || isBatched[$0] }
        let operands = x.indices.map { marks[$0] && !isBatched[$0] ? x[$0].broadcast(to: [size] + x[$0].shape) : x[$0] }
        return applyAll(like(body.batched(marks, size), batchAxes: batchAxes + 1), operands)
    }
}

/// The loop of a fixed point: each element of the batch until it is at rest.
private struct Iteration {
    let body: Program
    let batchAxes: Int
    let tolerance: Double
    let limit: Int

    func solve(_ start: [Tensor], _ constants: [Tensor]) -> [Tensor] {
        let first = body.run(start + constants)
        let scale = largest(first)
        let moving = largest(zip(first, start).map(-)) .> tolerance * scale
        let state = Pair(first, Pair(moving, Tensor(integer: 1)))
        let end = whileLoop(from: state) {
            $0.second.first.cast(to: .int64).sum().minimum(Tensor(integer: limit) - $0.second.second)
                .> 0
        } do: { state in
            let (x, moving) = (state.first, state.second.first)
            let next = body.run(x + constants)
            let change = largest(zip(next, x).map(-))
            let stillMoving = moving * (change .> tolerance * scale.maximum(largest(next)))
            return Pair(choose(moving, next, x), Pair(stillMoving, state.second.second + Tensor.ones(type: .int64)))
        }
        return choose(end.second.first, end.first.map { Tensor.filled(.nan, type: $0.type) }, end.first)
    }

    /// The largest magnitude in all leaves, for each element of the batch.
    private func largest(_ x: [Tensor]) -> Tensor {
        let batch = Array(x.first?.shape.prefix(batchAxes) ?? [])
        return x.filter { $0.shape.dropFirst(batchAxes).reduce(1, *) > 0 }.reduce(Tensor.zeros(batch)) {
            $0.maximum($1.absolute().maximum(axes: Array(batchAxes..<$1.rank)).cast(to: .float64))
        }
    }

    private func choose(_ condition: Tensor, _ a: [Tensor], _ b: [Tensor]) -> [Tensor] {
        zip(a, b).map { a, b in
            select(condition.reshaped(condition.shape + [Int](repeating: 1, count: b.rank - batchAxes)), a, b)
        }
    }
}
