import Checks
import Experiments
import Tensors

func convexity() -> Figure {
    // Two losses of the same data y = 2 x: of one weight, and of two layers with a weight each.
    let x = Key(8).normal([20])
    let line = { (w: Tensor) in (w[0] * x - 2 * x).squared().mean() + 0.1 * w[1].squared() }
    let layers = { (w: Tensor) in (w[0] * w[1] * x - 2 * x).squared().mean() }

    // Convex: below its chords, above its tangents, curved upward everywhere.
    let grid = Tensor(rows: (-2...2).flatMap { i in (-2...2).map { [Double(i), Double($0)] } })
    for (name, loss) in [("one layer", line), ("two layers", layers)] {
        let found = checkConvex(name, at: grid, loss)
        print("\(name): convex on 25 points of a grid: \(found.isEmpty)")
        for law in ["the Hessian is not negative", "below its chords"] where found.contains(where: { $0.law == law }) {
            print("  broken: \(law)")
        }
    }
    // Two minima, (√2, √2) and (−√2, −√2), and a saddle between them.
    let curvature = hessian(of: layers)(Tensor([0, 0])).symmetricEigen().values.values
    print("curvatures of two layers at (0, 0):", curvature.map { rounded($0, 2) })
    return Figure(
        panels: [landscape("one layer", limit: 12, vmap(line)), landscape("two layers", limit: 12, vmap(layers))],
        columns: 2)
}
