import Tensors

/// A tendency that is a sum of monomials of near variables, the same at every place of a periodic line: what can be
/// learned about dynamics of which only locality and homogeneity are known.
///
///     dxᵢ/dt = Σ_k c_k Π_{o ∈ monomial k} xᵢ₊ₒ
///
/// A monomial is the list of its offsets, ascending; `[]` is the constant and `[0, 0]` is `xᵢ²`. With coefficients of
/// their own for every place it is not homogeneous; over offsets that reach around a short line it is
/// any polynomial of the state.
///
/// Shapes: `[..., n]` to `[..., n]`. Common factors are multiplied once: a monomial costs about one product.
public struct MonomialDictionary: Map {
    public let monomials: [[Int]]
    /// `[monomials]`, or `[monomials, n]` with coefficients for every place.
    public var coefficients: Tensor

    /// - Parameter coefficients: zeros, the same at every place, if none are given.
    public init(_ monomials: [[Int]], coefficients: Tensor? = nil) {
        let ordered = monomials.map { $0.sorted() }
        precondition(
            Set(ordered).count == monomials.count && !monomials.isEmpty
                && coefficients?.shape.first ?? monomials.count == monomials.count,
            "MonomialDictionary: the monomials \(monomials) with coefficients \(coefficients?.shape ?? [])")
        self.monomials = ordered
        self.coefficients = coefficients ?? Tensor.zeros([monomials.count])
    }

    /// All monomials up to a degree in the variables at offsets `−reach … reach`,
    /// whose factors are at most `spread` apart.
    ///
    /// With degree, reach and spread 2 there are 18: the constant, five linear terms, five squares, and seven products.
    public static func all(degree: Int, reach: Int, spread: Int? = nil) -> [[Int]] {
        var (found, last): ([[Int]], [[Int]]) = ([[]], [[]])
        for _ in 0..<degree {
            last = last.flatMap { monomial in
                ((monomial.last ?? -reach)...reach)
                    .filter { $0 - (monomial.first ?? $0) <= spread ?? 2 * reach }
                    .map { monomial + [$0] }
            }
            found += last
        }
        return found
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        // In order: a set has another one in every process, and sums of adjoints would follow it.
        let offsets = Set(monomials.joined()).sorted()
        let shifted = Swift.Dictionary(uniqueKeysWithValues: offsets.map { ($0, x.rolled(by: -$0)) })
        let sum = nested(Array(monomials.indices), depth: 0, shifted)
        return sum.shape == x.shape ? sum : sum.broadcast(to: x.shape)
    }

    /// `Σ c_k Π` of the monomials `terms`, which agree in their first `depth` factors, without those: Horner's scheme.
    private func nested(_ terms: [Int], depth: Int, _ shifted: [Int: Tensor]) -> Tensor {
        let own = terms.first { monomials[$0].count == depth }.map { coefficients[$0] }
        let rest = Swift.Dictionary(grouping: terms.filter { monomials[$0].count > depth }) { monomials[$0][depth] }
        let products = rest.keys.sorted().map { offset in
            shifted[offset]! * nested(rest[offset]!, depth: depth + 1, shifted)
        }
        let parts = products + (own.map { [$0] } ?? [])
        return parts.dropFirst().reduce(parts[0], +)
    }

    /// The value of every monomial at every place, `[..., n, monomials]`.
    public func features(_ x: Tensor) -> Tensor {
        let columns = monomials.map { monomial in
            monomial.map { x.rolled(by: -$0) }.reduce(Tensor.ones(x.shape, type: x.type), *)
        }
        return Tensor.stacked(columns, axis: -1)
    }

    /// The name of a monomial, as in `x[-1] x[1]`.
    public static func name(_ monomial: [Int]) -> String {
        monomial.isEmpty ? "1" : monomial.map { $0 == 0 ? "x" : "x[\($0)]" }.joined(separator: " ")
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&coefficients, "coefficients") }
}
