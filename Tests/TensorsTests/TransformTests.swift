import RealModule
import Testing

@testable import Tensors

private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-10) -> Bool {
    a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

@Suite struct TransformTests {
    @Test func thirdDerivativeByNesting() {
        let f = { (x: Tensor) in x * x * x * x.sin() }
        let d1 = { (x: Tensor) in gradient(of: f)(x) }
        let d2 = { (x: Tensor) in gradient(of: d1)(x) }
        let d3 = { (x: Tensor) in jvp(d2, at: x, along: Tensor.ones()).tangent }
        let x = 0.7
        let exact = 6 * _sin(x) + 18 * x * _cos(x) - 9 * x * x * _sin(x) - x * x * x * _cos(x)
        #expect(abs(d3(Tensor(x)).scalar - exact) < 1e-12)
    }

    @Test func perturbationsAreNotConfused() {
        // d/dx [x · d/dy (x + y)] = 1, Siskind and Pearlmutter's example.
        let outer = gradient(of: { (x: Tensor) in
            x * gradient(of: { (y: Tensor) in x + y })(Tensor(1))
        })
        #expect(outer(Tensor(1)).scalar == 1)
    }

    @Test func branchesOnKnownValues() {
        let f = { (x: Tensor) -> Tensor in
            var y = x
            while y.scalar < 100 { y = y * 2 }
            return y
        }
        #expect(gradient(of: f)(Tensor(3)).scalar == 64)
    }

    @Test func scanEqualsLoopInAllDerivatives() {
        let a = Key(1).normal([4, 4]) * 0.4
        let x0 = Key(2).normal([4])
        let inputs = Key(3).normal([6, 4])
        func step(_ a: Tensor, _ x: Tensor, _ u: Tensor) -> Tensor { (a.vectorProduct(x) + u).tanh() + 0.1 * x * x }
        func looped(_ p: Pair<Tensor, Pair<Tensor, Tensor>>) -> Tensor {
            var x = p.second.first
            var total: Tensor = 0
            for t in 0..<6 {
                x = step(p.first, x, p.second.second[t])
                total = total + (x * x).sum() * Double(t + 1)
            }
            return total
        }
        func scanned(_ p: Pair<Tensor, Pair<Tensor, Tensor>>) -> Tensor {
            let weights = Tensor([1, 2, 3, 4, 5, 6])
            let (_, ys) = scan(over: Pair(p.second.second, weights), from: p.second.first) { x, input in
                let next = step(p.first, x, input.first)
                return (next, (next * next).sum() * input.second)
            }
            return ys.sum()
        }
        let point = Pair(a, Pair(x0, inputs))
        #expect(close(looped(point), scanned(point), 1e-13))
        let (g1, g2) = (gradient(of: looped)(point), gradient(of: scanned)(point))
        for (a, b) in zip(g1.leaves, g2.leaves) { #expect(close(a, b)) }
        let direction = point.mappingLeaves { Key(9).normal($0.shape) }
        #expect(
            close(jvp(looped, at: point, along: direction).tangent, jvp(scanned, at: point, along: direction).tangent))
        let (h1, h2) = (
            hessianVectorProduct(of: looped)(point, direction), hessianVectorProduct(of: scanned)(point, direction)
        )
        for (a, b) in zip(h1.leaves, h2.leaves) { #expect(close(a, b)) }
    }

    @Test func vmapOfGradientOfScan() {
        let f = { (x: Tensor) -> Tensor in
            scan(over: Nothing(), from: x, count: 3) { x, _ in (x.sin() * 1.5, Nothing()) }.final.sum()
        }
        let batch = Key(4).normal([5, 3])
        let together = vmap { (x: Tensor) in gradient(of: f)(x) }(batch)
        let apart = Tensor.stacked((0..<5).map { gradient(of: f)(batch[$0]) })
        #expect(close(together, apart, 1e-14))
        let nested = gradient(of: { (b: Tensor) in vmap(f)(b).sum() })(batch)
        #expect(close(nested, apart, 1e-14))
    }

    @Test func resultsLeaveTheirTransform() {
        // What a transform returns is free of its graph and can enter another.
        let f = { (x: Tensor) in (x * x).sin() }
        let x = Key(7).normal([3])
        let tangents = vmap { (dx: Tensor) in jvp(f, at: x, along: dx).tangent }(Tensor.identity(3))
        #expect(close(jacobian(of: f)(tangents[0]).diagonal(), 2 * tangents[0] * tangents[0].squared().cos(), 1e-14))
    }

    @Test func innerTransformsReturnKnownTensorsToTheOutermost() {
        let constant = Tensor([0.5, 1.5])
        let square = { (x: Tensor) in (x * x).sum() }
        let batched = vmap { (x: Tensor) in gradient(of: square)(constant) * x }(Tensor([1, 2]))
        #expect((batched + Tensor(1)).values == [2, 4, 3, 7])
        let looped = scan(over: Tensor([1, 2]), from: constant) { state, x in
            (state + gradient(of: square)(constant) * x, gradient(of: square)(constant))
        }
        #expect((looped.final + jacobian(of: square)(constant)).values == [4.5, 13.5])
        #expect((looped.outputs - looped.outputs).values == [0, 0, 0, 0])
        let matrix = jacobian(of: { (x: Tensor) in Tensor.concatenated([x * x, x.sin()]) })(constant)
        #expect(matrix.matrixProduct(Tensor.identity(2)).shape == [4, 2])
        let program = Program.tracing([Signature([2])]) { [$0[0] * gradient(of: square)(constant)] }
        #expect(program.run([Tensor([1, 1])])[0].values == [1, 3])
    }

    @Test func jacobianByBothModes() {
        let a = Key(5).normal([3, 5])
        let wide = { (x: Tensor) in a.vectorProduct(x).tanh() }
        let tall = { (x: Tensor) in a.transposed.vectorProduct(x) }
        #expect(jacobian(of: wide)(Key(6).normal([5])).shape == [3, 5])
        #expect(close(jacobian(of: tall)(Key(6).normal([3])), a.transposed, 1e-14))
    }
}

private func _sin(_ x: Double) -> Double { Double.sin(x) }
private func _cos(_ x: Double) -> Double { Double.cos(x) }
