import Tensors

/// The text of one complex transform of a fixed length: Stockham's self-sorting passes over
/// split real and imaginary parts.
///
/// Sub-transforms of length `n`, of which there are `s` side by side, are cut by a radix `r`: elements `s n/r` apart go
/// into a butterfly, whose results, times powers of a root of unity, are written `s` apart. Reads are always side by
/// side; writes are in runs of `s`, and the first pass (`s = 1`) interleaves vectors. Reference: Van Loan,
/// *Computational Frameworks for the Fast Fourier Transform* (SIAM, 1992), section 1.7.
struct FourierPasses {
    /// Where complex numbers lie: as pairs, or split into real parts and, `gap` elements on, imaginary parts. Real and
    /// imaginary parts exchanged turn a transform into its inverse.
    struct Layout {
        let pointer: String
        var gap: Int?
        var isSwapped = false
    }
    let type: ElementType
    /// Whether elements are lanes of a batch.
    let isBatched: Bool
    let lanes: Int?
    private(set) var lines: [String] = []
    private(set) var tables: [String] = []
    private var names = 0

    init(_ type: ElementType, isBatched: Bool, lanes: Int?) {
        (self.type, self.isBatched, self.lanes) = (type, isBatched, isBatched ? lanes : nil)
    }

    mutating func line(_ text: String) { lines.append(text) }

    /// The radices of a length, nil if it has a factor beyond 13. Powers of two come first, so that later passes run
    /// over whole vectors.
    static func radices(_ length: Int, lanes: Int?) -> [Int]? {
        var rest = length
        var radices: [Int] = []
        let twos = length.trailingZeroBitCount
        rest >>= twos
        // Wide elements leave registers for butterflies of four only.
        if lanes.map({ $0 > 8 }) ?? false {
            radices = [Int](repeating: 4, count: twos / 2) + (twos % 2 == 1 ? [2] : [])
        } else {
            let (eights, left) = twos.quotientAndRemainder(dividingBy: 3)
            let isSplit = left == 1 && eights > 0  // 8 · 2 = 4 · 4
            radices =
                [Int](repeating: 8, count: isSplit ? eights - 1 : eights)
                + (isSplit ? [4, 4] : left == 0 ? [] : [1 << left])
        }
        for factor in [13, 11, 7, 5, 3] {
            while rest % factor == 0 {
                radices.append(factor)
                rest /= factor
            }
        }
        return rest == 1 ? radices : nil
    }

    /// All passes: from a layout by way of two split areas to another.
    mutating func transform(_ length: Int, _ radices: [Int], from: Layout, to: Layout, by work: [Layout]) {
        var (n, s, source) = (length, 1, from)
        for (number, radix) in radices.enumerated() {
            let target = number == radices.count - 1 ? to : work.first { $0.pointer != source.pointer }!
            pass(radix, n, s, length, source, target)
            (n, s, source) = (n / radix, s * radix, target)
        }
        if radices.isEmpty {
            let x = load(from, "0", 1)
            store(x, to, "0", 1)
        }
    }

    private mutating func pass(_ r: Int, _ n: Int, _ s: Int, _ length: Int, _ from: Layout, _ to: Layout) {
        let m = n / r
        let step = length / r
        let isPower = r & (r - 1) == 0
        if !isBatched, s == 1, isPower, let w = Self.width(dividing: m) {
            firstPass(r, n, w, step, from, to)
            return
        }
        let w = isBatched ? 1 : Self.width(dividing: s) ?? 1
        let table = m == 1 ? nil : roots(r, n, isByPower: false)
        line("for (long p = 0; p < \(m); p++) {")
        if let table { line("const \(scalar) *w = \(table) + \(2 * (r - 1)) * p;") }
        if w == 1, !isBatched, s > 1 { line("INDEPENDENT") }
        line("for (long q = 0; q < \(s); q += \(w)) {")
        let x = (0..<r).map { load(from, "q + \(s) * p + \(step * $0)", w) }
        for (k, y) in butterfly(x).enumerated() {
            let turned = table == nil || k == 0 ? y : times(y, ("w[\(2 * k - 2)]", "w[\(2 * k - 1)]"))
            store(turned, to, "q + \(s * r) * p + \(s * k)", w)
        }
        line("} }")
    }

