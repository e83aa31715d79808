import Testing

@testable import Tensors

/// `vmap` with the batch on any axis of any leaf equals the loop.
@Suite struct BatchAxesTests {
    private let x = Key(1).normal([2, 3, 4])
    private let f = { (x: Tensor) in x.cumulativeSum(axis: 0).sin() * x.sum() }

    @Test(arguments: [0, 1, 2, -1, -2], [0, 1, 2, -1])
    func anyAxis(_ axis: Int, _ out: Int) {
        let found = vmap(f, in: .every(axis), out: out)(x)
        let parts = (0..<x.shape[axis < 0 ? axis + 3 : axis]).map { f(x.element($0, axis: axis)) }
        #expect(distance(found, Tensor.stacked(parts).movingAxis(0, to: out)) < 1e-14)
    }

    @Test func oneAxisALeaf() {
        let (a, b) = (Key(2).normal([3, 5]), Key(3).normal([3]))
        let together = vmap({ (p: [Tensor]) in p[0] * p[1] + p[2].sum() }, in: [1, nil, 0])([
            a, b, Key(4).normal([5, 2]),
        ])
        #expect(together.shape == [5, 3])
        let two = vmap({ (x: Tensor, y: Tensor) in x.outerProduct(y) }, in: (1, nil))(a, b)
        #expect(distance(two, Tensor.stacked((0..<5).map { a.element($0, axis: 1).outerProduct(b) })) == 0)
        let three = vmap({ (x: Tensor, y: Tensor, z: Tensor) in x + y * z }, in: (nil, 0, -1), out: 1)(
            b, Key(5).normal([5, 3]), Key(6).normal([3, 5]))
        #expect(three.shape == [3, 5])
        let counts = vmap({ (x: Tensor, n: Tensor) in x.sum() * n }, in: (0, nil))(a, Tensor(2))
        #expect(distance(counts, 2 * a.sum(axes: [1])) < 1e-14)
    }

    @Test func nested() {
        let pairwise = vmap({ (row: Tensor) in vmap({ (y: Tensor) in row.dot(y) }, in: 1)(x[0]) }, in: 1)(x[1])
        #expect(distance(pairwise, x[1].transposed.matrixProduct(x[0])) < 1e-14)
        let slopes = gradient(of: { (x: Tensor) in vmap(f, in: 2, out: 1)(x).sum() })(x)
        let apart = (0..<4).map { gradient(of: { f($0).sum() })(x.element($0, axis: 2)) }
        #expect(distance(slopes, Tensor.stacked(apart).movingAxis(0, to: 2)) < 1e-13)
    }

    private func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).absolute().maximum().scalar }
}
