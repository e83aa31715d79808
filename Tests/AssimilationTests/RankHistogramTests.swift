import Checks
import Foundation
import Tensors
import Testing

@testable import Assimilation

@Suite struct RankHistogramTests {
    @Test func laws() { #expect(checkAnalysis(RankHistogramFilter(), isDeterministic: false) == []) }

    /// The posterior quantiles of Anderson's prior by summing its density on a fine grid.
    @Test(arguments: [[-1.0, 0.2, 2.5], [-4, -3.5, 3, 3.2, 4.1], [5, 5.1, 5.3, 9]])
    func membersAreQuantilesOfThePosterior(members: [Double]) {
        let (value, error) = (1.0, 0.7)
        let count = members.count
        let mean = members.reduce(0, +) / Double(count)
        let variance = members.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(count - 1)
        func likelihood(_ x: Double) -> Double { exp(-0.5 * (x - value) * (x - value) / (error * error)) }
        func normal(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * .pi).squareRoot() }
        // The quantile of the tails by bisection, with the library's complementary error function.
        var (low, high) = (-8.0, 0.0)
        for _ in 0..<200 {
            let middle = 0.5 * (low + high)
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < 1 / Double(count + 1) { low = middle } else { high = middle }
        }
        let deviation = variance.squareRoot()
        let (below, above) = (members[0] - deviation * low, members[count - 1] + deviation * low)
        func density(_ x: Double) -> Double {
            if x < members[0] { return normal((x - below) / deviation) / deviation * likelihood(x) }
            if x >= members[count - 1] { return normal((x - above) / deviation) / deviation * likelihood(x) }
            let k = members.lastIndex { $0 <= x } ?? 0
            let width = members[k + 1] - members[k]
            return 0.5 * (likelihood(members[k]) + likelihood(members[k + 1])) / (width * Double(count + 1))
        }
        let step = 2e-5
        let grid = stride(from: -30.0, to: 30, by: step).map { $0 + 0.5 * step }
        let masses = grid.map { density($0) * step }
        let total = masses.reduce(0, +)
        let ensemble = Ensemble(members: Tensor(rows: members.reversed().map { [$0, 2 * $0] }), key: Key(1))
        let observation = Observation(
            values: Tensor([value]), errorCovariance: Tensor(rows: [[error * error]]),
            operator: LinearOperator.first(1, of: 2))
        let found = RankHistogramFilter()(ensemble, observation)
        var (sum, k) = (0.0, 1)
        for (x, mass) in zip(grid, masses) where k <= count {
            sum += mass / total
            while k <= count, sum >= Double(k) / Double(count + 1) {
                let member = found.belief.members[count - k]
                #expect(abs(member[0].scalar - x) < 1e-3, "quantile \(k): \(member[0].scalar), expected \(x)")
                // The second variable is twice the first: regression keeps that.
                #expect(abs(member[1].scalar - 2 * member[0].scalar) < 1e-9)
                k += 1
            }
        }
        let evidence = log(total / (error * (2 * .pi).squareRoot()))
        #expect(abs(found.logLikelihood.scalar - evidence) < 1e-4)
    }

    @Test func membersFollowOneOfTwoModes() {
        let members = [-3.1, -3, -2.9, -2.8, 2.9, 3, 3.1, 3.2]
        let ensemble = Ensemble(members: Tensor(rows: members.map { [$0] }), key: Key(1))
        func mean(_ value: Double) -> Double {
            let observation = Observation(
                values: Tensor([value]), errorCovariance: Tensor(rows: [[0.25]]),
                operator: LinearOperator.first(1, of: 1))
            return RankHistogramFilter()(ensemble, observation).belief.members.values.min() ?? .nan
        }
        #expect(mean(3) > 0)
    }

    @Test(arguments: [-1e3, 1e3, 1e6])
    func farObservationsStayFinite(value: Double) {
        let ensemble = Ensemble(members: Key(1).normal([20, 2]), key: Key(1))
        let observation = Observation(
            values: Tensor([value]), errorCovariance: Tensor(rows: [[1]]), operator: LinearOperator.first(1, of: 2))
        let found = RankHistogramFilter()(ensemble, observation)
        #expect(found.belief.members.values.allSatisfy { $0.isFinite })
        #expect(found.logLikelihood.scalar.isFinite)
        // Beyond all members the tail is Gaussian: it moves towards the observation.
        #expect(abs(found.belief.mean[0].scalar) > 0.1 * abs(value))
    }

    /// Weights of the members, their sums scaled to (N − 1) / N, and linear interpolation of the quantiles (k − ½) / N.
    @Test func withoutTailsMembersAreQuantilesOfTheirWeights() {
        let (members, value, error) = ([2.5, -1, 0.2, 4.0, 1.1], 1.0, 0.7)
        let count = Double(members.count)
        let x = members.sorted()
        let weights = x.map { exp(-0.5 * ($0 - value) * ($0 - value) / (error * error)) }
        let total = weights.reduce(0, +)
        var sum = 0.0
        let below = weights.map { weight in
            sum += weight / total * (count - 1) / count
            return sum
        }
        let moved = members.indices.map { k in
            let target = min(max((Double(k) + 0.5) / count, below[0]), below[below.count - 1])
            let place = max(0, min((below.lastIndex { $0 <= target } ?? 0), members.count - 2))
            return x[place] + (target - below[place]) / (below[place + 1] - below[place]) * (x[place + 1] - x[place])
        }
        let expected = members.map { member in moved[x.firstIndex(of: member) ?? 0] }
        let found = RankHistogramFilter(hasTails: false)(
            Ensemble(members: Tensor(rows: members.map { [$0, -$0] }), key: Key(1)),
            Observation(
                values: Tensor([value]), errorCovariance: Tensor(rows: [[error * error]]),
                operator: LinearOperator.first(1, of: 2)))
        for (k, member) in expected.enumerated() {
            #expect(abs(found.belief.members[k][0].scalar - member) < 1e-9)
            #expect(abs(found.belief.members[k][1].scalar + member) < 1e-9)
        }
    }
}