    /// The pass over the whole length: vectors run over the butterflies, whose results are interleaved.
    private mutating func firstPass(_ r: Int, _ n: Int, _ w: Int, _ step: Int, _ from: Layout, _ to: Layout) {
        let m = n / r
        let table = roots(r, n, isByPower: true)
        line("for (long p = 0; p < \(m); p += \(w)) {")
        let x = (0..<r).map { load(from, "p + \(step * $0)", w) }
        let y = butterfly(x).enumerated().map { k, y in
            k == 0
                ? y
                : times(
                    y,
                    (
                        "load\(w)_\(letter)(\(table) + \(2 * m * (k - 1)) + p)",
                        "load\(w)_\(letter)(\(table) + \(2 * m * (k - 1) + m) + p)"
                    ))
        }
        let (real, imaginary) = (interleaved(y.map(\.real), w), interleaved(y.map(\.imaginary), w))
        for k in 0..<r { store((real[k], imaginary[k]), to, "\(r) * p + \(w * k)", w) }
        line("}")
    }

    /// Vectors shuffled so that element `i` of vector `k` is element `r i + k` of all.
    private mutating func interleaved(_ x: [String], _ w: Int) -> [String] {
        guard x.count > 1 else { return x }
        let even = interleaved(stride(from: 0, to: x.count, by: 2).map { x[$0] }, w)
        let odd = interleaved(stride(from: 1, to: x.count, by: 2).map { x[$0] }, w)
        return zip(even, odd).flatMap { a, b in
            [bind("LOW\(w)(\(a), \(b))", w), bind("HIGH\(w)(\(a), \(b))", w)]
        }
    }

    static func width(dividing count: Int) -> Int? { [8, 4, 2].first { count % $0 == 0 } }
}

// MARK: - Roots of unity

extension FourierPasses {
    /// `exp(−2πipk/n)` for `p < n/r`, `0 < k < r`: for every `k` the real parts and the imaginary parts,
    /// or pairs for every `p`.
    private mutating func roots(_ r: Int, _ n: Int, isByPower: Bool) -> String {
        let m = n / r
        let root = { (p: Int, k: Int) in FourierPlan.root(p * k % n, of: n) }
        return table(
            isByPower
                ? (1..<r).flatMap { k in (0..<m).map { root($0, k).x } + (0..<m).map { root($0, k).y } }
                : (0..<m).flatMap { p in (1..<r).flatMap { [root(p, $0).x, root(p, $0).y] } })
    }

    /// A table of numbers.
    mutating func table(_ values: [Double]) -> String {
        let name = "w\(tables.count)"
        let numbers = values.map { ElementType.float64.literal($0) }.joined(separator: ",")
        tables.append("static const \(scalar) \(name)[] __attribute__((aligned(64))) = {\(numbers)};")
        return name
    }
}

// MARK: - Numbers

extension FourierPasses {
    typealias Number = (real: String, imaginary: String)

    var letter: String { type.letter(false) }
    var scalar: String { type.name(false) }
    func vector(_ w: Int) -> String { w == 1 ? type.name(isBatched) : "v\(w)_\(letter)" }

    mutating func bind(_ text: String, _ w: Int) -> String {
        names += 1
        line("const \(vector(w)) z\(names) = \(text);")
        return "z\(names)"
    }

    /// So many complex numbers, from an index on.
    mutating func load(_ from: Layout, _ index: String, _ w: Int) -> Number {
        let (real, imaginary): Number
        if let gap = from.gap {
            let at = { [letter] (offset: Int) in
                w == 1
                    ? "\(from.pointer)[\(index) + \(offset)]"
                    : "load\(w)_\(letter)(\(from.pointer) + (\(index) + \(offset)))"
            }
            (real, imaginary) = (bind(at(0), w), bind(at(gap), w))
        } else if w == 1 {
            (real, imaginary) = (
                bind("\(from.pointer)[2 * (\(index))]", 1), bind("\(from.pointer)[2 * (\(index)) + 1]", 1)
            )
        } else {
            let a = bind("load\(w)_\(letter)(\(from.pointer) + 2 * (\(index)))", w)
            let b = bind("load\(w)_\(letter)(\(from.pointer) + 2 * (\(index)) + \(w))", w)
            (real, imaginary) = (bind("EVEN\(w)(\(a), \(b))", w), bind("ODD\(w)(\(a), \(b))", w))
        }
        return from.isSwapped ? (imaginary, real) : (real, imaginary)
    }

    mutating func store(_ x: Number, _ to: Layout, _ index: String, _ w: Int) {
        let (real, imaginary) = to.isSwapped ? (x.imaginary, x.real) : x
        if let gap = to.gap {
            for (value, offset) in [(real, 0), (imaginary, gap)] {
                line(
                    w == 1
                        ? "\(to.pointer)[\(index) + \(offset)] = \(value);"
                        : "store\(w)_\(letter)(\(to.pointer) + (\(index) + \(offset)), \(value));")
            }
        } else if w == 1 {
            line("\(to.pointer)[2 * (\(index))] = \(real); \(to.pointer)[2 * (\(index)) + 1] = \(imaginary);")
        } else {
            line("store\(w)_\(letter)(\(to.pointer) + 2 * (\(index)), LOW\(w)(\(real), \(imaginary)));")
            line("store\(w)_\(letter)(\(to.pointer) + 2 * (\(index)) + \(w), HIGH\(w)(\(real), \(imaginary)));")
        }
    }

