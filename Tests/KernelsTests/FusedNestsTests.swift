import Testing

@testable import Kernels
@testable import Tensors

/// Nests of loops that become one read no element that the other has yet to write.
@Suite struct FusedNestsTests {
    private let x = Key(1).uniform([6])

    private func agrees(_ f: (Tensor) -> Tensor) -> Bool {
        zip(f(x).values, compile(like: x, f)(x).values).allSatisfy { abs($0 - $1) < 1e-14 }
    }

    /// A single element is a reshaped slice: a view of a view.
    @Test func elementsOfAnArrayAreReadAfterItIsWritten() {
        #expect(
            agrees { (x: Tensor) in
                let y = x.exp()
                return (x + y[1]).minimum(y[5])
            })
        #expect(
            agrees { (x: Tensor) in
                let y = x.exp()
                return (x + y.reshaped([2, 3])[1].slice(axis: 0, from: 2, to: 3).reshaped([])) * y[0]
            })
        #expect(
            agrees { (x: Tensor) in
                let y = x.cumulativeSum(axis: 0)
                return (0.1 * x).maximum(y[0]).minimum(y[5])
            })
    }
}
