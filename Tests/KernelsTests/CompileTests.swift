import Kernels
import Tensors
import Testing

private struct Step: Map {
    var rate: Tensor = 0.3
    func callAsFunction(_ x: Tensor) -> Tensor { x + rate * (x.rolled(by: 1) - x).tanh() }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&rate, "rate") }
}

/// Equal to rounding: machine code contracts multiplications and additions.
private func agree(_ a: Tensor, _ b: Tensor) -> Bool {
    a.signature == b.signature && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-13 * max(1, abs($1)) }
}

@Suite struct CompileTests {
    @Test func compiledEqualsInterpreted() {
        let map = Step().repeated(5)
        let x = Key(1).normal([8])
        let compiled = map.compiled(like: x)
        #expect(agree(compiled(x), map(x)))
        let y = Key(2).normal([8])
        #expect(agree(compiled(y), map(y)))
    }

    @Test func derivativesPassThroughTheProgram() {
        let map = Step()
        let x = Key(1).normal([8])
        let compiled = map.compiled(like: x)
        let direct = gradient(of: { (x: Tensor) in map(x).squared().sum() })(x)
        #expect(agree(gradient(of: { (x: Tensor) in compiled(x).squared().sum() })(x), direct))
    }

    @Test func treesGoInAndOut() {
        let update = compile(like: Pair(Step(), Tensor.zeros([8]))) { pair in
            let slope = gradient(of: { (step: Step) in step(pair.second).squared().sum() })(pair.first)
            return Pair(slope, pair.first(pair.second))
        }
        let x = Key(1).normal([8])
        let (step, other) = (Step(), Step(rate: 0.7))
        #expect(agree(update(Pair(step, x)).second, step(x)))
        #expect(agree(update(Pair(other, x)).second, other(x)))
        let slope = gradient(of: { (step: Step) in step(x).squared().sum() })(other)
        #expect(agree(update(Pair(other, x)).first.rate, slope.rate))
    }
}
