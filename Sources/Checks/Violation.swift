import Tensors

/// A law that does not hold: which, where, by how much, and how much would have been allowed.
///
/// Every check returns a list of these, empty when all is lawful, so that it serves any test framework and any program.
public struct Violation: Error, Equatable, Sendable, CustomStringConvertible {
    public let law: String
    public let place: String
    public let measured: Double
    public let allowed: Double

    public init(law: String, place: String, measured: Double, allowed: Double) {
        self.law = law
        self.place = place
        self.measured = measured
        self.allowed = allowed
    }
    public var description: String { "\(place): \(law): \(measured), allowed \(allowed)" }
}

/// Collects the violations of one check.
struct Findings {
    let place: String
    private(set) var violations: [Violation] = []

    init(_ place: String) { self.place = place }

    mutating func add(_ law: String, at detail: String = "", measured: Double, allowed: Double) {
        violations.append(
            Violation(
                law: law, place: detail.isEmpty ? place : "\(place), \(detail)", measured: measured, allowed: allowed))
    }

    /// Demands that two numbers agree within `allowed`.
    mutating func equal(_ law: String, _ a: Double, _ b: Double, allowed: Double) {
        let measured = distance(a, b)
        if !(measured <= allowed) { add(law, measured: measured, allowed: allowed) }
    }

    /// Demands that two trees agree, leaf by leaf, within `tolerance` times the largest
    /// magnitude of the leaf or `scale`.
    mutating func equal<T: Tree>(_ law: String, _ a: T, _ b: T, tolerance: Double, scale: Double = 1) {
        let (left, right) = (a.named, b.named)
        guard left.count == right.count else {
            return add("\(law) (number of leaves)", measured: Double(left.count), allowed: Double(right.count))
        }
        for ((name, x), (_, y)) in zip(left, right) {
            guard x.signature == y.signature else {
                let law = "\(law): \(x.signature) is not \(y.signature)"
                add(law, at: name, measured: Double(x.count), allowed: Double(y.count))
                continue
            }
            let allowed = x.type.isReal ? tolerance * max(scale, largest(y)) : 0
            let measured = distance(x, y)
            if !(measured <= allowed) { add(law, at: name, measured: measured, allowed: allowed) }
        }
    }
}

/// The distance of two numbers; zero for two NaN, and for two equal infinities.
private func distance(_ a: Double, _ b: Double) -> Double {
    a == b || (a.isNaN && b.isNaN) ? 0 : abs(a - b).isNaN ? .infinity : abs(a - b)
}

/// The largest distance of two elements.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.values, b.values).map { distance($0, $1) }.max() ?? 0
}

/// The largest finite magnitude.
func largest(_ x: Tensor) -> Double { x.values.lazy.filter(\.isFinite).map(abs).max() ?? 0 }
