import Tensors

/// Checks that a function is linear and that another is its adjoint: `f(a x + b y) = a f(x) + b f(y)`,
/// `⟨f(x), y⟩ = ⟨x, f*(y)⟩`, and the derived adjoint is the given one.
///
/// - Parameters:
///   - name: the name of the map in violations.
///   - like: an element of the domain; only its structure is used.
public func checkLinearMap<A: Tree, B: Tree>(
    _ name: String, like: A, tolerance: Double = 1e-11, seed: Int = 1, _ f: @escaping (A) -> B,
    adjoint: (B) -> A
) -> [Violation] {
    var findings = Findings(name)
    let key = Key(seed)
    let (x, y) = (like.randomDirection(key.folding(1)), like.randomDirection(key.folding(2)))
    let (a, b) = (1.7, -0.6)
    let (fx, fy) = (f(x), f(y))
    let apart = fx.scaled(a).moved(b, along: fy)
    findings.equal(
        "f(a x + b y) = a f(x) + b f(y)", f(x.scaled(a).moved(b, along: y)), apart, tolerance: tolerance,
        scale: max(1, fx.magnitude, fy.magnitude))
    let z = fx.randomDirection(key.folding(3))
    let back = adjoint(z)
    findings.equal(
        "⟨f(x), y⟩ = ⟨x, f*(y)⟩", innerProduct(fx, z).scalar, innerProduct(x, back).scalar,
        allowed: tolerance * max(1, fx.length * z.length))
    findings.equal(
        "the adjoint = the derived adjoint", back, vjp(f, at: x).pullback(z), tolerance: tolerance,
        scale: max(1, back.magnitude))
    return findings.violations
}
