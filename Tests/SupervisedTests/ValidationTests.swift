import Foundation
import Networks
import Tensors
import Testing

@testable import Supervised

@Suite struct ValidationTests {
    private let targets = Targets.numbers((0..<23).map { Double($0 * 7 % 23) })
    private let classes = Targets.classes((0..<40).map { $0 % 8 == 0 ? 1 : 0 }, names: ["often", "rare"])

    @Test(arguments: FoldKind.allCases)
    func everySampleIsHeldOutOnceAndNeverFittedThere(_ kind: FoldKind) {
        let groups = (0..<23).map { $0 / 3 }
        let folds = Folds(kind, count: 4, gap: kind == .blocked || kind == .expanding ? 2 : 0).all(
            targets, groups: groups)
        #expect(folds.count == 4)
        let held = folds.flatMap(\.held).sorted()
        // Expanding windows hold out nothing of the first block.
        #expect(held == (kind == .expanding ? Array(4..<23) : Array(0..<23)))
        for fold in folds {
            #expect(Set(fold.held).isDisjoint(with: fold.training))
            switch kind {
            case .grouped:
                #expect(Set(fold.held.map { groups[$0] }).isDisjoint(with: fold.training.map { groups[$0] }))
            case .blocked:
                let (first, last) = (fold.held[0], fold.held[fold.held.count - 1])
                #expect(fold.held == Array(first...last))
                #expect(fold.training.allSatisfy { $0 < first - 2 || $0 > last + 2 })
            case .expanding: #expect(fold.training == Array(0..<(fold.held[0] - 2)))
            case .random, .stratified: #expect(fold.training.count + fold.held.count == 23)
            }
        }
    }

    @Test func stratifiedFoldsShareOutEachClass() {
        for fold in Folds(.stratified, count: 5).all(classes) {
            guard case .classes(let held, _) = classes.taking(fold.held) else { continue }
            #expect(held.count { $0 == 1 } == 1 && held.count == 8)
        }
        let again = Folds(.stratified, count: 5, repeats: 3, seed: 4).all(classes)
        #expect(again.count == 15 && again[0] != again[5])
        #expect(again == Folds(.stratified, count: 5, repeats: 3, seed: 4).all(classes))
        for fold in Folds(.stratified, count: 4).all(targets) {
            // By rank: each fold has its part of the low half.
            guard case .numbers(let held) = targets.taking(fold.held) else { continue }
            #expect((2...4).contains(held.count { $0 < 11 }))
        }
    }

