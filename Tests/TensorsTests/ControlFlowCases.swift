import Tensors

/// Loops, choices and rules of one's own, alone and inside one another.
extension OperationCase {
    static var controlFlow: [OperationCase] { checkpoints + limited + choices + untilDone + fixedPoints + ownRules }

    private static var checkpoints: [OperationCase] {
        [false, true].flatMap { reversed in
            [Checkpoints.every(2), .every(3), .squareRoot, .everyStep].map { checkpoints in
                OperationCase(
                    "scan with checkpoints \(checkpoints)", [smooth([2], 70), smooth([7, 2], 71), smooth([], 72)]
                ) { x in
                    let (last, all) = Tensors.scan(over: x[1], from: x[0], reversed: reversed, checkpoints: checkpoints)
                    { state, input in
                        let next = (state * x[2] + input).tanh()
                        return (next, next * input)
                    }
                    return [last, all]
                }
            }
        } + [
            OperationCase("checkpointed", [smooth([3], 73), smooth([], 74)]) { x in
                checkpointed { (p: [Tensor]) in [(p[0] * x[1]).sin() * p[1], p[1].exp()] }(x)
            },
            OperationCase("checkpointed inside checkpointed", [smooth([3], 75)]) { x in
                [checkpointed { (a: Tensor) in checkpointed { (b: Tensor) in (b * a).sin() }(a * a) + a }(x[0])]
            },
        ]
    }

    private static var limited: [OperationCase] {
        [0, 1, 4, 5, 9].flatMap { limit in
            [(false, Checkpoints.everyStep), (true, .everyStep), (false, .every(2)), (true, .every(2))].map {
                reversed, checkpoints in
                OperationCase(
                    "scan of up to \(limit) of 5 steps, \(checkpoints)\(reversed ? ", reversed" : "")",
                    [smooth([2], 98), smooth([5, 2], 99), smooth([], 100), Tensor(integer: limit)]
                ) { x in
                    let (last, all) = Tensors.scan(
                        over: x[1], from: x[0], limit: x[3], reversed: reversed, checkpoints: checkpoints
                    ) { state, input in
                        let next = (state * x[2] + input * x[2].sin()).tanh()
                        return (next, next * input)
                    }
                    return [last, all]
                }
            }
        }
    }

    private static var choices: [OperationCase] {
        [smooth([3], 76), 0 - smooth([3], 76)].map { x in
            OperationCase("cond", [x, smooth([], 77)]) { x in
                [
                    cond(x[0].sum() .> 0.1, x[0]) {
                        ($0 * x[1]).sin()
                    } else: {
                        $0 * $0 * $0
                    },
                    cond(x[1] .> 100) {
                        x[0]
                    } else: {
                        x[0].exp()
                    },
                ]
            }
        } + [
            OperationCase("cond of a condition that no batch changes", [smooth([3], 78), Tensor([true], shape: [])]) {
                x in
                [
                    cond(x[1], x[0]) {
                        $0.sin()
                    } else: {
                        $0 + x[0] * x[0]
                    }
                ]
            },
            OperationCase("cond with an integer result", [smooth([3], 79)]) { x in
                let (a, n) = (x[0], x[0].argmax())
                let chosen = cond(a.sum() .> 0, [a, n]) {
                    [$0[0].tanh(), $0[1]]
                } else: {
                    [$0[0], $0[1] + 1]
                }
                return chosen
            },
            OperationCase("cond inside scan", [smooth([2], 80), smooth([4, 2], 81)]) { x in
                let (last, all) = Tensors.scan(over: x[1], from: x[0]) { state, input in
                    let next = cond(input.sum() .> 0, state) {
                        ($0 + input).sin()
                    } else: {
                        $0 * input * 0.5
                    }
                    return (next, next)
                }
                return [last, all]
            },
            OperationCase("scan inside cond", [smooth([2], 82), smooth([], 83)]) { x in
                [
                    cond(x[1] .> 0.1, x[0]) { state in
                        Tensors.scan(over: Nothing(), from: state, count: 3) { ($0.sin() * x[1], $1) }.final
                    } else: {
                        $0 * x[1]
                    }
                ]
            },
        ]
    }

    private static var untilDone: [OperationCase] {
        [
            OperationCase("whileLoop", [smooth([2], 84), smooth([2], 85)], isReversible: false) { x in
                [
                    whileLoop(from: x[0] * x[0] + 0.2) {
                        $0.sum() .< 30
                    } do: {
                        $0 * 2 + x[1] * x[1]
                    }
                ]
            },
            OperationCase("whileLoop with an integer carry", [smooth([3], 86)], isReversible: false) { x in
                let start = Pair(x[0], Tensor(integer: 0))
                let end = whileLoop(from: start) {
                    $0.second .< 4
                } do: { state in
                    Pair(state.first.sin() + x[0], state.second + 1)
                }
                return [end.first, end.second]
            },
            OperationCase("whileLoop that never runs", [smooth([3], 87)], isReversible: false) { x in
                [
                    whileLoop(from: x[0]) {
                        $0.sum() .> 1e6
                    } do: {
                        $0 * 2
                    }
                ]
            },
            OperationCase("whileLoop inside scan", [smooth([2], 88), smooth([3, 2], 89)], isReversible: false) { x in
                let (last, all) = Tensors.scan(over: x[1], from: x[0]) { state, input in
                    let next = whileLoop(from: (state * input).sin()) {
                        ($0 * $0).sum() .> 0.1
                    } do: {
                        $0 * 0.5
                    }
                    return (next, state)
                }
                return [last, all]
            },
        ]
    }

    private static var fixedPoints: [OperationCase] {
        [
            OperationCase("fixedPoint", [smooth([3], 90), smooth([3, 3], 91)]) { x in
                [
                    fixedPoint(from: Tensor.zeros([3], type: x[0].type), tolerance: tolerance(x)) {
                        (0.1 * x[1].vectorProduct($0) + x[0]).tanh()
                    }
                ]
            },
            OperationCase("fixedPoint of a tree, from a start", [smooth([2], 92), smooth([], 93)]) { x in
                let found = fixedPoint(from: Pair(x[0], x[1]), tolerance: tolerance(x)) { p in
                    Pair(0.3 * (p.first * p.second).sin() + x[0], 0.2 * p.first.sum().tanh() + x[1])
                }
                return [found.first, found.second]
            },
            OperationCase("fixedPoint, by Newton", [smooth([3], 94)]) { x in
                let a = x[0] * x[0] + 1
                return [fixedPoint(from: a, tolerance: tolerance(x)) { r in r - (r * r - a) / (2 * r) }]
            },
        ]
    }

    @Sendable private static func tolerance(_ x: [Tensor]) -> Double { x[0].type == .float64 ? 1e-14 : 1e-6 }

    private static var ownRules: [OperationCase] {
        [
            OperationCase("customTangent", [smooth([3], 95), smooth([3], 96)]) { x in
                let product = customTangent { (p: [Tensor]) in
                    [p[0] * p[1].sin()]
                } tangent: { p, _, dp in
                    [dp[0] * p[1].sin() + p[0] * p[1].cos() * dp[1]]
                }
                return product(x)
            },
            OperationCase("customTangent that uses its value", [smooth([3], 97)]) { x in
                [
                    customTangent { (a: Tensor) in
                        a.exp()
                    } tangent: { _, y, da in
                        y * da
                    }(x[0])
                ]
            },
        ]
    }
}
