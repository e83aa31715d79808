import Kernels
import Testing

@testable import Tensors

/// Factorizations in lanes are those of the interpreter, element by element of the batch.
@Suite struct MatricesTests {
    /// Symmetric positive definite matrices; the last block of lanes is not full.
    private func definite(_ n: Int, count: Int = 21) -> Tensor {
        let x = Key(7).normal([count, n, n])
        return x.matrixProduct(x.transposed) + 0.1 * Double(n) * Tensor.identity(n)
    }

    private func expectEqual(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-11, _ note: String = "") {
        #expect(a.signature == b.signature)
        let scale = max(1, b.values.map { abs($0) }.filter(\.isFinite).max() ?? 0)
        let worst =
            zip(a.values, b.values).map { $0.isNaN != $1.isNaN ? .infinity : $0.isNaN ? 0 : abs($0 - $1) }.max() ?? 0
        #expect(worst <= tolerance * scale, "\(note): \(worst)")
    }

    @Test(arguments: [1, 2, 5, 20]) func choleskyInLanes(_ n: Int) {
        let a = definite(n)
        let compiled = compile(like: a) { 2 * $0.cholesky() }
        #expect(compiled.code?.contains("cholesky_D") == true)
        expectEqual(compiled(a), 2 * a.cholesky())
        // Factors alone are made in groups.
        #expect(compile(like: a) { $0.cholesky() }.code?.contains("choleskies_d") == true)
    }

