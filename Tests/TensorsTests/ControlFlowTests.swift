import Testing

@testable import Tensors

/// What choices, loops and rules of one's own do beyond the laws of every operation.
@Suite struct ControlFlowTests {
    private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12) -> Bool {
        a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }

    @Test func onlyTheSideTakenRuns() {
        // The other side would trap: an index outside its axis.
        let program = Program.tracing([Signature([3]), Signature([], .int64)]) { x in
            [
                cond(x[1] .< 3) {
                    x[0].taking(x[1].reshaped([1])).sum()
                } else: {
                    x[0].sum()
                }
            ]
        }
        let x = Tensor([1, 2, 4])
        #expect(program.run([x, Tensor(integer: 2)])[0].scalar == 4)
        #expect(program.run([x, Tensor(integer: 9)])[0].scalar == 7)
    }

    @Test func aKnownConditionIsOrdinarySwift() {
        var sides: [String] = []
        let f = { (x: Tensor) -> Tensor in
            cond(x .> 0, x) { a in
                sides.append("then")
                return a * a
            } else: { a in
                sides.append("else")
                return -a
            }
        }
        #expect(gradient(of: f)(Tensor(3)).scalar == 6)
        #expect(gradient(of: f)(Tensor(-3)).scalar == -1)
        #expect(sides == ["then", "else"])
    }

    @Test func finishedLoopsKeepTheirCarry() {
        let halvings = { (x: Tensor) -> Pair<Tensor, Tensor> in
            whileLoop(from: Pair(x, Tensor(0))) {
                $0.first .> 1
            } do: {
                Pair($0.first / 2, $0.second + 1)
            }
        }
        let found = vmap(halvings)(Tensor([0.5, 1, 3, 16]))
        #expect(found.first.values == [0.5, 1, 0.75, 1])
        #expect(found.second.values == [0, 0, 2, 4])
        #expect(jvp({ halvings($0).first }, at: Tensor(16), along: Tensor(1)).tangent.scalar == 1.0 / 16)
    }

    @Test func fixedPointsOfABatchRestOneByOne() {
        // x = a x + 1 has the solution 1 / (1 − a); |a| ≥ 1 has none, which is NaN and disturbs nobody.
        let solve = { (a: Tensor) in fixedPoint(from: Tensor(0), tolerance: 1e-13, limit: 500) { a * $0 + 1 } }
        let a = Tensor([0, 0.5, -0.9, 1.5])
        let found = vmap(solve)(a)
        #expect(close(found[0..<3], 1 / (1 - a[0..<3])))
        #expect(found.values[3].isNaN)
        let slopes = vmap(gradient(of: solve))(a[0..<3])
        #expect(close(slopes, 1 / (1 - a[0..<3]).squared()))
        let third = gradient(of: gradient(of: gradient(of: solve)))(Tensor(0.5))
        #expect(close(third, Tensor(6 * 16), 1e-9))
        // The adjoint takes the memory of one step, whatever the number of them: as many operations are recorded.
        let programs = [10, 1000].map { limit in
            Program.tracing([Signature([])]) { x in
                [gradient(of: { a in fixedPoint(from: Tensor(0), limit: limit) { a * $0 + 1 } })(x[0])]
            }
        }
        #expect(programs[0].count == programs[1].count)
    }

    @Test func aRuleOfOnesOwnIsUsedInBothModes() {
        let f = customTangent { (x: Tensor) in
            x.floor()
        } tangent: { _, _, dx in
            3 * dx
        }
        #expect(gradient(of: f)(Tensor(1.7)).scalar == 3)
        #expect(jvp(f, at: Tensor(1.7), along: Tensor(2)).tangent.scalar == 6)
        #expect(vmap(gradient(of: f))(Tensor([1, 2])).values == [3, 3])
        #expect(f(Tensor(1.7)).scalar == 1)
    }

    @Test func ownRulesUseTracedConstants() {
        let f = { (w: Tensor) in
            { (x: Tensor) in
                customTangent { (x: Tensor) in
                    w * x
                } tangent: { _, _, dx in
                    w * w * dx
                }(x)
            }
        }
        #expect(vmap { (w: Tensor) in gradient(of: f(w))(Tensor(1)) }(Tensor([2, 3])).values == [4, 9])
        let scanned = scan(over: Tensor([2, 3]), from: Nothing()) { nothing, w in
            (nothing, gradient(of: f(w))(Tensor(1)))
        }
        #expect(scanned.outputs.values == [4, 9])
    }

    @Test func aLinearizedMapIsEvaluatedOnce() {
        var evaluations = 0
        let matrix = jacobian { (x: Tensor) -> Tensor in
            evaluations += 1
            return x * x.rolled(by: 1)
        }(Tensor([1, 2, 3]))
        #expect(matrix.values == [3, 0, 1, 2, 1, 0, 0, 3, 2])
        #expect(evaluations == 1)
        let tangent = Function<Tensor, Tensor> { $0 * $0 }.linearized(at: Tensor([1, 2]))
        #expect(tangent.value.values == [1, 4])
        #expect(tangent(Tensor([1, 1])).values == [2, 4])
        #expect(vmap { tangent($0) }(Tensor.identity(2)).values == [2, 0, 0, 4])
        #expect(vmap { tangent.adjoint($0) }(Tensor.identity(2)).values == [2, 0, 0, 4])
    }

    @Test func jacobiansInsideOtherTransforms() {
        let f = { (x: Tensor) in Tensor.stacked([(x * x).sum(), x[0] * x[1] * x[2]]) }
        let square = { (x: Tensor) in (x * x * x).sum() }
        let points = Key(1).normal([4, 3])
        let apart = Tensor.stacked((0..<4).map { jacobian(of: f)(points[$0]) })
        #expect(close(vmap(jacobian(of: f))(points), apart))
        #expect(close(hessian(of: square)(points[0]), (6 * points[0]).diagonalMatrix()))
        let sums = gradient(of: { (x: Tensor) in jacobian(of: f)(x).sum() })(Tensor([1, 2, 3]))
        #expect(close(sums, Tensor([7, 6, 5])))
        let looped = scan(over: points, from: Nothing()) { ($0, jacobian(of: f)($1)) }.outputs
        #expect(close(looped, apart))
    }

    @Test(
        arguments: [Checkpoints.squareRoot, .every(1), .every(2), .every(7), .every(10), .every(100)], [false, true])
    func checkpointsChangeNothing(_ checkpoints: Checkpoints, _ reversed: Bool) {
        let (a, x, inputs) = (Key(1).normal([3, 3]) * 0.4, Key(2).normal([3]), Key(3).normal([23, 3]))
        func run(_ p: [Tensor], _ checkpoints: Checkpoints) -> [Tensor] {
            let (last, all) = scan(over: p[2], from: p[1], reversed: reversed, checkpoints: checkpoints) {
                state, input in
                let next = (p[0].vectorProduct(state) + input).tanh()
                return (next, next.sum() * state)
            }
            return [last, all]
        }
        let (kept, again) = (run([a, x, inputs], .everyStep), run([a, x, inputs], checkpoints))
        #expect(zip(kept, again).allSatisfy { $0.values == $1.values && $0.shape == $1.shape })
        let slope = { (checkpoints: Checkpoints) in
            gradient(of: { (p: [Tensor]) in run(p, checkpoints).map { $0.sin().sum() }.reduce(Tensor(0), +) })([
                a, x, inputs,
            ])
        }
        for (kept, again) in zip(slope(.everyStep), slope(checkpoints)) { #expect(close(kept, again, 1e-13)) }
    }
}
