import Tensors
import Testing

@testable import Networks

@Suite struct MinimalFilterTests {
    /// Every kernel and tile for which there are points.
    static let sizes: [(width: Int, tile: Int)] = (1...7).flatMap { width in (1...(9 - width)).map { (width, $0) } }

    @Test(arguments: sizes) func theFilterIsTheSum(_ size: (width: Int, tile: Int)) {
        let filter = MinimalFilter(width: size.width, tile: size.tile)
        for (type, tolerance) in [(ElementType.float64, 2e-14), (.float32, 1e-5)] {
            let x = Key(1).normal([2, 5, 3 * size.tile + size.width - 1]).cast(to: type)
            let kernel = Key(2).normal([4, 5, size.width]).cast(to: type)
            let y = filter(x, kernel)
            #expect(y.type == type && y.shape == [2, 4, 3 * size.tile])
            #expect(distance(y, x.convolution(kernel)) < tolerance, "\(size) \(type)")
        }
    }

    @Test(arguments: [(3, 5), (5, 4), (5, 2), (7, 2)]) func derivativesAreThoseOfTheSum(_ width: Int, _ tile: Int) {
        let filter = MinimalFilter(width: width, tile: tile)
        let x = Key(3).normal([2, 3, 2 * tile + width - 1])
        let kernel = Key(4).normal([5, 3, width])
        func slopes(_ convolution: @escaping (Tensor, Tensor) -> Tensor) -> (Tensor, Tensor) {
            let error = { (x: Tensor, kernel: Tensor) in convolution(x, kernel).tanh().squared().sum() }
            return (gradient(of: { error($0, kernel) })(x), gradient(of: { error(x, $0) })(kernel))
        }
        let (minimal, plain) = (slopes { filter($0, $1) }, slopes { $0.convolution($1) })
        #expect(distance(minimal.0, plain.0) < 1e-13)
        #expect(distance(minimal.1, plain.1) < 1e-13)
    }

    @Test func aBatchOfManyChannelsIsFiltered() {
        func tile(_ kernel: [Int], _ signals: [Int]) -> Int? { MinimalFilter(kernel: kernel, signals: signals)?.tile }
        #expect(tile([32, 48, 5], [256, 48, 40]) == 4)
        #expect(tile([32, 48, 5], [4, 4, 48, 42]) == 3)
        #expect(tile([32, 32, 3], [16, 32, 40]) == 5)
        // Nothing is saved where tiles do not fit, kernels are short or long, channels are few, or states are.
        #expect(tile([32, 48, 5], [256, 48, 41]) == nil)
        #expect(tile([32, 48, 1], [256, 48, 40]) == nil)
        #expect(tile([32, 48, 9], [256, 48, 40]) == nil)
        #expect(tile([24, 1, 5], [256, 1, 40]) == nil)
        #expect(tile([32, 48, 5], [48, 40]) == nil)
        #expect(tile([32, 48, 5], [15, 48, 40]) == nil)
    }

    @Test func theLayerIsTheSameInABatchAndAlone() {
        let layer = PeriodicConvolution(24, 16, width: 5, key: Key(5))
        let x = Key(6).normal([16, 24, 12])
        #expect(MinimalFilter(kernel: layer.weight.shape, signals: x.shape) != nil)
        #expect(distance(layer(x), vmap { layer($0) }(x)) < 1e-13)
        #expect(distance(layer(x.rolled(by: 3)), layer(x).rolled(by: 3)) < 1e-13)
    }
}
