import RealModule
import Synchronization

/// A complex number: real and imaginary part.
package typealias ComplexPair = SIMD2<Double>

@inline(__always)
func times(_ a: ComplexPair, _ b: ComplexPair) -> ComplexPair {
    ComplexPair(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
}
@inline(__always)
func conjugate(_ a: ComplexPair) -> ComplexPair { ComplexPair(a.x, -a.y) }
/// `−i a`.
@inline(__always)
private func turnedBack(_ a: ComplexPair) -> ComplexPair { ComplexPair(a.y, -a.x) }

/// The discrete Fourier transform `Yₖ = Σ xⱼ exp(−2πijk/n)` of one length: its factors and roots of unity.
///
/// Lengths of factors up to 13 go through Stockham's self-sorting passes, one a factor, in `O(n log n)`; others through
/// a convolution of a length that has small factors (Bluestein). References: Van Loan, *Computational Frameworks for
/// the Fast Fourier Transform* (SIAM, 1992), sections 1.7 and 4.2.
package final class FourierPlan: Sendable {
    let length: Int
    /// `exp(−2πij/n)`, each from an angle of at most π/4, so that no error grows along the table.
    let roots: [ComplexPair]
    private let factors: [Int]
    private let chirp: Chirp?

    private init(length: Int) {
        self.length = length
        roots = (0..<length).map { FourierPlan.root($0, of: length) }
        var rest = length
        var factors: [Int] = []
        for factor in [4, 2, 3, 5, 7, 11, 13] {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
        }
        self.factors = factors
        chirp = rest == 1 ? nil : Chirp(length)
    }

    /// Plans are made once a length; a program that uses very many lengths starts over now and then.
    private static let plans = Mutex<[Int: FourierPlan]>([:])

    static func of(length: Int) -> FourierPlan {
        if let plan = plans.withLock({ $0[length] }) { return plan }
        let plan = FourierPlan(length: length)  // outside the lock, as a plan may need another
        plans.withLock {
            if $0.count >= 64 { $0.removeAll() }
            $0[length] = plan
        }
        return plan
    }

    package static func root(_ j: Int, of n: Int) -> ComplexPair {
        let (quarter, rest) = (4 * j).quotientAndRemainder(dividingBy: n)
        let isBeyond = 2 * rest > n  // nearer to the next quarter turn
        let angle = Double.pi / 2 * (Double(isBeyond ? n - rest : rest) / Double(n))
        let (c, s) = isBeyond ? (Double.sin(angle), Double.cos(angle)) : (Double.cos(angle), Double.sin(angle))
        return switch quarter % 4 {
        case 0: ComplexPair(c, -s)
        case 1: ComplexPair(-s, -c)
        case 2: ComplexPair(-c, s)
        case _: ComplexPair(s, c)
        }
    }

    /// Transforms `x` in place; `work` is of the same length.
    func transform(_ x: inout [ComplexPair], _ work: inout [ComplexPair]) {
        if let chirp { return chirp.transform(&x) }
        var (n, stride) = (length, 1)
        for factor in factors {
            x.withUnsafeBufferPointer { source in
                work.withUnsafeMutableBufferPointer { target in
                    pass(factor, n, stride, source.baseAddress!, target.baseAddress!)
                }
            }
            swap(&x, &work)
            n /= factor
            stride *= factor
        }
    }

    /// One pass over sub-transforms of length `n`, of which there are `s` side by side.
    private func pass(
        _ radix: Int, _ n: Int, _ s: Int, _ x: UnsafePointer<ComplexPair>, _ y: UnsafeMutablePointer<ComplexPair>
    ) {
        let m = n / radix
        for p in 0..<m {
            let (from, to) = (x + s * p, y + s * radix * p)
            switch radix {
            case 2: pass2(p * s, s, s * m, from, to)
            case 3: pass3(p * s, s, s * m, from, to)
            case 4: pass4(p * s, s, s * m, from, to)
            case 5: pass5(p * s, s, s * m, from, to)
            case _: passAny(radix, p * s, s, s * m, from, to)
            }
        }
    }

    // Each reads elements `step` apart and writes them `s` apart, multiplied by powers of the root `w`,
    // for `s` transforms.

    @inline(__always)
    private func pass2(
        _ w: Int, _ s: Int, _ step: Int, _ x: UnsafePointer<ComplexPair>, _ y: UnsafeMutablePointer<ComplexPair>
    ) {
        let w1 = roots[w]
        for q in 0..<s {
            let (a, b) = (x[q], x[q + step])
            y[q] = a + b
            y[q + s] = times(a - b, w1)
        }
    }

    @inline(__always)
    private func pass3(
        _ w: Int, _ s: Int, _ step: Int, _ x: UnsafePointer<ComplexPair>, _ y: UnsafeMutablePointer<ComplexPair>
    ) {
        let (w1, w2) = (roots[w], roots[2 * w])
        for q in 0..<s {
            let (a, b, c) = (x[q], x[q + step], x[q + 2 * step])
            let even = a - 0.5 * (b + c)
            let odd = turnedBack(0.8660254037844386 * (b - c))  // √3 / 2
            y[q] = a + (b + c)
            y[q + s] = times(even + odd, w1)
            y[q + 2 * s] = times(even - odd, w2)
        }
    }

    @inline(__always)
    private func pass4(
        _ w: Int, _ s: Int, _ step: Int, _ x: UnsafePointer<ComplexPair>, _ y: UnsafeMutablePointer<ComplexPair>
    ) {
        let (w1, w2, w3) = (roots[w], roots[2 * w], roots[3 * w])
        for q in 0..<s {
            let (a, b, c, d) = (x[q], x[q + step], x[q + 2 * step], x[q + 3 * step])
            let odd = turnedBack(b - d)
            y[q] = (a + c) + (b + d)
            y[q + s] = times((a - c) + odd, w1)
            y[q + 2 * s] = times((a + c) - (b + d), w2)
            y[q + 3 * s] = times((a - c) - odd, w3)
        }
    }

    @inline(__always)
    private func pass5(
        _ w: Int, _ s: Int, _ step: Int, _ x: UnsafePointer<ComplexPair>, _ y: UnsafeMutablePointer<ComplexPair>
    ) {
        let (w1, w2, w3, w4) = (roots[w], roots[2 * w], roots[3 * w], roots[4 * w])
        let (c1, c2) = (0.30901699437494745, -0.8090169943749475)  // cos 72°, cos 144°
        let (s1, s2) = (0.9510565162951535, 0.5877852522924731)  // sin 72°, sin 144°
        for q in 0..<s {
            let a = x[q]
            let (sum1, difference1) = (x[q + step] + x[q + 4 * step], x[q + step] - x[q + 4 * step])
            let (sum2, difference2) = (x[q + 2 * step] + x[q + 3 * step], x[q + 2 * step] - x[q + 3 * step])
            let (even1, even2) = (a + c1 * sum1 + c2 * sum2, a + c2 * sum1 + c1 * sum2)
            let odd1 = turnedBack(s1 * difference1 + s2 * difference2)
            let odd2 = turnedBack(s2 * difference1 - s1 * difference2)
            y[q] = a + (sum1 + sum2)
            y[q + s] = times(even1 + odd1, w1)
            y[q + 2 * s] = times(even2 + odd2, w2)
            y[q + 3 * s] = times(even2 - odd2, w3)
            y[q + 4 * s] = times(even1 - odd1, w4)
        }
    }

    /// By the definition.
    private func passAny(
        _ radix: Int, _ w: Int, _ s: Int, _ step: Int, _ x: UnsafePointer<ComplexPair>,
        _ y: UnsafeMutablePointer<ComplexPair>
    ) {
        let turn = length / radix
        for q in 0..<s {
            for k in 0..<radix {
                var sum = x[q]
                for j in 1..<radix { sum += times(x[q + j * step], roots[j * k % radix * turn]) }
                y[q + k * s] = times(sum, roots[k * w])
            }
        }
    }
}

/// Bluestein's transform of any length: as `jk = (j² + k² − (k − j)²) / 2`, a convolution with `bⱼ = exp(πij²/n)`.
private struct Chirp: Sendable {
    let plan: FourierPlan
    /// `exp(−πij²/n)`.
    let factors: [ComplexPair]
    /// The transform of the periodic `b`, divided by its length.
    let kernel: [ComplexPair]

    init(_ n: Int) {
        factors = (0..<n).map { FourierPlan.root($0 * $0 % (2 * n), of: 2 * n) }
        var size = 1
        while size < 2 * n - 1 { size *= 2 }
        plan = FourierPlan.of(length: size)
        var kernel = [ComplexPair](repeating: .zero, count: size)
        for j in 0..<n {
            let b = conjugate(factors[j]) / Double(size)
            kernel[j] = b
            kernel[(size - j) % size] = b
        }
        var work = kernel
        plan.transform(&kernel, &work)
        self.kernel = kernel
    }

    func transform(_ x: inout [ComplexPair]) {
        var long = [ComplexPair](repeating: .zero, count: kernel.count)
        var work = long
        for j in x.indices { long[j] = times(x[j], factors[j]) }
        plan.transform(&long, &work)
        for j in long.indices { long[j] = conjugate(times(long[j], kernel[j])) }
        plan.transform(&long, &work)
        for j in x.indices { x[j] = times(conjugate(long[j]), factors[j]) }
    }
}
