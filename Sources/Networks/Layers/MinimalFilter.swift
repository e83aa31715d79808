import Tensors

/// A convolution along the last axis with fewer multiplications: a tile of places at once,
/// through `tile + width − 1` points.
///
/// A product of polynomials is known by its values at enough points (Toom and Cook),
/// and a convolution is the transpose of one:
///
///     y = Aᵀ ((G w) ∘ (Bᵀ x)),   y[i] = Σ w[k] x[i + k]
///
/// for a tile of `y`, the `tile + width − 1` elements of `x` that it sees, and `G w` the values of the kernel as a
/// polynomial at the points. Summed over channels, `∘` is a matrix product for each point: 8 multiplications instead of
/// 20 for four places of a kernel of five. Derivatives by the kernel and by the signal have the same form,
/// and the same saving.
///
/// Points are 0, ±1, ±½, ±2 and infinity. Rounding errors are about twice those of the sum written out, beside the
/// largest element of a tile; what is not finite spreads over the tile.
/// Reference: Winograd 1980, Arithmetic Complexity of Computations, chapter IV; Lavin & Gray 2016, arXiv:1509.09308.
struct MinimalFilter {
    let width: Int
    let tile: Int
    private var points: Int { tile + width - 1 }

    init(width: Int, tile: Int) {
        precondition(
            width > 0 && tile > 0 && tile + width - 2 <= Self.finitePoints.count,
            "MinimalFilter: tiles of \(tile) places of a kernel of \(width) need \(tile + width - 1) points, "
                + "of which there are \(Self.finitePoints.count + 1)")
        (self.width, self.tile) = (width, tile)
    }

    /// The filter for a kernel `[outputs, inputs, width]` and signals `[batch..., inputs, length]` that saves most; nil
    /// where too little is saved, or the batch is too small to pay for the transformation of the kernel.
    init?(kernel: [Int], signals: [Int]) {
        let (outputs, inputs, width) = (kernel[0], kernel[1], kernel[2])
        let length = signals[signals.count - 1]
        guard signals.dropLast(2).elementCount >= Self.smallestBatch else { return nil }
        /// Multiplications for each place.
        func cost(_ tile: Int) -> Int {
            let points = tile + width - 1
            return points * (inputs * outputs + points * inputs + tile * outputs) / tile
        }
        let tiles = (2..<max(2, Self.finitePoints.count + 3 - width)).filter { length % $0 == 0 }
        guard let best = tiles.min(by: { cost($0) < cost($1) }), 3 * cost(best) <= 2 * inputs * outputs * width else {
            return nil
        }
        self.init(width: width, tile: best)
    }

    /// `[..., outputs, length]` from signals `[..., inputs, length + width − 1]` and a kernel
    /// `[outputs, inputs, width]`.
    func callAsFunction(_ x: Tensor, _ kernel: Tensor) -> Tensor {
        let (outputs, inputs) = (kernel.shape[0], kernel.shape[1])
        let batch = Array(x.shape.dropLast(2))
        let tiles = (x.shape[x.rank - 1] - width + 1) / tile
        let leading = Array(batch.indices)
        let seen = x.unfold(axis: -1, size: points, stride: tile)
            .transposed(to: leading + [batch.count + 2, batch.count, batch.count + 1])
        let signals = matrix(signalTransform, x.type).matrixProduct(seen.reshaped(batch + [points, inputs * tiles]))
        let kernels = matrix(kernelTransform, x.type)
            .matrixProduct(kernel.transposed(to: [2, 0, 1]).reshaped([width, outputs * inputs]))
        let products = kernels.reshaped([points, outputs, inputs])
            .matrixProduct(signals.reshaped(batch + [points, inputs, tiles]))
        return matrix(resultTransform, x.type).matrixProduct(products.reshaped(batch + [points, outputs * tiles]))
            .reshaped(batch + [tile, outputs, tiles])
            .transposed(to: leading + [batch.count + 1, batch.count + 2, batch.count])
            .reshaped(batch + [outputs, tile * tiles])
    }

    private static let finitePoints = [0, 1, -1, 0.5, -0.5, 2, -2]
    private static let smallestBatch = 16
}

/// The three matrices, rows of `signalTransform` and `kernelTransform` one for each point, infinity the last.
extension MinimalFilter {
    private var finite: ArraySlice<Double> { Self.finitePoints.prefix(points - 1) }

    /// `Bᵀ`: the product of `z − q` over all other finite points `q`, by its coefficients.
    private var signalTransform: [[Double]] {
        let others = finite.indices.map { i in finite.indices.filter { $0 != i }.map { finite[$0] } }
        return (others + [Array(finite)]).map { roots in
            let polynomial = roots.reduce([1]) { p, root in zip([0] + p, p + [0]).map { $0 - root * $1 } }
            return polynomial + [Double](repeating: 0, count: points - polynomial.count)
        }
    }

    /// `G`: powers of the point over that product at the point.
    private var kernelTransform: [[Double]] {
        finite.indices.map { i in
            let product = finite.indices.reduce(1) { $0 * ($1 == i ? 1 : finite[i] - finite[$1]) }
            return powers(finite[i], width).map { $0 / product }
        } + [powers(nil, width)]
    }

    /// `Aᵀ`, of `tile` rows.
    private var resultTransform: [[Double]] {
        let columns = finite.map { powers($0, tile) } + [powers(nil, tile)]
        return (0..<tile).map { place in columns.map { $0[place] } }
    }

    /// `1, z, z², …`; at infinity, nil, only the last counts.
    private func powers(_ point: Double?, _ count: Int) -> [Double] {
        guard let point else { return [Double](repeating: 0, count: count - 1) + [1] }
        return (1..<count).reduce(into: [1]) { powers, _ in powers.append(powers[powers.count - 1] * point) }
    }

    private func matrix(_ rows: [[Double]], _ type: ElementType) -> Tensor {
        Tensor(rows.flatMap { $0 }).reshaped([rows.count, rows[0].count]).cast(to: type)
    }
}
