import Kernels
import Tensors
import Testing

private struct Step: Map {
    var rate: Tensor = 0.3
    func callAsFunction(_ x: Tensor) -> Tensor { x + rate * (x.rolled(by: 1) - x).tanh() }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&rate, "rate") }
}

@Suite struct CompileTests {
    @Test func compiledEqualsInterpreted() {
        let map = Step().repeated(5)
        let x = Key(1).normal([8])
        let compiled = map.compiled(like: x)
        #expect(compiled(x).values == map(x).values)
        let y = Key(2).normal([8])
        #expect(compiled(y).values == map(y).values)
    }

    @Test func derivativesPassThroughTheProgram() {
        let map = Step()
        let x = Key(1).normal([8])
        let compiled = map.compiled(like: x)
        let direct = gradient(of: { (x: Tensor) in map(x).squared().sum() })(x)
        #expect(gradient(of: { (x: Tensor) in compiled(x).squared().sum() })(x).values == direct.values)
    }

    @Test func treesGoInAndOut() {
        let update = compile(like: Pair(Step(), Tensor.zeros([8]))) { pair in
            let slope = gradient(of: { (step: Step) in step(pair.second).squared().sum() })(pair.first)
            return Pair(slope, pair.first(pair.second))
        }
        let x = Key(1).normal([8])
        let (step, other) = (Step(), Step(rate: 0.7))
        #expect(update(Pair(step, x)).second.values == step(x).values)
        #expect(update(Pair(other, x)).second.values == other(x).values)
        let slope = gradient(of: { (step: Step) in step(x).squared().sum() })(other)
        #expect(update(Pair(other, x)).first.rate.values == slope.rate.values)
    }
}
