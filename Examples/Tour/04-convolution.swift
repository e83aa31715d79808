import Experiments
import Networks
import Tensors

func convolution() throws -> Figure {
    // A picture of 8 × 8 points, and a kernel that tells where it brightens from left to right.
    let digit = try digits().pictures[12]
    let kernel = Tensor(rows: [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    let layer = Convolution2D(weight: kernel.reshaped([1, 1, 3, 3]), bias: Tensor([0.0]), padding: .periodic)
    let edges = layer(digit)

    // A shifted picture gives a shifted result: what is learned at one place holds at all.
    let shift = { (x: Tensor) in x.rolled(by: 3, axis: -1).rolled(by: 2, axis: -2) }
    print("after a shift, the largest difference:", (layer(shift(digit)) - shift(edges)).absolute().maximum().scalar)

    // Far fewer weights than of a dense layer from all points to all points.
    let dense = Dense(64, 8 * 64, key: Key(1))
    let eight = Convolution2D(1, 8, size: 3, key: Key(1))
    func count(_ layer: some Tree) -> Int { layer.leaves.reduce(0) { $0 + $1.count } }
    print("to 8 channels: \(count(dense)) weights of a dense layer, \(count(eight)) of a convolution")

    func panel(_ title: String, _ picture: Tensor, _ limit: Double) -> Panel {
        let rows = (0..<8).map { picture[0][7 - $0].values.map(Optional.init) }
        return Panel(
            title: title, horizontal: PanelAxis(""), vertical: PanelAxis(""),
            layers: [.field(rows: rows, x: 0, width: 1, y: 0, height: 1, limit: limit)])
    }
    return Figure(panels: [panel("picture", digit, 1), panel("edges", edges, 4)], columns: 2)
}
