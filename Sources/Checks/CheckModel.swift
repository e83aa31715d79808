import Tensors

/// Checks a map, with its parameters, at a point: its tree; `⟨M dx, dy⟩ = ⟨dx, M* dy⟩`; a Taylor remainder of order
/// two; ensemble = loop over members.
///
/// - Parameters:
///   - x: the point; the map must be smooth within a distance of `tolerances.step` around it.
///   - ignoring: stored tensors of the map that are structure, as in `checkTree`.
public func checkMap<M: Map>(
    _ map: M, at x: M.Input, ignoring: Set<String> = [], tolerances: Tolerances = .float64, seed: Int = 1
) -> [Violation] {
    let whole = { (pair: Pair<M, M.Input>) in pair.first(pair.second) }
    let point = Pair(map, x)
    return checkTree(map, ignoring: ignoring)
        + checkOperation(
            "\(M.self)", at: x, laws: [.recorded, .values, .tangent, .adjoint, .batch, .batchOfGradient],
            tolerances: tolerances, seed: seed
        ) { map($0) }
        + checkOperation(
            "\(M.self) and its parameters", at: point, laws: [.tangent, .adjoint], tolerances: tolerances, seed: seed,
            whole)
        + checkTaylorRemainder("\(M.self) and its parameters", at: point, seed: seed, whole)
}

/// Checks a model, a map of a state to the next: all of `checkMap`, and that `count` steps as one `scan`, their tangent
/// and their adjoint equal those of a loop.
public func checkModel<M: Map>(
    _ model: M, at x: M.Input, steps count: Int = 3, ignoring: Set<String> = [], tolerances: Tolerances = .float64,
    seed: Int = 1
) -> [Violation] where M.Input == M.Output {
    var findings = Findings("\(M.self), \(count) steps")
    let looped = { (x: M.Input) in (0..<count).reduce(x) { state, _ in model(state) } }
    let scanned = { (x: M.Input) in model.repeated(count)(x) }
    let key = Key(seed)
    let (dx, dy) = (x.randomDirection(key.folding(1)), x.randomDirection(key.folding(2)))
    let (a, b) = (jvp(looped, at: x, along: dx), jvp(scanned, at: x, along: dx))
    findings.equal("scan = loop", b.value, a.value, tolerance: tolerances.rounding)
    findings.equal("tangent of scan = tangent of loop", b.tangent, a.tangent, tolerance: tolerances.rounding)
    findings.equal(
        "adjoint of scan = adjoint of loop", vjp(scanned, at: x).pullback(dy), vjp(looped, at: x).pullback(dy),
        tolerance: tolerances.rounding)
    return checkMap(model, at: x, ignoring: ignoring, tolerances: tolerances, seed: seed) + findings.violations
}

/// Checks that `‖f(x + h dx) − f(x) − h M dx‖` shrinks as `h²`: a derivative with any error shrinks as `h` only.
public func checkTaylorRemainder<A: Tree, B: Tree>(
    _ name: String, at x: A, step: Double = 1e-2, seed: Int = 1, _ f: @escaping (A) -> B
) -> [Violation] {
    var findings = Findings(name)
    let dx = x.randomDirection(Key(seed).folding(4))
    let (y, dy) = jvp(f, at: x, along: dx)
    let steps = [1, 0.5, 0.25].map { $0 * step / max(dx.magnitude, 1e-300) }
    let remainders = steps.map { h in f(x.moved(h, along: dx)).moved(-1, along: y).moved(-h, along: dy).length }
    let rounding = 1e-13 * max(1, y.length)
    for (coarse, fine) in zip(remainders, remainders.dropFirst()) where !(fine <= rounding) {
        let order = observedOrder([coarse, fine], steps: [2, 1])
        if !(order >= 1.8) { findings.add("order of the Taylor remainder, at least", measured: order, allowed: 1.8) }
    }
    return findings.violations
}
