import Dynamics
import Kernels
import Tensors

/// Strong-constraint 4D-Var: `J(x) = ½ |x − b|² + ½ Σ |x_k − y_k|²`, all variables observed at every step.
struct Window {
    let background = 2 + 3 * uniform(1, [40])
    let observations: Tensor

    init(steps: Int) { observations = 2 + 3 * uniform(2, [steps, 40]) }

    /// Where the evaluations start.
    var start: Tensor { background + 0.5 }

    func cost(_ x: Tensor) -> Tensor {
        let misfits = scan(over: observations, from: x) { x, y in
            let next = model(x)
            return (next, (next - y).squared().sum())
        }.outputs
        return 0.5 * ((x - background).squared().sum() + misfits.sum())
    }

    func costAndGradient(_ x: Tensor) -> Pair<Tensor, Tensor> {
        let (value, slope) = valueAndGradient(of: cost)(x)
        return Pair(value, slope)
    }
}

/// A hundred evaluations in one program, each from where the one before has led.
private let evaluations = 100

private func costs(_ steps: Int) -> Prepared {
    let window = Window(steps: steps)
    return prepared(window.start) { x in
        scan(over: Nothing(), from: x, count: evaluations) { x, _ in
            let value = window.cost(x)
            return (x + 1e-9 * value, value)
        }.outputs
    }
}

private func gradients(_ steps: Int) -> Prepared {
    let window = Window(steps: steps)
    return prepared(window.start) { x in
        let descent = scan(over: Nothing(), from: x, count: evaluations) { x, _ in
            let found = window.costAndGradient(x)
            return (x - 1e-7 * found.second, found.first)
        }
        return Pair(descent.final, descent.outputs)
    }
}

/// The same work with a call for each evaluation.
private func called(_ steps: Int) -> Prepared {
    let window = Window(steps: steps)
    let program = compile(like: window.start, window.costAndGradient)
    let x = window.start
    return Prepared(
        run: { for _ in 0..<evaluations { keep(program(x)) } },
        result: { program(x).numbers })
}

let variationalRows: [String: @Sendable () -> Prepared] = [
    "variational/10/cost": { costs(10) },
    "variational/40/cost": { costs(40) },
    "variational/10/gradient": { gradients(10) },
    "variational/40/gradient": { gradients(40) },
    "variational/10/called": { called(10) },
]
