import Testing

@testable import Verification

@Suite struct ParsimoniousChoiceTests {
    private static let bootstrap = BlockBootstrap(resamples: 2000, seed: 3)

    private static func candidate(_ complexity: Int, _ leads: [[Double]]) -> ParsimoniousChoice.Candidate {
        ParsimoniousChoice.Candidate(
            complexity: complexity,
            scores: leads.map { terms in
                LeadScores(
                    starts: Array(terms.indices),
                    ScoreSeries(.mean, terms: terms, mask: terms.map { _ in true }))
            })
    }

    /// Independent differences have the standard error s / √n.
    @Test func standardErrorOfIndependentStartsIsThatOfTheMean() throws {
        var numbers = NormalNumbers(seed: 4)
        let (first, second) = (numbers.next(400), numbers.next(400))
        let found = try #require(
            Self.bootstrap.meanDifference(Self.candidate(0, [first]).scores, Self.candidate(0, [second]).scores))
        let differences = zip(first, second).map(-)
        #expect(abs(found.value - differences.reduce(0, +) / 400) < 1e-12)
        let expected = MeanInterval.standardError(differences)
        #expect(abs((found.standardError ?? 0) / expected - 1) < 0.15, "\(found) against \(expected)")
    }

    /// An AR(1) difference with coefficient φ has √((1 + φ) / (1 − φ)) times the standard error of independent ones.
    @Test func standardErrorGrowsWithTheDependenceOfStarts() throws {
        var numbers = NormalNumbers(seed: 6)
        let ratios = try (0..<20).map { _ -> Double in
            var state = 0.0
            let series = numbers.next(800).map { noise -> Double in
                state = 0.8 * state + noise
                return state
            }
            let zero = Self.candidate(0, [series.map { _ in 0 }]).scores
            let found = try #require(Self.bootstrap.meanDifference(Self.candidate(0, [series]).scores, zero))
            return (found.standardError ?? 0) / MeanInterval.standardError(series)
        }
        let mean = ratios.reduce(0, +) / 20
        #expect(mean > 2.3 && mean < 3.2, "\(mean) against 3")
    }

    /// Leads have their own numbers of forecasts; the mean over leads weighs them equally.
    @Test func leadsWeighEqually() throws {
        let long = LeadScores(
            starts: [0, 1, 2, 3], ScoreSeries(.mean, terms: [1, 2, 3, 4], mask: [true, true, true, true]))
        let short = LeadScores(starts: [1, 2, 3], ScoreSeries(.mean, terms: [9, 0, 3], mask: [true, false, true]))
        let zeros = [
            LeadScores(starts: long.starts, ScoreSeries(.mean, terms: [0, 0, 0, 0], mask: [true, true, true, true])),
            LeadScores(starts: short.starts, ScoreSeries(.mean, terms: [0, 0, 0], mask: [true, true, true])),
        ]
        let found = try #require(Self.bootstrap.meanDifference([long, short], zeros))
        #expect(found.value == (2.5 + 6) / 2)
    }

    @Test func simplerMethodWinsWithinOneStandardErrorAndNotBeyond() throws {
        var numbers = NormalNumbers(seed: 8)
        let base = numbers.next(200).map { 1 + 0.1 * $0 * $0 }
        let noise = numbers.next(200)
        let center = noise.reduce(0, +) / 200
        // Of a standard error of 0.1 / √200 = 0.007.
        func worse(by excess: Double) -> [Double] { zip(base, noise).map { $0 + excess + 0.1 * ($1 - center) } }
        func choice(_ excess: Double) throws -> ParsimoniousChoice {
            try #require(
                ParsimoniousChoice(
                    [Self.candidate(2, [base]), Self.candidate(0, [worse(by: excess)])], Self.bootstrap))
        }
        #expect(try choice(0.003).chosen == 1 && choice(0.003).lowest == 0)
        #expect(try choice(0.02).chosen == 0)
        #expect(try choice(-0.02).chosen == 1 && choice(-0.02).lowest == 1)
        // The same forecasts are a tie, and among the equally simple the lower score decides.
        let ties = [
            Self.candidate(1, [base]), Self.candidate(0, [worse(by: 0.003)]), Self.candidate(0, [worse(by: 0.002)]),
        ]
        #expect(ParsimoniousChoice(ties, Self.bootstrap)?.chosen == 2)
    }

    @Test func methodsWithoutScoreAreNotChosen() {
        let failed = ParsimoniousChoice.Candidate(
            complexity: 0,
            scores: [LeadScores(starts: [0, 1], ScoreSeries(.mean, terms: [0, 0], mask: [false, false]))])
        #expect(ParsimoniousChoice([failed], Self.bootstrap) == nil)
        let choice = ParsimoniousChoice([failed, Self.candidate(1, [[1, 2, 1, 2]])], Self.bootstrap)
        #expect(choice?.chosen == 1 && choice?.differences[0] == nil)
    }

    /// Too few starts for a standard error distinguish nothing.
    @Test func oneBlockOfStartsDistinguishesNothing() {
        let choice = ParsimoniousChoice([Self.candidate(1, [[1]]), Self.candidate(0, [[5]])], Self.bootstrap)
        #expect(choice?.chosen == 1 && choice?.differences[1]?.standardError == nil)
    }
}
