import Tensors

/// Transforms of `n = 2m` real numbers by way of `m` complex ones, `zⱼ = x₂ⱼ + i x₂ⱼ₊₁`: the transforms of even and odd
/// numbers are apart by the symmetry `k ↔ m − k`. Reference: Van Loan (1992), section 4.3.
extension FourierPasses {
    /// `Xₖ = ½ (Zₖ + conj Zₘ₋ₖ) − ½ i exp(−2πik/n) (Zₖ − conj Zₘ₋ₖ)` for `k ≤ m`.
    mutating func modes(_ n: Int, from: Layout, to: Layout) {
        let m = n / 2
        let (z, gap) = (from.pointer, from.gap!)
        line("\(z)[\(m)] = \(z)[0]; \(z)[\(m + gap)] = \(z)[\(gap)];")
        overPairs(n, from: from, to: to) { root in (0.5 * root.y, -0.5 * root.x) }
        line(
            "\(to.pointer)[\(2 * m)] = \(z)[0] - \(z)[\(gap)]; \(to.pointer)[\(2 * m + 1)] = (\(type.name(isBatched))){0};"
        )
    }

    /// The transpose of `modes`, but for the factor ½ of the first and the last.
    mutating func pairs(_ n: Int, from: Layout, to: Layout) {
        overPairs(n, from: from, to: to) { root in (0.5 * root.y, 0.5 * root.x) }
        let (x, z) = (from.pointer, to.pointer)
        line("\(z)[0] = \(x)[0] + \(x)[\(n)]; \(z)[\(to.gap!)] = \(x)[0] - \(x)[\(n)];")
    }

    /// `½ (aₖ + conj aₘ₋ₖ) + tₖ (aₖ − conj aₘ₋ₖ)` for `k < m`, `t` made of the root `exp(−2πik/n)`.
    private mutating func overPairs(
        _ n: Int, from: Layout, to: Layout, _ factor: (ComplexPair) -> (Double, Double)
    ) {
        let m = n / 2
        let w = isBatched ? 1 : Self.width(dividing: m) ?? 1
        let factors = (0..<m).map { factor(FourierPlan.root($0, of: n)) }
        let (real, imaginary) = (table(factors.map(\.0)), table(factors.map(\.1)))
        line("for (long k = 0; k < \(m); k += \(w)) {")
        let a = load(from, "k", w)
        let mirror = load(from, "\(m - w + 1) - k", w)
        let b: Number =
            w == 1 ? mirror : (bind("REVERSE\(w)(\(mirror.real))", w), bind("REVERSE\(w)(\(mirror.imaginary))", w))
        let half = type.literal(0.5)
        let sum = (auto("\(half) * (\(a.real) + \(b.real))"), auto("\(half) * (\(a.imaginary) - \(b.imaginary))"))
        let difference = (auto("\(a.real) - \(b.real)"), auto("\(a.imaginary) + \(b.imaginary)"))
        let at = { [letter] (table: String) in w == 1 ? "\(table)[k]" : "load\(w)_\(letter)(\(table) + k)" }
        let turned = times(difference, (at(real), at(imaginary)))
        store((auto("\(sum.0) + \(turned.real)"), auto("\(sum.1) + \(turned.imaginary)")), to, "k", w)
        line("}")
    }

    /// Modes of an odd number `n` of reals, spread over all `n` so that their transform is real.
    mutating func mirrored(_ n: Int, from: Layout, to: Layout) {
        let (x, z, gap) = (from.pointer, to.pointer, to.gap!)
        let half = type.literal(0.5)
        line("\(z)[0] = \(x)[0]; \(z)[\(gap)] = (\(type.name(isBatched))){0};")
        line("for (long k = 1; k <= \(n / 2); k++) {")
        line("\(z)[k] = \(z)[\(n) - k] = \(half) * \(x)[2 * k];")
        line("\(z)[k + \(gap)] = \(half) * \(x)[2 * k + 1]; \(z)[\(n + gap) - k] = -\(half) * \(x)[2 * k + 1];")
        line("}")
    }

    /// Loads, stores and shuffles of vectors of a few numbers.
    static let vectors: String = {
        func list(_ w: Int, _ place: (Int) -> Int) -> String { (0..<w).map { "\(place($0))" }.joined(separator: ", ") }
        return [2, 4, 8].map { w in
            """
            \([("d", "double", 8), ("f", "float", 4)].map { letter, type, size in
                """
                typedef \(type) v\(w)_\(letter) __attribute__((vector_size(\(w * size))));
                INLINE v\(w)_\(letter) load\(w)_\(letter)(const \(type) *p) { v\(w)_\(letter) r; memcpy(&r, p, \(w * size)); return r; }
                INLINE void store\(w)_\(letter)(\(type) *p, v\(w)_\(letter) x) { memcpy(p, &x, \(w * size)); }
                """
            }.joined(separator: "\n"))
            #define EVEN\(w)(a, b) __builtin_shufflevector(a, b, \(list(w) { 2 * $0 }))
            #define ODD\(w)(a, b) __builtin_shufflevector(a, b, \(list(w) { 2 * $0 + 1 }))
            #define LOW\(w)(a, b) __builtin_shufflevector(a, b, \(list(w) { $0 / 2 + $0 % 2 * w }))
            #define HIGH\(w)(a, b) __builtin_shufflevector(a, b, \(list(w) { (w + $0) / 2 + $0 % 2 * w }))
            #define REVERSE\(w)(a) __builtin_shufflevector(a, a, \(list(w) { w - 1 - $0 }))
            """
        }.joined(separator: "\n")
    }()
}
