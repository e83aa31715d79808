import Checks
import Formulas
import Foundation
import Tensors
import Testing

/// Distributions against SciPy's: `Tests/Oracles/distributions.py` writes what is read here.
@Suite struct DistributionTests {
    private struct Reference: Decodable {
        let x: [Double]
        let logDensities: [Double]
        let mean: Double?
        let deviation: Double?
        let parts: [Double]
        let quantiles: [Double]
    }
    private let references: [String: Reference]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Oracles/distributions.json")
        references = try JSONDecoder().decode([String: Reference].self, from: Data(contentsOf: file))
    }

    private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
        a == b || abs(a - b) <= tolerance * max(1e-3, abs(b))
    }

    @Test func agreeWithSciPy() throws {
        #expect(references.count == 12)
        for (text, reference) in references {
            let distribution = try Distribution(text)
            let densities = distribution.logDensity(Tensor(reference.x)).values
            for (found, expected) in zip(densities, reference.logDensities) {
                #expect(isClose(found, expected), "\(text): density \(found), expected \(expected)")
            }
            for (part, expected) in zip(reference.parts, reference.quantiles) {
                let found = distribution.quantile(part)
                let scale = max(abs(expected), distribution.deviation.isFinite ? 1e-3 * distribution.deviation : 1)
                #expect(
                    abs(found - expected) <= 1e-10 * scale || found.isZero && expected < 1e-100,
                    "\(text): quantile of \(part) is \(found), expected \(expected)")
            }
            if let mean = reference.mean { #expect(isClose(distribution.mean, mean), "\(text): mean") }
            if let deviation = reference.deviation { #expect(isClose(distribution.deviation, deviation), "\(text)") }
        }
    }

    @Test func samplesHaveTheirQuantiles() throws {
        for text in references.keys.sorted() {
            let distribution = try Distribution(text)
            let sample = distribution.sample(Key(3), [20_000]).values.sorted()
            #expect(sample.allSatisfy { distribution.support.contains($0) })
            for part in [0.1, 0.5, 0.9] {
                let below = Double(sample.count { $0 < distribution.quantile(part) }) / 20_000
                #expect(abs(below - part) < 0.012, "\(text): \(below) below the quantile of \(part)")
            }
        }
    }

    @Test func slopesAreThoseOfTheDensity() throws {
        for (text, reference) in references where !text.hasPrefix("gamma(0.05") {
            let distribution = try Distribution(text)
            let inside = Tensor([distribution.quantile(0.3), distribution.quantile(0.6)])
            #expect(
                checkOperation(
                    text, at: inside, laws: [.tangent, .adjoint, .secondOrder, .batch], tolerances: .init(step: 1e-4)
                ) { distribution.logDensity($0).sum() } == [])
            _ = reference
        }
    }

    @Test func outsideTheSupportNothingIsNotANumber() throws {
        for text in ["lognormal(0, 1)", "gamma(2, 1)", "beta(2, 2)", "exponential(1)", "uniform(0, 1)"] {
            let distribution = try Distribution(text)
            let x = Tensor([-1, 0.5])
            #expect(distribution.logDensity(x).values[0] == -.infinity)
            let slope = gradient(of: { (x: Tensor) in
                let density = distribution.logDensity(x)
                return select(density.isFinite, density, 0).sum()
            })(x)
            #expect(slope.values[0] == 0 && slope.values[1].isFinite)
        }
    }

    @Test(arguments: [
        ("normal(1)", 0, "'normal' with 1 arguments", "normal(mean, deviation)"),
        ("normal(1, 0)", 10, "a deviation of 0.0", "a positive number"),
        ("normal(1, -2)", 10, "a deviation of -2.0", "a positive number"),
        ("gamma(1, 1 / 0)", 9, "a rate of inf", "a finite number"),
        ("norml(0, 1)", 0, "unknown distribution", "normal"),
        ("normal(a, 1)", 7, "the unknown name 'a'", "one that is defined"),
        ("uniform(3, 3)", 11, "an upper end of 3.0", "the lower end"),
        ("3", 0, "no distribution", "as normal(0, 1)"), ("normal(0, 1", 11, "the end", "',' or ')'"),
        ("beta(x: 1, 2)", 5, "the label 'x'", "without labels"),
        ("1 + normal(0, 1)", 0, "no distribution", "a distribution"),
    ])
    func faultsHaveAPlace(text: String, offset: Int, problem: String, expected: String) {
        do {
            _ = try Distribution(text)
            Issue.record("\(text) has no fault")
        } catch {
            #expect(error.offset == offset && error.problem.contains(problem), "\(text): \(error)")
            #expect(error.expected.contains(expected), "\(text): \(error)")
        }
    }

    @Test func unknownNamesHaveSuggestions() {
        do {
            _ = try Distribution("log_normal(0, 1)")
        } catch { #expect(error.unknown == "log_normal" && error.known.contains("lognormal")) }
    }
}
