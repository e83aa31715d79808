import Foundation
import Supervised
import Tensors

/// Pictures and labels of the four files of MNIST, or of a set of the same form.
struct PictureSet: Sendable {
    let training: Samples
    let test: Samples

    /// - Throws: files that are absent or damaged, pictures of different sizes, labels of another number.
    init(_ folder: String) throws(InputError) {
        func part(_ name: String) throws(InputError) -> (Tensor, Targets) {
            let path = FilePath.join(folder, "\(name)-images-idx3-ubyte")
            let images = FilePath.exists(path) ? path : path + ".gz"
            let pictures = try ArrayFile.array(images)
            let labels = try ArrayFile.array(images.replacing("images-idx3", with: "labels-idx1"))
            guard pictures.shape.count == 3, labels.shape == [pictures.shape[0]] else {
                throw InputError(
                    .data, at: .init(images), "pictures of shape \(pictures.shape) and labels of shape \(labels.shape)",
                    expected: "a label for each picture")
            }
            let names = labels.tensor.values.map { Int($0) }
            guard names.allSatisfy({ (0..<10).contains($0) }) else {
                throw InputError(.data, at: .init(images), "a label that is not 0 to 9", expected: "ten classes")
            }
            let shape = [pictures.shape[0], 1] + pictures.shape.dropFirst()
            return (pictures.tensor.reshaped(shape), .classes(names, names: (0..<10).map(String.init)))
        }
        let (first, second) = (try part("train"), try part("t10k"))
        guard first.0.shape.dropFirst() == second.0.shape.dropFirst() else {
            throw InputError(
                .data, at: .init(folder), "pictures of \(second.0.shape.dropFirst()) in the test",
                expected: "\(first.0.shape.dropFirst()), as in training")
        }
        let scale = Preprocessing().fitted(to: .pictures(first.0), rows: Array(0..<first.1.count))
        training = Samples(scale.features(.pictures(first.0)), first.1)
        test = Samples(scale.features(.pictures(second.0)), second.1)
    }

    /// The first samples of both parts.
    func prefix(_ training: Int, _ test: Int) -> PictureSet {
        PictureSet(
            training: self.training.taking(Array(0..<min(training, self.training.count))),
            test: self.test.taking(Array(0..<min(test, self.test.count))))
    }

    private init(training: Samples, test: Samples) { (self.training, self.test) = (training, test) }
}

/// A network on pictures: fitted to all of training, judged on all of the test.
struct PictureReproduction<Model: NetworkModel>: Reproduction {
    let row: Int
    let title: String
    let model: Model
    let pictures: PictureSet
    let claims: [Claim]
    let length: Double
    /// Whether the claim is of the share of wrong samples in percent, not of right ones.
    let isError: Bool

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        let setting = FitSetting(key: Key(seed), progress: advance)
        let fit = model.fitted(to: pictures.training, setting)
        let found = Predictions(of: fit.predictor, pictures.test)
        let accuracy = SupervisedScore.accuracy.value(found, pictures.test.targets)
        return Measured(
            values: [accuracy.map { isError ? 100 * (1 - $0) : $0 }],
            notes: ["\(model.weightCount(pictures.training.layout)) weights, \(model.training.epochs) epochs"])
    }
}

/// The degree of a polynomial, chosen by cross-validation on a hundred draws of noisy values of a cubic.
struct DegreeReproduction: Reproduction {
    let row: Int
    let draws: Int
    let title = "the degree of a cubic by cross-validation"
    let length = 0.3

    var claims: [Claim] {
        [
            Claim(
                what: "degree 3 by one standard error, of 100", published: 95, criterion: .atLeast(90)),
            Claim(
                what: "degree 3 by the smallest error of cross-validation, of 100", published: 66,
                criterion: .near(66, within: 15)),
            Claim(what: "degree 3 by the smallest training error, of 100", published: 0, criterion: .atMost(0)),
        ]
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        var counts = [0, 0, 0]
        for draw in 0..<draws {
            let keys = Key(1000 * seed + draw).split(2)
            let x = 2 * keys[0].uniform([60]) - 1
            let y = 0.5 - x + 2 * x * x * x + 0.3 * keys[1].normal([60])
            let data = SupervisedData(.table(Table(x.expanded(axis: -1))), .numbers(y.values))
            let folds = Folds(.random, count: 10, seed: 1000 * seed + draw).all(data.targets)
            let models = (0...12).map { PolynomialModel(degree: $0) }
            let scores = models.map {
                crossValidate($0, data, folds, score: .mse, preprocessing: Preprocessing(standardizes: false))
            }
            let all = scores.enumerated().map {
                ScoredCandidate(candidate: $0.offset, validation: $0.element, permille: 1000)
            }
            func chosen(_ rule: ChoiceRule) -> Int? {
                ModelSelection(all, rule: rule, score: .mse) { models[$0].complexity }?.chosen
            }
            let least = scores.indices.min { (scores[$0].trainingMean ?? 9) < (scores[$1].trainingMean ?? 9) }
            for (place, degree) in [chosen(.oneStandardError), chosen(.best), least].enumerated() where degree == 3 {
                counts[place] += 1
            }
            advance(Double(draw + 1) / Double(draws))
        }
        return Measured(values: counts.map { 100 * Double($0) / Double(draws) })
    }
}

