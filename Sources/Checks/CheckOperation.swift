import Tensors

/// The laws that every function of tensors obeys, whatever it is made of.
public enum OperationLaw: String, Sendable, CaseIterable {
    case recorded = "recorded program = eager"
    case values = "values inside transforms = eager"
    case tangent = "tangent = finite difference"
    case adjoint = "⟨M dx, dy⟩ = ⟨dx, M* dy⟩"
    case batch = "vmap = loop"
    case partialBatch = "vmap with one operand unbatched = loop"
    case nestedBatch = "vmap of vmap = loop of loops"
    case gradientOfBatch = "gradient of vmap = loop of gradients"
    case batchOfGradient = "vmap of gradient = loop of gradients"
    case secondOrder = "Hessian-vector product = finite difference of gradients"
    case symmetry = "⟨u, H v⟩ = ⟨H u, v⟩"
    case thirdOrder = "third order, forward over forward = reverse over reverse"
}

/// How exactly the laws are to hold, relative to the largest magnitude involved.
public struct Tolerances: Sendable {
    /// Between two ways to compute the same numbers.
    public var rounding: Double
    /// Between a derivative and differences.
    public var difference: Double
    /// The largest change of any element in differences.
    public var step: Double

    public init(rounding: Double = 1e-11, difference: Double = 1e-7, step: Double = 2e-3) {
        self.rounding = rounding
        self.difference = difference
        self.step = step
    }
    public static let float64 = Tolerances()
    public static let float32 = Tolerances(rounding: 2e-4, difference: 5e-4, step: 2e-3)
}

/// Checks a function of trees of tensors at a point: forward mode = reverse mode = finite differences, batched = loop,
/// recorded = eager, and the nestings of these to the third order.
///
/// Derivatives are taken of real leaves along random directions; differences are always taken in double precision. A
/// law that does not apply at the point, such as a finite difference at a kink, is excepted by name.
///
/// - Parameters:
///   - name: the name of the function in violations.
///   - x: the point; the function must be smooth within `tolerances.step` of it.
///   - laws: those to be checked.
///   - tolerances: by default those of the element type of the point.
///   - seed: of the random directions.
public func checkOperation<A: Tree, B: Tree>(
    _ name: String, at x: A, laws: Set<OperationLaw> = Set(OperationLaw.allCases), except: Set<OperationLaw> = [],
    tolerances: Tolerances? = nil, seed: Int = 1, _ f: @escaping (A) -> B
) -> [Violation] {
    let check = OperationCheck(
        f: f, x: x, tolerances: tolerances ?? (x.isDoublePrecision ? .float64 : .float32), key: Key(seed))
    var findings = Findings(name)
    let isDifferentiable = x.hasRealLeaves && check.y.hasRealLeaves
    for law in OperationLaw.allCases where laws.contains(law) && !except.contains(law) {
        switch law {
        case .recorded: check.recorded(&findings)
        case .batch: check.batch(&findings)
        case .partialBatch: check.partialBatch(&findings)
        case .nestedBatch: check.nestedBatch(&findings)
        case .values: check.values(&findings)
        case .tangent where isDifferentiable: check.tangent(&findings)
        case .adjoint where isDifferentiable: check.adjoint(&findings)
        case .gradientOfBatch where isDifferentiable: check.gradientOfBatch(&findings)
        case .batchOfGradient where isDifferentiable: check.batchOfGradient(&findings)
        case .secondOrder where isDifferentiable: check.secondOrder(&findings)
        case .symmetry where isDifferentiable: check.symmetry(&findings)
        case .thirdOrder where isDifferentiable: check.thirdOrder(&findings)
        case .tangent, .adjoint, .gradientOfBatch, .batchOfGradient, .secondOrder, .symmetry, .thirdOrder: break
        }
    }
    return findings.violations
}

/// A function at a point, with the directions along which it is tried.
private struct OperationCheck<A: Tree, B: Tree> {
    let f: (A) -> B
    let x: A
    let tolerances: Tolerances
    let key: Key
    let y: B
    let dx: A
    let dy: B

    init(f: @escaping (A) -> B, x: A, tolerances: Tolerances, key: Key) {
        (self.f, self.x, self.tolerances, self.key) = (f, x, tolerances, key)
        y = f(x)
        dx = x.randomDirection(key.folding(1))
        dy = y.randomDirection(key.folding(2))
    }

    /// A scalar function that is curved even where `f` is linear: `Σ wᵢ sin yᵢ`.
    func curved(_ x: A) -> Tensor {
        zip(f(x).leaves, dy.leaves).filter { $0.0.type.isReal }.reduce(Tensor.zeros()) {
            $0 + ($1.0.sin() * $1.1).sum().cast(to: .float64)
        }
    }

    /// The point and others near it.
    func points(_ count: Int) -> [A] {
        (0..<count).map { $0 == 0 ? x : x.moved(tolerances.step, along: x.randomDirection(key.folding(10 + $0))) }
    }
}

// MARK: - Values and derivatives

extension OperationCheck {
    func recorded(_ findings: inout Findings) {
        let program = Program.tracing(x.leaves.map(\.signature)) { f(x.replacingLeaves($0)).leaves }
        let run = y.replacingLeaves(program.run(x.leaves))
        findings.equal(OperationLaw.recorded.rawValue, run, y, tolerance: 0)
    }

