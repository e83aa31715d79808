import Tensors
import Testing

@testable import Networks

@Suite struct LayerTests {
    @Test(arguments: Activation.allCases)
    func activationsAgreeWithTheirDefinitions(_ activation: Activation) throws {
        let oracle = try Oracle.load().activations
        let x = Tensor(try #require(oracle["x"]))
        let y = try #require(oracle[activation.rawValue])
        #expect(distance(activation(x).values, y) < 1e-14)
        #expect(distance(activation(x.cast(to: .float32)).values, y) < 1e-6)
        let slopes = gradient(of: { (x: Tensor) in activation(x).sum() })(x)
        #expect(slopes.values.allSatisfy { $0.isFinite })
    }

    @Test func convolutionIsTheLoop() throws {
        let oracle = try Oracle.load().convolution
        let layer = PeriodicConvolution(
            weight: Tensor(oracle.weight, shape: [4, 3, 5]), bias: Tensor(oracle.bias))
        let x = Tensor(oracle.x, shape: [2, 3, 7])
        #expect(distance(layer(x), Tensor(oracle.y, shape: [2, 4, 7])) < 1e-14)
        #expect(distance(layer.ensemble(x), layer(x)) < 1e-15)
        // A convolution commutes with the translations of its axis.
        #expect(distance(layer(x.rolled(by: 3)), layer(x).rolled(by: 3)) < 1e-14)
    }

    @Test func denseActsOnTheLastAxisOfAnyShape() {
        let layer = Dense(4, 3, key: Key(1))
        let x = Key(2).normal([2, 5, 4])
        let y = layer(x)
        #expect(y.shape == [2, 5, 3])
        #expect(distance(layer(x[1][2]), y[1][2]) < 1e-15)
        #expect(distance(vmap { (x: Tensor) in layer(x) }(x), y) < 1e-15)
        let (row, weight) = (x[1][2].values, layer.weight.values)
        var byHand = [Double](repeating: 0, count: 3)
        for i in 0..<4 { for j in 0..<3 { byHand[j] += row[i] * weight[i * 3 + j] } }
        #expect(distance(y[1][2].values, byHand) < 1e-14)
    }

    @Test(arguments: [ElementType.float64, .float32])
    func networksKeepTheElementTypeAndStartAsNothing(_ type: ElementType) {
        let network = DenseNetwork(widths: [6, 8, 8, 2], activation: .silu, key: Key(3), type: type)
        let x = Key(4).normal([3, 6]).cast(to: type)
        #expect(network.widths == [6, 8, 8, 2])
        #expect(network(x).type == type && network(x).shape == [3, 2])
        let nothing = DenseNetwork(widths: [6, 8, 2], key: Key(3), startingAtZero: true, type: type)
        #expect(nothing(x).values.allSatisfy { $0 == 0 })
        let slope = gradient(of: { (network: DenseNetwork) in network(x).sum() })(nothing)
        #expect(slope.layers[1].weight.values.contains { $0 != 0 })
        #expect(slope.leaves.allSatisfy { $0.type == type })
        let (linear, bilinear) = (
            Dense(6, 2, key: Key(5), type: type), Bilinear(6, 2, products: 3, key: Key(6), type: type)
        )
        #expect(linear(x).type == type && bilinear(x).type == type)
    }

    @Test func gradientsAgreeWithDifferences() {
        let model = PeriodicConvolution(1, 3, width: 3, key: Key(7)).then(Activation.gelu)
            .then(PeriodicConvolution(3, 1, width: 5, key: Key(8))).then(Bilinear(9, 2, products: 4, key: Key(9)))
            .then(DenseNetwork(widths: [2, 5, 2], activation: .softplus, key: Key(10)))
        let x = Key(11).normal([4, 1, 9])
        func value<M: StateMap>(_ m: M) -> Tensor { m(x).squared().sum() }
        let slope = gradient(of: { value($0) })(model)
        let direction = model.mappingLeaves { Key($0.count).normal($0.shape) }
        let h = 1e-5
        let high = value(model.combiningLeaves(direction) { $0 + h * $1 }).scalar
        let low = value(model.combiningLeaves(direction) { $0 - h * $1 }).scalar
        let along = zip(slope.leaves, direction.leaves).reduce(0.0) { $0 + $1.0.dot($1.1).scalar }
        #expect(abs(along - (high - low) / (2 * h)) < 1e-7 * max(1, abs(along)))
    }

    @Test func gradientOfTheEnsembleIsThatOfTheBatch() {
        let network = DenseNetwork(widths: [3, 5, 2], key: Key(1))
        let x = Key(2).normal([4, 6, 3])
        let batch = gradient(of: { (n: DenseNetwork) in n(x).squared().sum() })(network)
        let members = gradient(of: { (n: DenseNetwork) in n.ensemble(x).squared().sum() })(network)
        let looped = gradient(of: { (n: DenseNetwork) in
            (0..<24).reduce(Tensor(0)) { $0 + n(x.reshaped([24, 3])[$1]).squared().sum() }
        })(network)
        for (a, (b, c)) in zip(batch.leaves, zip(members.leaves, looped.leaves)) {
            #expect(distance(a, c) < 1e-13 && distance(b, c) < 1e-13)
        }
    }

    @Test(arguments: Initialization.allCases)
    func weightsHaveTheirVariance(_ initialization: Initialization) {
        let variance: Double =
            switch initialization {
            case .glorotUniform, .glorotNormal: 2.0 / 500
            case .heNormal: 2.0 / 300
            case .lecunNormal: 1.0 / 300
            case .zeros: 0
            }
        let weights = Dense(300, 200, key: Key(12), initialization: initialization).weight
        #expect(abs(weights.variance().scalar - variance) <= 0.02 * variance)
        #expect(abs(weights.mean().scalar) <= 4 * (variance / 60000).squareRoot())
    }

    @Test func bilinearIsAnyQuadraticField() {
        // Lorenz-63's tendency, σ (y − x), x (ρ − z) − y, x y − β z, needs two products.
        var field = Bilinear(3, 3, products: 2, key: Key(1), initialization: .zeros)
        field.linear.weight = Tensor(rows: [[-10, 28, 0], [10, -1, 0], [0, 0, -8.0 / 3]])
        field.left = Tensor(rows: [[1, 1], [0, 0], [0, 0]])
        field.right = Tensor(rows: [[0, 0], [0, 1], [1, 0]])
        field.mixing = Tensor(rows: [[0, -1, 0], [0, 0, 1]])
        #expect(field(Tensor([1, 2, 3])).values == [10, 23, 2.0 - 8])
    }
}
