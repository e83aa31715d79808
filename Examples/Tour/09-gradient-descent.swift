import Experiments
import Tensors

func gradientDescent() -> Figure {
    // A bowl with curvatures from 1 to 10.
    let curvatures = Tensor([1, 10])
    let bowl = { (x: Tensor) in 0.5 * (curvatures * x * x).sum() }
    let (slope, curvature) = (gradient(of: bowl), hessian(of: bowl))

    func path(_ step: (Tensor, Tensor) -> Tensor) -> [Tensor] {
        var path = [Tensor([-2, 1]), Tensor([-2, 1])]  // the last two points, for momentum
        for _ in 0..<30 { path.append(step(path[path.count - 1], path[path.count - 2])) }
        return Array(path.dropFirst())
    }
    let best = 2.0 / 11  // 2 / (least + largest curvature)
    let paths: [(String, [Tensor])] = [
        ("step too small", path { x, _ in x - 0.02 * slope(x) }), ("right step", path { x, _ in x - best * slope(x) }),
        ("step too large", path { x, _ in x - 0.202 * slope(x) }),
        ("momentum", path { x, last in x - 0.23 * slope(x) + 0.27 * (x - last) }),
        ("Newton", path { x, _ in x - curvature(x).solve(slope(x).expanded(axis: 1)).flattened() }),
    ]
    for (name, path) in paths {
        let sizes = path.map { $0.squared().sum().sqrt().scalar }
        let factor = sizes[30] == 0 ? 0 : sizes[30] / sizes[29]
        print("\(name): distance \(rounded(sizes[30], 8)) after 30 steps, a factor of", rounded(factor))
    }
    print("theory, κ = 10: (κ − 1) / (κ + 1) =", rounded(9.0 / 11), "with momentum (√κ − 1) / (√κ + 1) = 0.519")
    return Figure(panels: paths.map { landscape($0.0, limit: 10, path: $0.1, vmap(bowl)) }, columns: 3, rowHeight: 260)
}
