import Testing

@testable import Tensors

@Suite struct QRTests {
    private let a = Key(1).normal([2, 5, 3])
    private func size(_ x: Tensor) -> Double { x.absolute().maximum().scalar }

    @Test func factorsAreOrthonormalAndTriangular() {
        let (q, r) = a.qr()
        #expect(size(q.matrixProduct(r) - a) < 1e-14)
        #expect(size(q.transposed.matrixProduct(q) - Tensor.identity(3)) < 1e-14)
        // R is the factor of Cholesky, which fixes every sign.
        #expect(size(r - a.transposed.matrixProduct(a).cholesky().transposed) < 1e-13)
    }

    @Test func tangentAgreesWithDifferencesAndAdjoint() {
        let f = { (a: Tensor) -> Pair<Tensor, Tensor> in
            let (q, r) = a.qr()
            return Pair(q, r)
        }
        let da = Key(2).normal([2, 5, 3])
        let h = 1e-5
        let (high, low) = (f(a + h * da), f(a - h * da))
        let tangent = jvp(f, at: a, along: da).tangent
        for (dy, pair) in zip(tangent.leaves, zip(high.leaves, low.leaves)) {
            #expect(size(dy - (pair.0 - pair.1) / (2 * h)) < 1e-8)
        }
        let dy = tangent.mappingLeaves { Key(3).normal($0.shape) }
        let left = zip(tangent.leaves, dy.leaves).reduce(0.0) { $0 + $1.0.dot($1.1).scalar }
        #expect(abs(left - vjp(f, at: a).pullback(dy).dot(da).scalar) < 1e-12)
    }

    @Test func batchIsTheLoop() {
        let r = vmap { (a: Tensor) in a.qr().r }(a)
        #expect(size(r[1] - a[1].qr().r) == 0)
    }
}