    func values(_ findings: inout Findings) {
        let law = OperationLaw.values.rawValue
        findings.equal("\(law) (jvp)", jvp(f, at: x, along: dx).value, y, tolerance: 0)
        findings.equal("\(law) (vjp)", vjp(f, at: x).value, y, tolerance: 0)
    }

    func tangent(_ findings: inout Findings) {
        let found = jvp(f, at: x, along: dx).tangent.inDoublePrecision
        let expected = finiteDifference(
            { f($0).inDoublePrecision }, at: x.inDoublePrecision, along: dx.inDoublePrecision, step: tolerances.step)
        let real = { (tree: B) in tree.leaves.filter(\.type.isReal) }
        findings.equal(
            OperationLaw.tangent.rawValue, real(found), real(expected), tolerance: tolerances.difference,
            scale: max(1, y.magnitude))
    }

    func adjoint(_ findings: inout Findings) {
        let tangent = jvp(f, at: x, along: dx).tangent
        let cotangent = vjp(f, at: x).pullback(dy)
        findings.equal(
            OperationLaw.adjoint.rawValue, innerProduct(tangent, dy).scalar, innerProduct(dx, cotangent).scalar,
            allowed: tolerances.rounding * max(1, tangent.length * dy.length, cotangent.length * dx.length))
    }

    func secondOrder(_ findings: inout Findings) {
        let found = hessianVectorProduct(of: curved)(x, dx)
        let expected = finiteDifference(
            gradient(of: curved), at: x.inDoublePrecision, along: dx.inDoublePrecision, step: tolerances.step)
        let slope = gradient(of: curved)(x).magnitude
        findings.equal(
            OperationLaw.secondOrder.rawValue, found.inDoublePrecision, expected, tolerance: tolerances.difference,
            scale: max(1, slope))
    }

    func symmetry(_ findings: inout Findings) {
        let other = x.randomDirection(key.folding(3))
        let product = hessianVectorProduct(of: curved)
        let (along, across) = (product(x, dx), product(x, other))
        findings.equal(
            OperationLaw.symmetry.rawValue, innerProduct(other, along).scalar, innerProduct(across, dx).scalar,
            allowed: tolerances.rounding * max(1, other.length * along.length, across.length * dx.length))
    }

    func thirdOrder(_ findings: inout Findings) {
        let forward = { (g: @escaping (A) -> Tensor) in { (x: A) in jvp(g, at: x, along: dx).tangent } }
        let reverse = { (g: @escaping (A) -> Tensor) in { (x: A) in innerProduct(gradient(of: g)(x), dx) } }
        let a = forward(forward(forward(curved)))(x).scalar
        let b = reverse(reverse(reverse(curved)))(x).scalar
        let c = forward(reverse(forward(curved)))(x).scalar
        let allowed = 10 * tolerances.rounding * max(1, abs(a), abs(forward(forward(curved))(x).scalar))
        findings.equal(OperationLaw.thirdOrder.rawValue, a, b, allowed: allowed)
        findings.equal("third order, forward over forward = forward over reverse over forward", a, c, allowed: allowed)
    }
}

// MARK: - Batches

extension OperationCheck {
    func batch(_ findings: inout Findings) {
        let points = points(3)
        findings.equal(
            OperationLaw.batch.rawValue, vmap(f)(stacked(points)), stacked(points.map(f)),
            tolerance: tolerances.rounding)
    }

    func partialBatch(_ findings: inout Findings) {
        let points = points(2)
        let fixed = x.leaves
        for held in fixed.indices where fixed.count > 1 {
            func whole(_ part: [Tensor]) -> A {
                var leaves = part
                leaves.insert(fixed[held], at: held)
                return x.replacingLeaves(leaves)
            }
            let parts = points.map { point in point.leaves.indices.filter { $0 != held }.map { point.leaves[$0] } }
            findings.equal(
                "\(OperationLaw.partialBatch.rawValue) (operand \(held))", vmap { f(whole($0)) }(stacked(parts)),
                stacked(parts.map { f(whole($0)) }), tolerance: tolerances.rounding)
        }
    }

    func nestedBatch(_ findings: inout Findings) {
        let points = points(4)
        let rows = [stacked(Array(points[..<2])), stacked(Array(points[2...]))]
        let expected = stacked([stacked(points[..<2].map(f)), stacked(points[2...].map(f))])
        findings.equal(
            OperationLaw.nestedBatch.rawValue, vmap(vmap(f))(stacked(rows)), expected, tolerance: tolerances.rounding)
    }

    func gradientOfBatch(_ findings: inout Findings) {
        let points = points(2)
        let together = gradient(of: { (batch: A) in vmap(curved)(batch).sum() })(stacked(points))
        findings.equal(
            OperationLaw.gradientOfBatch.rawValue, together, stacked(points.map(gradient(of: curved))),
            tolerance: tolerances.rounding)
    }

    func batchOfGradient(_ findings: inout Findings) {
        let points = points(2)
        findings.equal(
            OperationLaw.batchOfGradient.rawValue, vmap(gradient(of: curved))(stacked(points)),
            stacked(points.map(gradient(of: curved))), tolerance: tolerances.rounding)
    }
}