    mutating func times(_ a: Number, _ b: Number) -> Number {
        let (real, imaginary) = (auto(b.real), auto(b.imaginary))
        return (
            auto("\(a.real) * \(real) - \(a.imaginary) * \(imaginary)"),
            auto("\(a.real) * \(imaginary) + \(a.imaginary) * \(real)")
        )
    }

    /// A name for an expression, of its type.
    mutating func auto(_ text: String) -> String {
        names += 1
        line("const __auto_type z\(names) = \(text);")
        return "z\(names)"
    }

    private mutating func sum(_ a: Number, _ b: Number) -> Number {
        (auto("\(a.real) + \(b.real)"), auto("\(a.imaginary) + \(b.imaginary)"))
    }
    private mutating func difference(_ a: Number, _ b: Number) -> Number {
        (auto("\(a.real) - \(b.real)"), auto("\(a.imaginary) - \(b.imaginary)"))
    }
    /// `a − ib` and `a + ib`.
    private mutating func turned(_ a: Number, _ b: Number) -> (back: Number, on: Number) {
        (
            (auto("\(a.real) + \(b.imaginary)"), auto("\(a.imaginary) - \(b.real)")),
            (auto("\(a.real) - \(b.imaginary)"), auto("\(a.imaginary) + \(b.real)"))
        )
    }

    // MARK: Butterflies

    private mutating func butterfly(_ x: [Number]) -> [Number] {
        switch x.count {
        case 2: [sum(x[0], x[1]), difference(x[0], x[1])]
        case 4: four(x)
        case 8: eight(x)
        case _: odd(x)
        }
    }

    private mutating func four(_ x: [Number]) -> [Number] {
        let (even, odd) = (sum(x[0], x[2]), sum(x[1], x[3]))
        let rest = turned(difference(x[0], x[2]), difference(x[1], x[3]))
        return [sum(even, odd), rest.back, difference(even, odd), rest.on]
    }

    private mutating func eight(_ x: [Number]) -> [Number] {
        let even = four([x[0], x[2], x[4], x[6]])
        let odd = four([x[1], x[3], x[5], x[7]])
        let half = type.literal(0.5.squareRoot())
        let (a, b) = (odd[1], odd[3])
        let first = (auto("\(half) * (\(a.real) + \(a.imaginary))"), auto("\(half) * (\(a.imaginary) - \(a.real))"))
        let third = (auto("\(half) * (\(b.imaginary) - \(b.real))"), auto("-\(half) * (\(b.real) + \(b.imaginary))"))
        let middle = turned(even[2], odd[2])
        return [
            sum(even[0], odd[0]), sum(even[1], first), middle.back, sum(even[3], third),
            difference(even[0], odd[0]), difference(even[1], first), middle.on, difference(even[3], third),
        ]
    }

    /// An odd radix: terms `j` and `r − j` have the same cosines and opposite sines.
    private mutating func odd(_ x: [Number]) -> [Number] {
        let r = x.count
        let half = 1...(r / 2)
        let pairs = half.map { (sum(x[$0], x[r - $0]), difference(x[$0], x[r - $0])) }
        var result = x
        for (plus, _) in pairs { result[0] = sum(result[0], plus) }
        for k in half {
            func combined(_ start: String, _ part: (Int) -> String, _ weight: (Int) -> Double) -> String {
                half.reduce(start) { text, j in
                    let product = "\(type.literal(weight(j))) * \(part(j - 1))"
                    return text.isEmpty ? product : "\(text) + \(product)"
                }
            }
            let cosine = { (j: Int) in FourierPlan.root(j * k % r, of: r).x }
            let sine = { (j: Int) in -FourierPlan.root(j * k % r, of: r).y }
            let even = (
                auto(combined(x[0].real, { pairs[$0].0.real }, cosine)),
                auto(combined(x[0].imaginary, { pairs[$0].0.imaginary }, cosine))
            )
            let odd = (
                auto(combined("", { pairs[$0].1.real }, sine)), auto(combined("", { pairs[$0].1.imaginary }, sine))
            )
            (result[k], result[r - k]) = turned(even, odd)
        }
        return result
    }
}
