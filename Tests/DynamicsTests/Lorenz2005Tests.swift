import Tensors
import Testing

@testable import Dynamics

@Suite struct Lorenz2005Tests {
    /// Equations 8 to 10 of the paper term by term.
    @Test(arguments: [2, 3, 4, 5])
    func tendencyIsThatOfThePaper(width: Int) {
        let n = 24
        let x = Key(3).normal([n]).values
        func at(_ values: [Double], _ i: Int) -> Double { values[((i % n) + n) % n] }
        func sum(_ term: (Int) -> Double) -> Double {
            let half = width % 2 == 0 ? width / 2 : (width - 1) / 2
            return (-half...half).map { j in
                (width % 2 == 0 && abs(j) == half ? 0.5 : 1) * term(j)
            }.reduce(0, +) / Double(width)
        }
        let w = (0..<n).map { i in sum { at(x, i - $0) } }
        let expected = (0..<n).map { i in
            let advection = sum { j in at(w, i - width + j) * at(x, i + width + j) }
            return advection - at(w, i - 2 * width) * at(w, i - width) - x[i] + 15
        }
        let found = Lorenz2005(width: width)(Tensor(x)).values
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-13 })
    }

    @Test func widthOneIsLorenz96() {
        let x = Key(4).normal([2, 12])
        let found = zip(Lorenz2005(width: 1, forcing: 8)(x).values, Lorenz96()(x).values)
        #expect(found.allSatisfy { abs($0 - $1) < 1e-13 })
    }
}