    @Test func impossibleFoldsAreNamed() {
        #expect(Folds(.random, count: 30).fault(targets, groups: nil)?.problem == "30 folds of 23 samples")
        #expect(
            Folds(.stratified, count: 6).fault(classes, groups: nil)?.problem
                == "6 stratified folds, and 5 samples of the class 'rare'")
        #expect(
            Folds(.grouped, count: 4).fault(targets, groups: (0..<23).map { $0 % 3 })?.problem
                == "4 folds of 3 groups")
        #expect(Folds(.blocked, count: 4, gap: 30).fault(targets, groups: nil) != nil)
        #expect(Folds(.blocked, count: 4, repeats: 2).fault(targets, groups: nil) != nil)
    }

    @Test func scalesAndImputationsComeFromTrainingRowsAlone() {
        let numbers = [1.0, 2, .nan, 3, 1000]
        let words: [String?] = ["a", "b", "a", nil, "new"]
        let table = Table([
            Table.Column("x", numbers), Table.Column("w", .words(words)), Table.Column("constant", [5, 5, 5, 5, 6]),
            Table.Column("empty", [.nan, .nan, .nan, .nan, 1]),
        ])
        let rows = [0, 1, 2, 3]
        var wild = numbers
        wild[4] = -1e9
        let other = Table([Table.Column("x", wild)] + Array(table.columns.dropFirst()))
        for missing in Preprocessing.Missing.allCases {
            let preprocessing = Preprocessing(missing: missing)
            let fitted = preprocessing.fitted(to: .table(table), rows: rows)
            #expect(fitted == preprocessing.fitted(to: .table(other), rows: rows))
            let marks = missing == .mark ? ["x", "x missing"] : ["x"]
            #expect(fitted.names == marks + ["w=a", "w=b"])
            #expect(fitted.leftOut.map(\.name) == ["constant", "empty"])
            #expect(fitted.unknownWords(table).map(\.words) == [["new"]])
            let features = fitted.features(.table(table))
            let width = fitted.names.count
            // Mean 2, variance 2/3 of 1, 2, 3; the hole becomes the mean.
            let x = (0..<5).map { features.values[$0 * width] }
            #expect(distance(Array(x[..<4]), [-1.224744871391589, 0, 0, 1.224744871391589]) < 1e-12)
            #expect(features.values.suffix(2) == [0, 0])
        }
    }

    @Test func theCubicIsFoundByOneStandardError() {
        var found: [String: [Int: Int]] = [:]
        let degrees = Array(0...12)
        for seed in 1...100 {
            let keys = Key(seed).split(2)
            let x = 2 * keys[0].uniform([60]) - 1
            let y = 0.5 - x + 2 * x * x * x + 0.3 * keys[1].normal([60])
            let data = SupervisedData(.table(Table(x.expanded(axis: -1))), .numbers(y.values))
            let folds = Folds(.random, count: 10, seed: seed).all(data.targets)
            let models = degrees.map { PolynomialModel(degree: $0) }
            let raw = Preprocessing(standardizes: false)
            let scores = models.map { crossValidate($0, data, folds, score: .mse, preprocessing: raw) }
            let candidates = scores.enumerated().map {
                ScoredCandidate(candidate: $0.offset, validation: $0.element, permille: 1000)
            }
            for rule in ChoiceRule.allCases {
                let choice = ModelSelection(candidates, rule: rule, score: .mse) { models[$0].complexity }
                found[rule.rawValue, default: [:]][choice?.chosen ?? -1, default: 0] += 1
            }
            let least = degrees.min { (scores[$0].trainingMean ?? 9) < (scores[$1].trainingMean ?? 9) }
            found["training", default: [:]][least ?? -1, default: 0] += 1
        }
        #expect(found["one-standard-error"]?[3] ?? 0 >= 90)
        #expect((50...85).contains(found["best"]?[3] ?? 0))
        #expect(found["training"]?[3] ?? 0 == 0)
    }

    @Test func halvingAndRandomSearchesFindWhatTheGridFinds() {
        let keys = Key(5).split(2)
        let x = keys[0].normal([360, 12])
        let y = x.slice(axis: 1, to: 1).flattened() + 0.5 * keys[1].normal([360])
        let data = SupervisedData(.table(Table(x)), .numbers(y.values))
        let folds = Folds(.random, count: 3).all(data.targets)
        let penalties = (0..<9).map { pow(10, Double($0) / 2 - 3) }
        let models = penalties.map { RidgeModel(penalty: $0) }
        let grid = select(models, data, folds, score: .mse)
        let halved = select(models, data, folds, score: .mse, by: ModelSearch(.halving))
        let drawn = select(models, data, folds, score: .mse, by: ModelSearch(.random, draws: 4, seed: 3))
        #expect(grid?.candidates.count == 9 && halved?.candidates.count == 9 && drawn?.candidates.count == 4)
        #expect(halved?.candidates.count { $0.permille == 1000 } ?? 9 < 4)
        let best = grid?.candidates.first { $0.candidate == grid?.best }?.validation.mean ?? 0
        let found = halved?.candidates.first { $0.candidate == halved?.best }?.validation.mean ?? .infinity
        #expect(found <= 1.3 * best)
        for one in drawn?.candidates ?? [] { #expect(one == grid?.candidates[one.candidate]) }
        let simple = select(models, data, folds, score: .mse, by: ModelSearch(rule: .oneStandardError))
        #expect((simple?.chosen ?? 0) >= (simple?.best ?? 0), "a stronger penalty is simpler")
        let inner = Folds(.random, count: 3)
        let outer = nested(models, data, outer: folds, inner: inner, score: .mse, threads: 2)
        #expect(outer.chosen.count == 3 && outer.validation.mean ?? 9 < 0.5)
        #expect(nested(models, data, outer: folds, inner: inner, score: .mse).validation == outer.validation)
    }

    @Test func conformalRanksAreGuardedAgainstRounding() {
        let nine = (1...9).map(Double.init)
        #expect(ConformalInterval(nine, coverage: 0.9).halfWidth == 9)
        #expect(ConformalInterval(nine, coverage: 0.8).halfWidth == 8)
        #expect(ConformalInterval(nine, coverage: 0.95).halfWidth == .infinity)
        #expect(ConformalInterval.fewestErrors(0.95) == 19 && ConformalInterval.fewestErrors(0.9) == 9)
        // Exchangeable errors: the promise holds on average.
        var inside = 0
        for seed in 1...400 {
            let errors = Key(seed).normal([20]).values
            let interval = ConformalInterval(Array(errors.dropLast()), coverage: 0.9)
            if abs(errors[19]) <= interval.halfWidth { inside += 1 }
        }
        #expect((343...380).contains(inside))
    }

    @Test func bootstrapIntervalsHoldTheScoreAsOftenAsPromised() {
        var held = 0
        for seed in 1...100 {
            let errors = Key(seed).normal([80])
            let found = ScoreBootstrap(samples: 80, resamples: 200, seed: seed).interval(
                .mse, .numbers(errors.values), .numbers([Double](repeating: 0, count: 80)))
            if let low = found.low, let high = found.high, low <= 1, 1 <= high { held += 1 }
        }
        #expect((84...99).contains(held))
        let truth = Targets.numbers([0, 1, 2, 3, 4, 5])
        let (good, bad) = (Predictions.numbers([0, 1, 2, 3, 4, 5.1]), Predictions.numbers([3, 3, 0, 0, 0, 0]))
        let paired = ScoreBootstrap(samples: 6, seed: 1).difference(.mse, good, bad, truth)
        #expect(paired.difference.high ?? 1 < 0 && paired.probability ?? 1 < 0.01)
    }
}