/// The published numbers of supervised learning.
///
/// - Parameter folder: of the sets `mnist` and `fashion-mnist`, each in a folder of its name; or of one set, MNIST's.
func supervisedReproductions(isQuick: Bool, data folder: String?) throws(InputError) -> [any Reproduction] {
    var all: [any Reproduction] = [DegreeReproduction(row: 1, draws: isQuick ? 20 : 100)]
    guard let folder else { return all }
    func set(_ name: String) throws(InputError) -> PictureSet? {
        let own = FilePath.join(folder, name)
        let isHere = name == "mnist" && FilePath.exists(FilePath.join(folder, "t10k-labels-idx1-ubyte.gz"))
        guard isHere || FilePath.exists(own) else { return nil }
        let found = try PictureSet(isHere ? folder : own)
        return isQuick ? found.prefix(10_000, 2000) : found
    }
    let digits = try set("mnist")
    let clothes = try set("fashion-mnist")
    guard digits != nil || clothes != nil else {
        throw InputError(
            .missingInput, at: .init(folder), "holds neither MNIST nor Fashion-MNIST",
            expected: "a folder 'mnist' or 'fashion-mnist' with the four IDX files")
    }
    let epochs = isQuick ? 5 : 1
    func options(
        _ count: Int, rate: Double, dropout: Double, shift: Int = 0, mirrors: Bool = false
    ) -> TrainingOptions {
        TrainingOptions(
            epochs: max(2, count / epochs), rate: rate, batch: 128, dropout: dropout,
            augmentation: Augmentation(shift: shift, mirrors: mirrors))
    }
    if let digits {
        all.append(
            PictureReproduction(
                row: 2, title: "MNIST, 784-128-10",
                model: DenseModel(widths: [128], options(30, rate: 3e-3, dropout: 0.1, shift: 1)), pictures: digits,
                claims: [.error("MNIST, dense 784-128-10: error in %", 1.9, isQuick ? 6 : 1.9)], length: 1,
                isError: true))
        all.append(
            PictureReproduction(
                row: 3, title: "MNIST, 784-800-10",
                model: DenseModel(widths: [800], options(30, rate: 2e-3, dropout: 0.4)), pictures: digits,
                claims: [.error("MNIST, dense 784-800-10: error in %", 1.6, isQuick ? 5 : 1.6)], length: 6,
                isError: true))
        all.append(
            PictureReproduction(
                row: 4, title: "MNIST, convolutional",
                model: ConvolutionalModel(
                    channels: 16, depth: 3, width: 64, options(12, rate: 4e-3, dropout: 0.3, shift: 1)),
                pictures: digits,
                claims: [
                    .error("MNIST, convolutional, under 120 000 weights: error in %", 0.8, isQuick ? 3.5 : 0.8)
                ], length: 12, isError: true))
    }
    if let clothes {
        all.append(
            PictureReproduction(
                row: 5, title: "Fashion-MNIST, 256-128-100",
                model: DenseModel(widths: [256, 128, 100], options(30, rate: 1.5e-3, dropout: 0.2)), pictures: clothes,
                claims: [
                    .accuracy("Fashion-MNIST, dense 256-128-100: accuracy", 0.8833, isQuick ? 0.8 : 0.883)
                ], length: 3, isError: false))
        all.append(
            PictureReproduction(
                row: 6, title: "Fashion-MNIST, convolutional",
                model: ConvolutionalModel(
                    channels: 20, depth: 3, width: 64, options(20, rate: 4e-3, dropout: 0.3, shift: 1, mirrors: true)),
                pictures: clothes,
                claims: [
                    .accuracy(
                        "Fashion-MNIST, convolutional, under 100 000 weights: accuracy", 0.925, isQuick ? 0.8 : 0.92)
                ], length: 20, isError: false))
    }
    return all
}

extension Claim {
    fileprivate static func error(_ what: String, _ published: Double, _ limit: Double) -> Claim {
        Claim(what: what, published: published, criterion: .atMost(limit))
    }
    fileprivate static func accuracy(_ what: String, _ published: Double, _ limit: Double) -> Claim {
        Claim(what: what, published: published, criterion: .atLeast(limit))
    }
}
