import Tensors
import Testing

@testable import Networks

private typealias Point = Pair<Tensor, Tensor>

private func objective(_ p: Point) -> Tensor {
    let curvature = Tensor([1, 10, 0.1]).cast(to: p.first.type)
    let square = (curvature * (p.first - 1).squared()).sum() * 0.5
    return square + (p.second + 2).squared().squared().sum() * 0.25
}

private func start(_ type: ElementType = .float64) -> Point {
    Pair(Tensor([0, 2, -1]).cast(to: type), Tensor([-1, -3.5], shape: [1, 2]).cast(to: type))
}

private func path(_ optimizer: some Optimizer, from start: Point, steps: Int) -> [[Double]] {
    var parameters = start
    var state = optimizer.start(parameters)
    return (0..<steps).map { _ in
        optimizer.update(&parameters, gradient: gradient(of: objective)(parameters), state: &state)
        return parameters.leaves.flatMap(\.values)
    }
}

private let optimizers: [(String, any Optimizer)] = [
    ("descent", GradientDescent(rate: 0.02)),
    ("momentum", GradientDescent(rate: 0.02, momentum: 0.9)),
    ("nesterov", GradientDescent(rate: 0.02, momentum: 0.9, nesterov: true)),
    ("adam", Adam(rate: 0.02)),
    ("adamDecay", Adam(rate: 0.02, meanDecay: 0.8, squareDecay: 0.95, epsilon: 1e-3, weightDecay: 0.1)),
    ("muon", Muon(rate: 0.05, momentum: 0.9)),
    ("cosine", Adam(rate: Schedule(0.1, warmup: 3, decay: .cosine(steps: 4, final: 0.1)))),
    (
        "exponential",
        GradientDescent(rate: Schedule(0.05, decay: .exponential(steps: 2, factor: 0.5)), momentum: 0.5)
    ),
    ("norm", GradientDescent(rate: 0.02, momentum: 0.9).clipped(to: .norm(1.5))),
    ("value", Adam(rate: 0.02).clipped(to: .value(0.5))),
]

@Suite struct OptimizerTests {
    @Test(arguments: optimizers.indices)
    func pathsAgreeWithTheFormulas(_ i: Int) throws {
        let (name, optimizer) = optimizers[i]
        let expected = try #require(try Oracle.load().optimizers[name])
        func check<O: Optimizer>(_ optimizer: O) {
            for (type, tolerance) in [(ElementType.float64, 1e-13), (.float32, 1e-5)] {
                let found = path(optimizer, from: start(type), steps: expected.count)
                for (a, b) in zip(found, expected) { #expect(distance(a, b) < tolerance, "\(name) in \(type)") }
            }
        }
        check(optimizer)
    }

    @Test(arguments: optimizers.indices)
    func trainingIsAScanAndCanBeDifferentiated(_ i: Int) {
        func check<O: Optimizer>(_ optimizer: O) {
            let steps = 5
            func scanned(_ optimizer: O) -> Tensor {
                let carry = Pair(start(), optimizer.start(start()))
                let trained = scan(over: Nothing(), from: carry, count: steps) { carry, _ in
                    let slope = gradient(of: objective)(carry.first)
                    let (parameters, state) = optimizer.update(carry.first, gradient: slope, state: carry.second)
                    return (Pair(parameters, state), Nothing())
                }
                return objective(trained.final.first)
            }
            func looped(_ optimizer: O) -> Double {
                let last = path(optimizer, from: start(), steps: steps)[steps - 1]
                return objective(Pair(Tensor(Array(last[..<3])), Tensor(Array(last[3...]), shape: [1, 2]))).scalar
            }
            #expect(distance([scanned(optimizer).scalar], [looped(optimizer)]) < 1e-13)
            // Every rate of the optimizer is a parameter of the training.
            let slope = gradient(of: scanned)(optimizer)
            let direction = optimizer.mappingLeaves { 0.01 * $0 }
            let h = 1e-3
            let high = looped(optimizer.combiningLeaves(direction) { $0 + h * $1 })
            let low = looped(optimizer.combiningLeaves(direction) { $0 - h * $1 })
            let along = zip(slope.leaves, direction.leaves).reduce(0.0) { $0 + $1.0.dot($1.1).scalar }
            #expect(abs(along - (high - low) / (2 * h)) < 1e-4 * max(1, abs(along)), "\(optimizers[i].0)")
        }
        check(optimizers[i].1)
    }

    @Test func quadraticsConvergeAtTheirKnownRate() {
        // Steps of η = 2 / (λ₁ + λₙ) shrink the error by (κ − 1) / (κ + 1); κ = 10 (Nesterov 2004, theorem 2.1.15).
        let curvature = Tensor([1, 3, 10])
        let f = { (x: Tensor) in (curvature * x * x).sum() * 0.5 }
        func error(_ optimizer: some Optimizer, _ steps: Int) -> Double {
            var x = Tensor([1, 0.5, 1])
            var state = optimizer.start(x)
            for _ in 0..<steps { optimizer.update(&x, gradient: gradient(of: f)(x), state: &state) }
            return x.norm().scalar
        }
        let descent = GradientDescent(rate: Schedule(2.0 / 11))
        let ratio = error(descent, 61) / error(descent, 60)
        #expect(abs(ratio - 9.0 / 11) < 1e-6)
        #expect(error(GradientDescent(rate: 0.05, momentum: 0.6, nesterov: true), 300) < 1e-10)
        #expect(error(Adam(rate: Schedule(0.1, decay: .cosine(steps: 1500, final: 0))), 1500) < 1e-6)
    }

    @Test(arguments: [[3, 7], [7, 3], [4, 4], [4, 2, 3]])
    func muonStepsAlongAllDirectionsOfAMatrixAlike(_ shape: [Int]) {
        let gradient = Key(3).normal(shape)
        let start = Tensor.zeros(shape)
        let optimizer = Muon(rate: 0.1)
        let moved = optimizer.update(start, gradient: gradient, state: optimizer.start(start)).parameters
        let (step, slope) = (-moved.reshaped([shape[0], -1]), gradient.reshaped([shape[0], -1]))
        let share = 0.1 * 0.2 * Double(step.shape.max()!).squareRoot()
        let sizes = (step / share).singularValueDecomposition().values.values
        #expect(sizes.allSatisfy { 0.65..<1.25 ~= $0 }, "\(sizes)")
        // The singular vectors are those of the gradient: the products with it are symmetric.
        let product = step.matrixProduct(slope.transposed)
        #expect(distance(product.values, product.transposed.values) < 1e-12)
    }

    @Test func leavesThatAreNotRealStay() {
        struct Model: Tree {
            var weight = Tensor([1, 2])
            var key = Key(7)
            var mask = Tensor([true, false])
            mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
                visitor.visit(&weight, "weight")
                visitor.visit(&key, "key")
                visitor.visit(&mask, "mask")
            }
        }
        var model = Model()
        let optimizer = Adam(rate: 0.1)
        var state = optimizer.start(model)
        let slope = gradient(of: { (m: Model) in m.weight.squared().sum() })(model)
        optimizer.update(&model, gradient: slope, state: &state)
        #expect(distance(model.weight.values, [0.9, 1.9]) < 1e-6)
        #expect(
            model.key.named[0].leaf.integers == Key(7).named[0].leaf.integers && model.mask.booleans == [true, false])
    }
}
