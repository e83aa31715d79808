import Checks
import Networks
import Tensors
import Testing

/// Functions that are convex, and those that are not in one way or another.
@Suite struct ConvexityTests {
    /// 5 × 5 points of the square from −1.6 to 1.6.
    private let grid: Tensor = {
        let line: [Double] = [-1.6, -0.8, 0, 0.8, 1.6]
        return Tensor(rows: line.flatMap { x in line.map { y in [x, y] } })
    }()

    @Test func convexFunctionsAreFoundSo() {
        let rotated = Tensor(rows: [[3, 1], [1, 2]])
        #expect(checkConvex("quadratic", at: grid) { x in 0.5 * x.dot(rotated.vectorProduct(x)) } == [])
        #expect(checkConvex("soft maximum", at: grid) { x in x.logSumExp() } == [])
        #expect(checkConvex("linear", at: grid) { x in x.sum() } == [])
        let (a, y) = (Key(1).normal([20, 2]), Tensor(integers: (0..<20).map { $0 % 2 }))
        let loss = checkConvex("logistic loss", at: grid) { w in
            let sums = a.vectorProduct(w)
            return Loss.crossEntropy(
                logits: Tensor.stacked([Tensor.zeros([20]), sums], axis: 1), classes: y)
        }
        #expect(loss == [])
    }

    @Test func functionsThatAreNotConvexAreFoundOut() {
        func laws(_ function: @escaping (Tensor) -> Tensor) -> Set<String> {
            Set(checkConvex("function", at: grid, function).map(\.law))
        }
        let all: Set = ["the Hessian is not negative", "above its tangents", "below its chords"]
        #expect(laws { x in x[0] * x[1] } == all)
        #expect(laws { x in x.squared().sum() - 0.4 * x.squared().squared().sum() } == all)
        // A loss of two layers: the same function for both signs of the weights.
        #expect(laws { x in (x[0] * x[1] - 1).squared() } == all)
        #expect(laws { x in x.sum().log() } == ["values are finite"])
        // Kinks upward in a concave direction, which no second derivative shows.
        let kinks = laws { x in -x.absolute().sum() }
        #expect(kinks == ["above its tangents", "below its chords"])
    }
}
