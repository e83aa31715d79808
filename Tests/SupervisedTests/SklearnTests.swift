import Networks
import Tensors
import Testing

@testable import Supervised

/// Models against scikit-learn's, under the same penalties.
@Suite struct SklearnTests {
    private func both(_ fit: FittedModel<LinearPredictor>) -> [Double] {
        fit.predictor.map.weight.values + fit.predictor.map.bias.values
    }

    @Test func linearModelsHaveTheCoefficientsOfScikitLearn() throws {
        let oracle = try Oracle.load()
        let samples = oracle.samples(oracle.linear.y)
        for (penalty, expected) in zip(oracle.linear.penalties, oracle.linear.lasso) {
            let fit = LassoModel(penalty: penalty).fitted(to: samples, FitSetting())
            #expect(fit.outcome == .completed)
            #expect(distance(both(fit), expected) < 1e-6)
            #expect(zip(both(fit), expected).allSatisfy { ($0 == 0) == ($1 == 0) })
        }
        let net = ElasticNetModel(penalty: 0.1, share: 0.4).fitted(to: samples, FitSetting())
        #expect(distance(both(net), oracle.linear.net) < 1e-6)
        let ridge = RidgeModel(penalty: 0.05).fitted(to: samples, FitSetting())
        #expect(distance(both(ridge), oracle.linear.ridge) < 1e-9)
        let same = ElasticNetModel(penalty: 0.05, share: 0).fitted(to: samples, FitSetting())
        #expect(distance(both(same), oracle.linear.ridge) < 1e-9)
        let poisson = PoissonModel(penalty: 0.02).fitted(to: oracle.samples(oracle.linear.counts), FitSetting())
        #expect(distance(both(poisson), oracle.linear.poisson) < 1e-6)
        let gamma = GammaModel(penalty: 0.02).fitted(to: oracle.samples(oracle.linear.sizes), FitSetting())
        #expect(distance(both(gamma), oracle.linear.gamma) < 1e-6)
    }

    @Test func kernelMethodsPredictAsScikitLearnDoes() throws {
        let oracle = try Oracle.load()
        let (kernels, samples) = (oracle.kernels, oracle.samples(oracle.linear.y))
        let ridge = KernelRidgeModel(length: kernels.length, penalty: kernels.penalty).fitted(to: samples, FitSetting())
        #expect(distance(ridge.predictor(oracle.new).values, kernels.ridge) < 1e-8)
        let near = NearestNeighbors(neighbors: 4).fitted(to: samples, FitSetting())
        #expect(distance(near.predictor(oracle.new).values, kernels.neighbors) < 1e-12)
        #expect(kernels.processes.count == KernelShape.allCases.count)
        for shape in KernelShape.allCases {
            let expected = try #require(kernels.processes[shape.rawValue])
            let scales = ProcessScales(
                logLengths: Tensor([kernels.length]).log(), logSignal: Tensor(kernels.signal).log(),
                logNoise: Tensor(kernels.noise).log())
            let (x, y) = (samples.matrix, samples.targets.tensor)
            let likelihood = scales.logMarginalLikelihood(shape, x, y - y.mean()).scalar
            #expect(distance([likelihood], [expected.likelihood]) < 1e-8)
            let known = ProcessPredictor.known(shape, scales, x, y)
            #expect(distance(known(oracle.new).values, expected.mean) < 1e-6)
            let deviation = try #require(known.deviation(oracle.new))
            #expect(distance(deviation.values, expected.deviation) < 1e-6)
        }
        let best = GaussianProcessModel(steps: 200).fitted(to: samples, FitSetting())
        #expect(best.predictor.logMarginalLikelihood(samples) > kernels.best - 1e-5)
    }

    @Test func logisticRegressionOfDigitsHasTheCoefficientsOfScikitLearn() throws {
        let (oracle, (points, names)) = (try Oracle.load().digits, try digits())
        let x = Tensor(points, shape: [names.count, 64])
        let classes = Targets.classes(names, names: (0..<10).map(String.init))
        let fit = LogisticModel(penalty: oracle.penalty).fitted(to: Samples(x, classes), FitSetting())
        #expect(fit.outcome == .completed)
        #expect(distance(fit.predictor.map.weight.transposed.values, oracle.coefficients) < 1e-6)
        #expect(distance(fit.predictor.map.bias.values, oracle.intercepts) < 1e-6)
        let two = names.indices.filter { names[$0] < 2 }
        let pair = Samples(
            x.taking(Tensor(integers: two)), .classes(two.map { names[$0] }, names: ["0", "1"]))
        let other = LogisticModel(penalty: 0.01).fitted(to: pair, FitSetting()).predictor.map
        let weights = other.weight.slice(axis: 1, from: 1) - other.weight.slice(axis: 1, to: 1)
        let found = weights.values + [other.bias.values[1] - other.bias.values[0]]
        #expect(distance(found, oracle.pair) < 1e-6)
    }

    @Test func scoresAreThoseOfScikitLearn() throws {
        let oracle = try Oracle.load().scores
        let three = Predictions.probabilities(oracle.probabilities, classes: 3)
        let targets = Targets.classes(oracle.classes, names: ["a", "b", "c"])
        #expect(Set(oracle.three.keys) == Set(SupervisedScore.all(.classification).map(\.rawValue)))
        for (name, expected) in oracle.three {
            let score = try #require(SupervisedScore(rawValue: name))
            #expect(distance([score.value(three, targets) ?? .nan], [expected]) < 1e-12, "\(name)")
        }
        let two = Predictions.probabilities(oracle.second.flatMap { [1 - $0, $0] }, classes: 2)
        let pair = Targets.classes(oracle.classes.map { $0 > 0 ? 1 : 0 }, names: ["no", "yes"])
        for (name, expected) in oracle.two {
            let score = try #require(SupervisedScore(rawValue: name))
            #expect(distance([score.value(two, pair) ?? .nan], [expected]) < 1e-12, "\(name) of two classes")
        }
        for (name, expected) in oracle.numbers {
            let score = try #require(SupervisedScore(rawValue: name))
            let value = score.value(.numbers(oracle.forecast), .numbers(oracle.truth))
            #expect(distance([value ?? .nan], [expected]) < 1e-12, "\(name)")
        }
        let loss = DistributionScore.quantileLoss(oracle.forecast, oracle.truth, quantile: 0.3)
        #expect(distance([loss], [oracle.quantile]) < 1e-12)
    }
}
