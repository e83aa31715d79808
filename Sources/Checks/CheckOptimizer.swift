import Networks
import Tensors

/// Checks an optimiser: its tree; no gradient, no change (unless it decays weights); training as one `scan` equals a
/// loop; the minimum of a convex quadratic is found; leaves that are not real stay as they are.
///
/// - Parameters:
///   - steps: enough to come within `tolerance` of the minimum of `½ (x − c)ᵀ A (x − c)`
///     with eigenvalues from 0.5 to 2.
///   - decays: whether the optimiser moves parameters whose gradient is zero.
public func checkOptimizer<O: Optimizer>(
    _ optimizer: O, steps: Int = 2000, tolerance: Double = 1e-3, decays: Bool = false, seed: Int = 1
) -> [Violation] {
    var findings = Findings("\(O.self)")
    let key = Key(seed)
    let target = key.folding(1).normal([5])
    let curvature = Tensor.linearlySpaced(0.5, 2, count: 5)
    let loss = { (x: Pair<Tensor, Tensor>) in 0.5 * (curvature * (x.first - target).squared()).sum() }
    let start = Pair(key.folding(2).normal([5]), Tensor(integers: [3, 1]))

    func step(_ x: Pair<Tensor, Tensor>, _ state: OptimizerState) -> (Pair<Tensor, Tensor>, OptimizerState) {
        let next = optimizer.update(x, gradient: gradient(of: loss)(x), state: state)
        return (next.parameters, next.state)
    }
    let scanned = scan(over: Nothing(), from: Pair(start, optimizer.start(start)), count: steps) { carry, _ in
        let next = step(carry.first, carry.second)
        return (Pair(next.0, next.1), Nothing())
    }.final.first
    if !decays { findings.equal("the minimum is found", scanned.first, target, tolerance: tolerance) }
    findings.equal("integers stay", scanned.second, start.second, tolerance: 0)

    var (looped, state) = (start, optimizer.start(start))
    for _ in 0..<7 { (looped, state) = step(looped, state) }
    let seven = scan(over: Nothing(), from: Pair(start, optimizer.start(start)), count: 7) { carry, _ in
        let next = step(carry.first, carry.second)
        return (Pair(next.0, next.1), Nothing())
    }.final.first
    findings.equal("scan = loop", seven, looped, tolerance: 1e-13)

    if !decays {
        let still = optimizer.update(
            start, gradient: start.mappingLeaves { Tensor.zeros($0.shape, type: $0.type) },
            state: optimizer.start(start))
        findings.equal("no gradient, no change", still.parameters, start, tolerance: 0)
    }
    return findings.violations + checkTree(optimizer)
}
