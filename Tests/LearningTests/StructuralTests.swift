import Assimilation
import Foundation
import Tensors
import Testing

@testable import Learning

@Suite struct StructuralTests {
    struct Oracle: Decodable {
        struct Case: Decodable {
            let harmonics: Int
            let variances: [Double]
            let partial: [Double]
            let coefficients: [Double]
            let loglik: Double
            let forecasts: [[Double]]
        }
        let period: Double
        let values: [Double?]
        let cases: [Case]

        static func read() throws -> Oracle {
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../Oracles/structural.json")
            return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
        }
        var series: [Double] { values.map { $0 ?? .nan } }
        func model(_ own: Case) -> StructuralModel {
            StructuralModel(
                StructuralOptions(period: period, harmonics: own.harmonics, remainderOrder: own.partial.count),
                scale: 0.5, range: StructuralRange(series),
                logVariances: Tensor(own.variances.map { log($0 / 0.5 - 1e-10) }),
                remainder: Tensor(own.partial.map { atanh($0 / 0.99) }))
        }
    }

    @Test func likelihoodAndForecastsAreThoseOfPlainLoops() throws {
        let oracle = try Oracle.read()
        for own in oracle.cases {
            let model = oracle.model(own)
            let filtered = model.filter(oracle.series)
            #expect(zip(model.coefficients.values, own.coefficients).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(abs(filtered.logLikelihood.scalar - own.loglik) < 1e-7 * abs(own.loglik))
            for forecast in own.forecasts {
                let ahead = model.measurements(filtered.analyses, ahead: Int(forecast[0]))
                #expect(abs(ahead.means[70] - forecast[1]) < 1e-7)
                #expect(abs(ahead.standardDeviations[70] - forecast[2]) < 1e-7)
            }
        }
    }

    @Test func gradientOfTheLikelihoodIsThatOfDifferences() throws {
        let oracle = try Oracle.read()
        for own in oracle.cases {
            let model = oracle.model(own)
            func value(_ model: StructuralModel) -> Tensor { model.filter(oracle.series).logLikelihood }
            let gradient = gradient(of: value)(model)
            for (path, count) in [
                (\StructuralModel.logVariances, own.variances.count), (\.remainder, own.partial.count),
            ] {
                for i in 0..<count {
                    var ends: [Double] = []
                    for sign in [1.0, -1] {
                        var moved = model
                        var numbers = model[keyPath: path].values
                        numbers[i] += sign * 1e-4
                        moved[keyPath: path] = Tensor(numbers)
                        ends.append(value(moved).scalar)
                    }
                    let difference = (ends[0] - ends[1]) / 2e-4
                    #expect(abs(gradient[keyPath: path].values[i] - difference) < 1e-5 * (1 + abs(difference)))
                }
            }
        }
    }

    @Test func everyRemainderIsStationary() {
        let setting = StructuralOptions(period: 12, harmonics: 0, remainderOrder: 4)
        for numbers in [[3.0, -2, 1, 4], [-5, 5, -5, 5], [0.1, 0, 0, 0]] {
            let model = StructuralModel(
                setting, scale: 1, range: StructuralRange(size: 1), logVariances: Tensor.zeros([4]),
                remainder: Tensor(numbers))
            let covariance = model.start.covariance[2..<6].slice(axis: 1, from: 2, to: 6)
            // A stationary covariance exists, is positive and does not depend on the lag.
            #expect(covariance.symmetricEigen().values.values.allSatisfy { $0 > 0 })
            let diagonal = covariance.diagonal().values
            #expect(diagonal.allSatisfy { abs($0 - diagonal[0]) < 1e-6 * diagonal[0] })
        }
    }

    @Test func fitFindsTheMaximumAndTheRemainder() {
        // A remainder of known coefficient about a steady trend and season.
        let noise = Key(7).normal([400]).values
        var remainder = 0.0
        let values = (0..<400).map { t -> Double in
            remainder = 0.7 * remainder + 0.5 * noise[t]
            let season = 2 * cos(2 * Double.pi * Double(t) / 12)
            return (100..<112).contains(t) ? .nan : 50 + 0.02 * Double(t) + season + remainder
        }
        let fit = StructuralFit(values, StructuralOptions(period: 12, harmonics: 1, remainderOrder: 1))
        #expect(fit.outcome == .converged)
        #expect(abs(fit.model.coefficients.values[0] - 0.7) < 0.12)
        #expect(abs(fit.model.variances.values[4].squareRoot() - 0.5) < 0.08)
        let exact = StructuralFit(values, fit.setting, search: QuasiNewton(maximumSteps: 200, tolerance: 1e-6))
        let gradient = gradient(of: { (model: StructuralModel) in model.filter(values).logLikelihood })(exact.model)
        #expect(exact.outcome == .converged && exact.logLikelihood - fit.logLikelihood < 1e-4)
        #expect(gradient.leaves.flatMap(\.values).allSatisfy { abs($0) < 0.05 }, "\(gradient)")
        #expect(StructuralFit(values, fit.setting) == fit)
    }
}
