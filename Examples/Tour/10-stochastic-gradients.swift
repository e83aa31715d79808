import Experiments
import Kernels
import Networks
import Tensors

func stochasticGradients() -> Figure {
    // Many valleys around the deepest one at zero (Rastrigin's function).
    let valleys = { (x: Tensor) in (x.squared() + 1.5 * (1 - (2 * Double.pi * x).cos())).sum(axes: [-1]) }
    let slope = compile(like: Tensor([0.0, 0.0])) { gradient(of: valleys)($0) }
    func path(_ rule: some Optimizer, noise: Double, from start: Tensor) -> [Tensor] {
        var (x, state, path) = (start, rule.start(start), [start])
        for step in 0..<300 {  // the gradient of a random batch is that of all samples, and noise: here it fades
            let random = noise * (1 - Double(step) / 300) * Key(7).folding(step).normal([2])
            rule.update(&x, gradient: slope(x) + random, state: &state)
            path.append(x)
        }
        return path
    }
    let starts = (0..<20).map { 4 * Key($0).uniform([2]) - 2 }
    let (plain, adam) = (GradientDescent(rate: 0.01), Adam(rate: Schedule(0.15, decay: .cosine(steps: 300, final: 0))))
    let rules: [(String, any Optimizer, Double)] = [
        ("gradient descent", plain, 0), ("stochastic gradients", plain, 60), ("Adam", adam, 15),
    ]
    let panels = rules.map { name, rule, noise in
        let paths = starts.map { path(rule, noise: noise, from: $0) }
        print("\(name): the deepest valley from \(paths.count { valleys($0[300]).scalar < 0.5 }) of 20 starts")
        return landscape(name, limit: 12, path: paths[7], valleys)
    }
    return Figure(panels: panels, columns: 3)
}