    /// More matrices than caches hold are written past them, in whole registers or not;
    /// what is above the diagonal is not read.
    @Test(arguments: [2, 11, 12, 13, 16, 20, 40]) func manyFactorsAreThoseOfFew(_ n: Int) {
        let (count, broken) = ((1 << 19) / (n * n) + 3, 1234)
        let flip = Tensor((0..<count).map { $0 == broken ? -1.0 : 1 + Double($0 % 7) }, shape: [count, 1, 1])
        let above = Tensor.ones([n, n]) - Tensor.ones([n, n]).lowerTriangle()
        let matrices = flip * definite(n)[0] + 1e300 * above
        let compiled = compile(like: matrices) { $0.cholesky() }
        let factors = ThreadPool.withThreads(1) { compiled(matrices) }
        #expect(
            ThreadPool.withThreads(2) { compiled(matrices) }.values.map(\.bitPattern)
                == factors.values.map(\.bitPattern))
        #expect(factors.values.filter(\.isNaN).count == (count > broken ? n * n : 0))
        expectEqual(factors, matrices.cholesky())
    }

    @Test func onlyTheElementThatIsNotDefiniteIsNaN() {
        let a = definite(4)
        let flip = Tensor((0..<21).map { $0 == 3 ? -1.0 : 1.0 }).reshaped([21, 1, 1])
        let factors = compile(like: a) { $0.cholesky() }(flip * a)
        let expected = (flip * a).cholesky()
        #expect(factors.values.filter(\.isNaN).count == 16)
        expectEqual(factors, expected)
    }

    @Test(arguments: [false, true]) func triangularSolveInLanes(_ transposed: Bool) {
        let l = definite(6).cholesky()
        let b = Key(8).normal([21, 6, 3])
        let both = compile(like: [l, b]) { $0[0].triangularSolve($0[1], transposed: transposed) }
        expectEqual(both([l, b]), l.triangularSolve(b, transposed: transposed))
        let left = compile(like: l) {
            $0.triangularSolve(Tensor.identity(6).broadcast(to: [21, 6, 6]), transposed: transposed)
        }
        expectEqual(left(l), l.triangularSolve(Tensor.identity(6).broadcast(to: [21, 6, 6]), transposed: transposed))
        let one = l[2].broadcast(to: [21, 6, 6])
        let right = compile(like: b) { one.triangularSolve($0, transposed: transposed) }
        expectEqual(right(b), one.triangularSolve(b, transposed: transposed))
    }

    /// `A V = V Λ`, `Vᵀ V = 1` and `Λ` ascending, relative to the size of the matrix.
    private func expectEigen(_ a: Tensor, _ found: (values: Tensor, vectors: Tensor), _ note: String) {
        let n = Double(a.shape.last!)
        let (values, v) = found
        // Powers of two keep squares and sums in range.
        let size = a.absolute().values.max()!
        let scale = size == 0 ? 1 : size
        let residual = (a / scale).matrixProduct(v) - v * (values / scale).expanded(axis: -2)
        let orthogonality = v.transposed.matrixProduct(v) - Tensor.identity(a.shape.last!)
        for (name, error) in [("residual", residual), ("orthogonality", orthogonality)] {
            let worst = error.absolute().values.reduce(0) { $0 > $1 || $0.isNaN ? $0 : $1 }
            #expect(worst <= 1e-14 * n, "\(name) \(note): \(worst)")
        }
        let rows = values.reshaped([-1, a.shape.last!]).values
        for i in rows.indices.dropLast() where (i + 1) % a.shape.last! != 0 { #expect(rows[i] <= rows[i + 1]) }
    }

    /// Matrices that are hard for one reason or another.
    private func symmetric(_ n: Int) -> [(String, Tensor)] {
        let x = Key(9).normal([n, n])
        let general = x + x.transposed
        let low = Key(10).normal([n, max(1, n / 3)])
        let powers = Tensor((0..<n).map { Double(sign: .plus, exponent: -3 * $0, significand: 1) })
        return [
            ("general", general), ("zero", 0 * general), ("identity", Tensor.identity(n)),
            ("diagonal", Tensor.identity(n) * Key(11).normal([n])), ("tiny", 1e-300 * general),
            ("huge", 1e300 * general),
            ("equal eigenvalues", low.matrixProduct(low.transposed)), ("ones", 0 * general + 1),
            ("graded", general * powers * powers.expanded(axis: -1)),
        ]
    }

    @Test(arguments: [1, 2, 3, 8, 9, 20, 40, 100]) func eigenvaluesOfOneMatrix(_ n: Int) {
        let compiled = compile(like: Tensor.zeros([n, n])) { a -> Pair<Tensor, Tensor> in
            let (values, vectors) = a.symmetricEigen()
            return Pair(values, vectors)
        }
        #expect(compiled.code?.contains("symmetricEigen_d") == true)
        for (name, a) in symmetric(n) {
            let found = compiled(a)
            expectEigen(a, (found.first, found.second), "\(name) \(n)")
            let expected = a.symmetricEigen().0
            let size = a.absolute().values.max()!
            expectEqual(found.first / (size == 0 ? 1 : size), expected / (size == 0 ? 1 : size), 1e-13, name)
        }
        let broken = compiled(Tensor.zeros([n, n]) + Double.nan)
        #expect(broken.first.values.allSatisfy(\.isNaN) && broken.second.values.allSatisfy(\.isNaN))
    }

    @Test(arguments: [1, 2, 3, 7, 8, 9, 16, 17, 33, 48, 49]) func eigenvaluesOfBatches(_ n: Int) {
        // Every kind side by side in a group, and a last group that is not full.
        let kinds = symmetric(n).map(\.1) + [Tensor.zeros([n, n]) + Double.nan]
        let all = (0..<19).map { kinds[$0 % kinds.count] }
        let a = Tensor.stacked(all)
        let compiled = compile(like: a) { a -> Pair<Tensor, Tensor> in
            let (values, vectors) = a.symmetricEigen()
            return Pair(values, vectors)
        }
        let found = compiled(a)
        for (i, one) in all.enumerated() {
            let (values, vectors) = (found.first[i], found.second[i])
            if one.values[0].isNaN {
                #expect(values.values.allSatisfy(\.isNaN) && vectors.values.allSatisfy(\.isNaN))
            } else {
                expectEigen(one, (values, vectors), "\(i) of \(n)")
            }
        }
    }

    // MARK: All factorizations

    private static let sizes = [0, 1, 2, 3, 7, 8, 9, 16, 17, 33, 64, 65]

    /// Compiled and interpreted, one matrix and batches that fill groups or do not, in both precisions.
    private func expectCompiled(
        _ name: String, _ n: Int, _ f: @escaping (Tensor) -> Tensor, _ tolerance: Double = 1e-10
    ) {
        for count in [nil, 1, 8, 13] {
            let shape = (count.map { [$0] } ?? []) + [n, n]
            let x = Key(n).normal(shape)
            let a = x.matrixProduct(x.transposed) + Double(n) * Tensor.identity(n)
            for a in [a, a.cast(to: .float32)] {
                let compiled = compile(like: a, f)
                let precision = a.type == .float32 ? 1e-4 : tolerance
                expectEqual(compiled(a), f(a), precision, "\(name) \(shape) \(a.type)")
            }
        }
    }

    @Test(arguments: sizes) func factorizationsAreThoseOfTheInterpreter(_ n: Int) {
        let skew = Tensor((0..<n * n).map { Double(($0 * 7919) % 13) - 6 }, shape: [n, n])
        let both = Tensor((0..<n * 3).map { Double(($0 * 31) % 7) - 3 }, shape: [n, 3])
        func sides(_ a: Tensor, _ b: Tensor) -> Tensor {
            b.cast(to: a.type).broadcast(to: Array(a.shape.dropLast(2)) + b.shape)
        }
        expectCompiled("cholesky", n, { $0.cholesky() })
        expectCompiled("root", n, { $0.sqrtm() })
        expectCompiled("inverse root", n, { $0.inverseSqrtm() })
        expectCompiled("Sylvester", n, { $0.symmetricSylvester(sides($0, skew)) })
        expectCompiled("solve", n, { ($0 + sides($0, skew)).solve(sides($0, both)) })
        expectCompiled("LU", n, { ($0 + sides($0, skew)).lu().lower })
        expectCompiled("LU", n, { ($0 + sides($0, skew)).lu().upper })
        expectCompiled("LU", n, { ($0 + sides($0, skew)).lu().order.cast(to: $0.type) })
        expectCompiled("Q", n, { ($0 + sides($0, skew)).qr().q })
        expectCompiled("R", n, { $0.slice(axis: -1, from: 0, to: min(n, max(1, n - 2))).qr().r })
    }

    @Test func matricesThatHaveNoFactors() {
        let singular = Tensor([1.0, 2, 2, 4], shape: [2, 2])
        let one = compile(like: singular) { $0.solve(Tensor.identity(2)) }
        #expect(one(singular).values.allSatisfy { $0.isNaN })
        let upper = compile(like: singular) { $0.lu().upper }
        #expect(upper(singular).values == [2, 4, 0, 0])
        let negative = Tensor([-1e-20, 0, 0, 4], shape: [2, 2])
        #expect(compile(like: negative) { $0.sqrtm() }(negative).values == [0, 0, 0, 2])
        let zero = Tensor.zeros([3, 2])
        let triangular = compile(like: zero) { a -> Pair<Tensor, Tensor> in
            let (q, r) = a.qr()
            return Pair(q, r)
        }
        #expect(
            triangular(zero).first.values == [1, 0, 0, 1, 0, 0] && triangular(zero).second.values.allSatisfy { $0 == 0 }
        )
        let broken = Tensor([1, .nan, .nan, 1], shape: [2, 2])
        for f in [
            { (a: Tensor) in a.sqrtm() }, { $0.symmetricSylvester(Tensor.identity(2)) },
            { $0.solve(Tensor.identity(2)) }, { $0.qr().q }, { $0.cholesky() },
        ] { #expect(compile(like: broken, f)(broken).values.allSatisfy { $0.isNaN }) }
    }

    @Test func reflectionsOfColumnsOfEverySize() {
        let x = Key(12).normal([9, 4]) * Tensor([1e-200, 1, 1e200, 1e-12])
        let q = compile(like: x) { $0.qr().q }(x)
        expectEqual(q.transposed.matrixProduct(q), Tensor.identity(4), 1e-14)
    }

    @Test(arguments: [4, 9]) func gradientsThroughFactorizations(_ n: Int) {
        let x = Key(13).normal([n, n])
        let a = x.matrixProduct(x.transposed) + Double(n) * Tensor.identity(n)
        for f in [
            { (a: Tensor) in a.sqrtm().squared().sum() }, { $0.inverseSqrtm().exp().sum() },
            { $0.solve(Tensor.identity(n)).squared().sum() }, { $0.qr().r.exp().sum() },
            { $0.signedLogDeterminant().logarithm }, { $0.symmetricEigen().values.exp().sum() },
        ] {
            let g = { (a: Tensor) in gradient(of: f)(a) }
            expectEqual(compile(like: a, g)(a), g(a), 1e-9)
        }
    }

    @Test func gradientsInLanes() {
        let a = definite(5)
        let f = { (a: Tensor) in a.cholesky().log1pSum() }
        let g = compile(like: a) { gradient(of: f)($0) }
        expectEqual(g(a), gradient(of: f)(a), 1e-10)
    }
}

extension Tensor {
    fileprivate func log1pSum() -> Tensor { (squared() + 1).log().sum() }
}
