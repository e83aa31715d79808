import Checks
import Testing

@testable import Tensors

/// Programs that are right and look wrong: nothing to do, the same twice, loops in loops, choices in loops; each by
/// itself, its gradient, and both for a batch.
@Suite struct OddProgramTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let f: NativeComparison.Function
        var isReversible = true
        var testDescription: String { name }

        init(_ name: String, isReversible: Bool = true, _ f: @escaping NativeComparison.Function) {
            (self.name, self.isReversible, self.f) = (name, isReversible, f)
        }
    }

    /// A vector of three, another, a number, a vector of none.
    private static let x = [Tensor([0.3, -0.7, 1.1]), Tensor([0.5, 0.2, -0.4]), Tensor(0.8), Tensor.zeros([0])]

    static let outputs = [
        Case("inputs", { x in [x[0], x[0], x[3], x[2]] }),
        Case("constants", { _ in [Tensor(3), Tensor([1, 2]), Tensor.zeros([0]), Tensor([true, false])] }),
        Case(
            "duplicates",
            { x in
                let y = x[0].sin()
                return [y, y, y.reshaped([3, 1]), y, x[0]]
            }),
        Case(
            "views",
            { x in
                let y = x[0] * x[1]
                return [y[1], y.slice(axis: 0, from: 1), y.expanded(axis: 0), y]
            }),
        Case("nothing", { x in [x[3].sin(), x[3].outerProduct(x[0]), x[0].slice(axis: 0, to: 0)] }),
        Case("sums of nothing", { x in [x[3].sum() + x[2], x[3].outerProduct(x[0]).sum(axes: [0]), x[3] + x[2]] }),
        Case("no operation between broadcasts", { x in [x[2].broadcast(to: [2, 2]), x[2].broadcast(to: [0, 2])] }),
        Case(
            "products over nothing",
            { x in [x[3].outerProduct(x[0]).transposed.matrixProduct(x[3].outerProduct(x[1]))] }),
        Case(
            "an operand in all places",
            { x in [select(x[0] .> 0, x[0], x[0]), x[0] / x[0], Tensor.concatenated([x[0], x[0]])] }),
    ]

    static let loops = [
        Case(
            "of no steps",
            { x in
                let (last, all) = scan(over: x[3], from: x[0]) { state, e in (state * e + x[1], state) }
                return [last, all]
            }),
        Case(
            "that exchange",
            { x in
                let loop = scan(over: Nothing(), from: [x[0], x[1], x[2]], count: 3) { s, n in ([s[1], s[0], s[2]], n) }
                return loop.final
            }),
        Case(
            "that repeat themselves",
            { x in
                let loop = scan(over: x[0], from: [x[1], x[1]]) { s, e in
                    ([s[0] + e, s[0]], [s[1], s[1], e, Tensor(2)])
                }
                return loop.final + loop.outputs
            }),
        Case(
            "whose carry stays",
            { x in
                let loop = scan(over: x[0], from: [x[1], x[2]]) { s, e in ([s[0], s[1] * e], s[0] + s[1]) }
                return loop.final + [loop.outputs]
            }),
        Case(
            "whose carry is forgotten",
            { x in
                let loop = scan(over: x[0], from: x[1]) { _, e in (Tensor([1, 2, 3]) * e, e) }
                return [loop.final, loop.outputs]
            }),
        Case(
            "in loops, with what is outside",
            { x in
                let y = x[1].sin()
                let outer = scan(over: x[0], from: x[2], reversed: true) { state, e in
                    let z = e * y
                    let inner = scan(over: z, from: state) { ($0 + $1 * state * y.sum(), $0 * e) }
                    return (inner.final.tanh(), inner.outputs)
                }
                return [outer.final, outer.outputs]
            }),
        Case(
            "of one step",
            { x in
                let loop = scan(over: x[2].expanded(axis: 0), from: x[0]) { ($0 * $1 + x[1], $0) }
                return [loop.final, loop.outputs]
            }),
        Case(
            "with checkpoints",
            { x in
                let loop = scan(over: Nothing(), from: x[0], count: 17, checkpoints: .every(4)) { s, n in
                    ((s * x[2] + x[1]).sin(), n)
                }
                return [loop.final]
            }),
        Case(
            "of arrays of none",
            { x in
                let loop = scan(over: x[0], from: x[3]) { ($0 + $1, $0) }
                return [loop.final, loop.outputs]
            }),
    ]

    static let choices = [
        Case(
            "between an argument and a constant",
            { x in
                [
                    cond(x[2] .> 0, x[0]) {
                        $0
                    } else: { _ in
                        Tensor([1, 2, 3])
                    }
                ]
            }),
        Case(
            "of the same twice",
            { x in
                cond(x[2] .> 1, x) {
                    [$0[0], $0[0]]
                } else: {
                    [$0[1], $0[0]]
                }
            }),
        Case(
            "in a loop",
            { x in
                let loop = scan(over: x[0], from: x[1]) { s, e in
                    (
                        cond(e .> 0, s) {
                            $0.sin() * x[2]
                        } else: {
                            $0 + e
                        }, e
                    )
                }
                return [loop.final, loop.outputs]
            }),
        Case(
            "with a loop in each",
            { x in
                [
                    cond(x[0].sum() .> 0, x[1]) { y in
                        scan(over: x[0], from: y) { ($0 * $1, Nothing()) }.final
                    } else: { y in
                        scan(over: x[1], from: y) { ($0 + $1, Nothing()) }.final
                    }
                ]
            }),
        Case(
            "in choices",
            { x in
                [
                    cond(x[2] .> 0, x[0]) { y in
                        cond(y.sum() .> 0.5, y) {
                            $0.exp()
                        } else: {
                            $0 * x[2]
                        }
                    } else: {
                        $0 - x[1]
                    }
                ]
            }),
    ]

    static let searches = [
        Case(
            "that never start", isReversible: false,
            { x in
                whileLoop(from: [x[0], x[2]], while: { $0[1] .> 5 }, do: { [$0[0] * 2, $0[1]] })
            }),
        Case(
            "that exchange", isReversible: false,
            { x in
                whileLoop(from: [x[0], x[1], x[2]], while: { $0[2] .< 3 }, do: { [$0[1], $0[0] + $0[1], $0[2] + 1] })
            }),
        Case(
            "in a loop", isReversible: false,
            { x in
                let loop = scan(over: x[0], from: x[1]) { s, e in
                    (whileLoop(from: s, while: { $0.absolute().sum() .< 4 }, do: { $0 * 1.7 + e }).tanh(), s)
                }
                return [loop.final, loop.outputs]
            }),
        Case(
            "with a loop within", isReversible: false,
            { x in
                [
                    whileLoop(
                        from: x[0], while: { $0.squared().sum() .< 9 },
                        do: { s in
                            scan(over: x[1], from: s) { ($0 * 1.3 + $1, Nothing()) }.final
                        })
                ]
            }),
    ]

    /// Derivatives to the third order.
    static let nested = [
        Case(
            "loops",
            { x in
                let f = { (z: Tensor) in
                    scan(over: x[0], from: z) { s, e in ((s * e + x[2]).sin(), s) }.final.sum()
                }
                return [
                    gradient(of: { (z: Tensor) in
                        gradient(of: { (w: Tensor) in gradient(of: f)(w).sin().sum() })(z).sum()
                    })(x[1])
                ]
            }),
        Case(
            "forward over reverse over a batch",
            { x in
                let f = { (z: Tensor) in
                    hessianVectorProduct(of: { (w: Tensor) in vmap({ ($0 * x[2]).sin() })(w).dot(x[1]) })(z, x[1])
                }
                return [jvp(f, at: x[0], along: x[1]).tangent]
            }),
        Case(
            "a loop of gradients of loops",
            { x in
                let inner = { (s: Tensor, e: Tensor) in
                    scan(over: x[1], from: s) { (($0 * $1 * e).sin(), Nothing()) }.final.sum()
                }
                let outer = { (z: Tensor) in
                    scan(over: x[0], from: z) { s, e in
                        (s + 0.3 * gradient(of: { (s: Tensor) in inner(s, e) })(s), Nothing())
                    }.final.sum()
                }
                return [gradient(of: { (z: Tensor) in gradient(of: outer)(z).squared().sum() })(x[1])]
            }),
        Case(
            "jacobians of choices",
            { x in
                [
                    jacobian(of: { (z: Tensor) in
                        cond(z.sum() .> 0, z) {
                            $0.sin() * z[0]
                        } else: {
                            $0 * x[1]
                        }
                    })(x[0])
                ]
            }),
    ]

    static let all = outputs + loops + choices + searches + nested

    /// All in one program.
    @Test func alone() {
        let items = Self.all.map { NativeComparison.Item(name: $0.name, x: Self.x, f: $0.f) }
        #expect(NativeComparison(items: items).violations() == [])
    }

    @Test func gradients() {
        let items = Self.all.filter(\.isReversible).map {
            NativeComparison.Item(name: "gradient of \($0.name)", x: Self.x, f: NativeComparison.slope($0.f))
        }
        #expect(NativeComparison(items: items).violations() == [])
    }

    /// Each a program of its own, so that what can be done in lanes is.
    @Test(arguments: all) func batches(_ example: Case) {
        let batch = Self.x.enumerated().map { place, x in
            Tensor.stacked((0..<19).map { x + 0.1 * Key($0).folding(place).normal(x.shape) })
        }
        let forward = NativeComparison.Item(name: example.name, x: batch, f: { vmap(example.f)($0) })
        #expect(NativeComparison(items: [forward]).violations() == [])
        guard example.isReversible else { return }
        let gradient = NativeComparison.slope(example.f)
        let slope = NativeComparison.Item(name: "gradient", x: batch, f: { vmap(gradient)($0) })
        #expect(NativeComparison(items: [slope]).violations() == [])
    }
}
