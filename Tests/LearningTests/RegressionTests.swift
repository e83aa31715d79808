import Networks
import Tensors
import Testing

@testable import Learning

private func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0 : .infinity
}

@Suite struct LinearRegressionTests {
    private let x = Key(1).normal([30, 3]) * Tensor([1, 100, 0.01]) + Tensor([0, 5, -7])
    private let noise = Key(2).normal([30, 2])
    private let truth = Tensor(rows: [[1, -1], [0.02, 0], [30, 5]])
    private var y: Tensor { x.matrixProduct(truth) + Tensor([3, -2]) + 0.1 * noise }

    @Test func ridgeMeetsItsNormalEquations() {
        let penalties = Tensor([2, 0.5, 1e-3])
        let weights = Key(3).uniform([30])
        let fit = LinearRegression(penalties: penalties).fit(x, y, weights: weights)
        // At the minimum the gradient vanishes, in every output.
        let loss = { (map: Dense) -> Tensor in
            (weights.expanded(axis: -1) * (y - map(x)).squared()).sum()
                + (penalties.expanded(axis: -1) * map.weight.squared()).sum()
        }
        let slope = gradient(of: loss)(fit.map)
        #expect((slope.weight / x.absolute().maximum(axes: [0]).expanded(axis: -1)).absolute().maximum().scalar < 1e-11)
        #expect(slope.bias.absolute().maximum().scalar < 1e-11)
    }

    @Test func weightsRepeatRows() {
        let counts = Tensor((0..<30).map { Double($0 % 3) })
        let rows = (0..<30).flatMap { row in Array(repeating: row, count: row % 3) }
        let repeated = Tensor(integers: rows)
        for regression in [LinearRegression(penalties: 0.3), LinearRegression(hasIntercept: false)] {
            let weighted = regression.fit(x, y, weights: counts)
            let plain = regression.fit(x.taking(repeated), y.taking(repeated))
            #expect(distance(weighted.map.weight.values, plain.map.weight.values) < 1e-11)
            #expect(distance(weighted.map.bias.values, plain.map.bias.values) < 1e-11)
            #expect(distance(weighted.determination.values, plain.determination.values) < 1e-12)
        }
        // A row without weight may hold anything.
        let present = Tensor((0..<30).map { $0 != 4 })
        let gap = select(present.expanded(axis: -1), y, Tensor(.nan))
        let fit = LinearRegression().fit(x, gap, weights: present)
        #expect(fit.map.weight.values.allSatisfy { $0.isFinite } && fit.degreesOfFreedom.scalar.rounded() == 25)
    }

    @Test func deviationsAreThoseOfRepeatedSamples() {
        // What is penalised is truly zero: a ridge that biases the fit inflates its residuals.
        let truth = truth * Tensor(rows: [[0], [1], [1]])
        let regression = LinearRegression(penalties: Tensor([5, 0, 0]))
        let fits = vmap { (noise: Tensor) in
            regression.fit(x, x.matrixProduct(truth) + 0.1 * noise)
        }(Key(4).normal([4000, 30, 2]))
        let spread = fits.map.weight.variance(axes: [0]).sqrt().values
        let stated = fits.coefficientDeviations.squared().mean(axes: [0]).sqrt().values
        for (a, b) in zip(spread, stated) { #expect(abs(a / b - 1) < 0.05) }
        let intercepts = fits.map.bias.variance(axes: [0]).sqrt().values
        let statedIntercepts = fits.interceptDeviations.squared().mean(axes: [0]).sqrt().values
        for (a, b) in zip(intercepts, statedIntercepts) { #expect(abs(a / b - 1) < 0.05) }
    }

    @Test func dependentFeaturesAreFoundAndARidgeHelps() {
        let twice = Tensor.concatenated([x, x[0..<30].slice(axis: 1, from: 0, to: 1) * 3], axis: 1)
        #expect(!LinearRegression().fit(twice, y).isDetermined)
        #expect(!LinearRegression().fit(x[0..<3], y[0..<3]).isDetermined)
        let fit = LinearRegression(penalties: 1e-3).fit(twice, y)
        #expect(fit.isDetermined && fit.map.weight.values.allSatisfy { $0.isFinite })
        #expect(LinearRegression().fit(x, y).isDetermined)
    }

    @Test func penaltiesCanBeLearned() {
        // Generalised cross-validation differentiates the fit by its penalty.
        let score = { (logarithm: Tensor) -> Tensor in
            let fit = LinearRegression(penalties: logarithm.exp()).fit(x, y)
            return (fit.map(x) - y).squared().mean() / fit.degreesOfFreedom.squared()
        }
        let at = Tensor(0.7)
        let h = 1e-5
        let difference = (score(at + h) - score(at - h)).scalar / (2 * h)
        #expect(abs(gradient(of: score)(at).scalar / difference - 1) < 1e-6)
    }
}

@Suite struct MinimizerTests {
    private static let minimizers: [any Minimizer] = [TrustRegionNewton(), QuasiNewton()]

    @Test(arguments: minimizers.indices)
    func valleysAndTrees(_ i: Int) {
        let (point, search) = Self.minimizers[i].minimum(from: Pair(Tensor(0.3), Tensor([1, 1, 2]))) { p in
            let x = Tensor.concatenated([p.first.flattened(), p.second])
            let (a, b) = (x[0..<3], x[1..<4])
            return (100 * (b - a.squared()).squared() + (1 - a).squared()).sum()
        }
        #expect(search.outcome == .converged)
        #expect(distance(point.first.flattened().values + point.second.values, [1, 1, 1, 1]) < 1e-6)
    }

    @Test(arguments: minimizers.indices)
    func saddlesAreLeftAndDomainsKept(_ i: Int) {
        let well = Self.minimizers[i].minimum(from: Tensor([0.5, 0])) { x in
            (x[0].squared() - 1).squared() + (x[1].squared() - 2).squared() + 0.1 * x[1]
        }
        #expect(well.outcome == .converged && abs(abs(well.point.values[0]) - 1) < 1e-6)
        let barrier = Self.minimizers[i].minimum(from: Tensor([3.0])) { x in (x - x.log()).sum() }
        #expect(barrier.outcome == .converged && abs(barrier.point.values[0] - 1) < 1e-6)
    }

    @Test(arguments: minimizers.indices)
    func failuresAreOutcomes(_ i: Int) {
        let none = Self.minimizers[i].minimum(from: Tensor([-1.0])) { $0.log().sum() }
        #expect(none.outcome == .diverged && none.point.values == [-1])
        let endless = Self.minimizers[i].minimum(from: Tensor([1.0])) { -$0.sum() }
        #expect(endless.outcome == .diverged)
    }

    @Test func leastSquaresOutcomes() {
        let none = NonlinearLeastSquares().fit(from: Tensor([-1.0, 1])) { $0.log() }
        #expect(none.outcome == .diverged)
        let exact = NonlinearLeastSquares().fit(from: Tensor([-1.2, 1])) { x in
            Tensor.stacked([10 * (x[1] - x[0].squared()), 1 - x[0]])
        }
        #expect(exact.outcome == .converged && distance(exact.parameters.values, [1, 1]) < 1e-9)
        let short = NonlinearLeastSquares(maximumSteps: 2).fit(from: Tensor([5.0, 3])) { x in
            Tensor.stacked([10 * (x[1] - x[0].squared()), 1 - x[0]])
        }
        #expect(short.outcome == .unfinished && short.steps == 2)
    }
}
