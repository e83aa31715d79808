import Checks
import Dynamics
import Tensors
import Testing

@testable import Assimilation

@Suite struct LocalizationTests {
    @Test func distancesGoTheShorterWayRound() {
        let circle = Coordinates.circle(10, spacing: 0.5)
        let found = circle.distances(to: circle.taking([0, 7]))
        #expect(found.shape == [10, 2])
        for (i, row) in (0..<10).map({ ($0, found[$0].values) }) {
            #expect(abs(row[0] - 0.5 * Double(min(i, 10 - i))) < 1e-12)
            #expect(abs(row[1] - 0.5 * Double(min(abs(i - 7), 10 - abs(i - 7)))) < 1e-12)
        }
        let plane = Coordinates.plane(rows: 3, columns: 8, periodicColumns: true)
        let corners = plane.distances(to: plane.taking([0]))
        #expect(abs(corners[2 * 8 + 7].values[0] - 5.squareRoot()) < 1e-12)
        #expect(Coordinates.line(4).distances(to: Coordinates.line(4))[0].values == [0, 1, 2, 3])
    }

    /// Gaspari and Cohn's function is a triangle of half-width c folded with itself, in three dimensions; what is known
    /// of it without its polynomials: one at zero, 5/24 at c, zero from 2c on, and smooth at the seams.
    @Test func taperIsSmoothAndCompact() {
        let taper = GaspariCohn(radius: Tensor(2 / 1.82))
        let values = taper(Tensor([0, 2, 3.999999, 4, 40])).values
        #expect(abs(values[0] - 1) < 1e-14 && abs(values[1] - 5.0 / 24) < 1e-14)
        #expect(abs(values[2]) < 1e-15 && values[3] == 0 && values[4] == 0)
        #expect(abs(GaspariCohn(radius: 3)(Tensor(3)).scalar - 0.6065) < 0.03)  // about exp(−½)
        for seam in [2.0, 4] {
            let slope = { (x: Double) in gradient(of: { taper($0) })(Tensor(x)).scalar }
            #expect(abs(slope(seam - 1e-9) - slope(seam + 1e-9)) < 1e-7)
        }
    }

    @Test func derivativesWithRespectToTheRadiusAreFiniteEverywhere() {
        let distances = Tensor([0, 1e-300, 1, 1.82, 3.64, 3.7, 1e3, 1e300])
        for radius in [1e-3, 0.5, 1, 30] {
            let slope = jacobian(of: { GaspariCohn(radius: $0)(distances) })(Tensor(radius))
            let isFinite = slope.isFinite.all().booleans[0]
            #expect(isFinite, "radius \(radius): \(slope.values)")
        }
        #expect(
            checkOperation("GaspariCohn", at: Tensor(1.3)) {
                GaspariCohn(radius: $0)(Tensor([0, 1, 2, 3, 5]))
            } == [])
    }

    @Test func freeWeightsFollowAnotherTaper() {
        let smooth = GaspariCohn(radius: 3)
        let free = FreeTaper(like: smooth, count: 12)
        let distances = Tensor([0, 1, 2, 7, 11, 50])
        #expect(difference(free(distances).values, smooth(distances).values) < 1e-12)
        #expect(abs(free(Tensor(2.5)).scalar - 0.5 * (free(Tensor(2)) + free(Tensor(3))).scalar) < 1e-12)
        #expect(checkTree(free) == [])
        #expect(StepTaper(radius: 2)(Tensor([0, 2, 2.1])).values == [1, 1, 0])
    }

    private static let variables = Coordinates.circle(4)
    private static let observed = Coordinates(
        Tensor([[0.2], [1.4], [2.9]].flatMap { $0 }, shape: [3, 1]), periods: [4])
    private static let everywhere = Localization(StepTaper(radius: 10), variables: variables, observed: observed)
    private static let near = Localization(GaspariCohn(radius: 1), variables: variables, observed: observed)

    @Test func withoutATaperTheyAreTheFiltersThatTheyLocalise() {
        #expect(checkLocalization(LETKF(Self.everywhere), without: ETKF()) == [])
        #expect(checkLocalization(LocalizedStochasticEnKF(Self.everywhere), without: StochasticEnKF()) == [])
    }

    @Test func localisedAnalysesAreLawful() {
        #expect(checkLocalization(LETKF(Self.near)) == [])
        #expect(checkLocalization(Rotated(LETKF(Self.near))) == [])
        #expect(checkLocalization(LocalizedStochasticEnKF(Self.near)) == [])
        let free = Localization(
            FreeTaper(weights: Tensor([0.9, 0.5, 0.1])), variables: Self.variables, observed: Self.observed)
        #expect(checkLocalization(LETKF(free)) == [])
    }

    /// Each variable against the dense analysis of it alone, in which error variances are divided by the taper.
    @Test func localAnalysesDivideErrorVariances() {
        let background = Ensemble(members: Key(1).normal([6, 4]), key: Key(2))
        let variances = Tensor([0.5, 1, 2])
        let observation = Observation(
            values: Key(3).normal([3]), errorCovariance: variances.diagonalMatrix(),
            operator: LinearOperator(Key(4).normal([3, 4])))
        let found = LETKF(Self.near)(background, observation).belief.gaussian
        for i in 0..<4 {
            var local = observation
            let factors = Self.near.ofVariables[i].maximum(1e-12)
            local.errorCovariance = (variances / factors).diagonalMatrix()
            let exact = KalmanAnalysis()(background.gaussian, local).belief
            #expect(abs(found.mean.values[i] - exact.mean.values[i]) < 1e-9)
            #expect(abs(found.variance.values[i] - exact.variance.values[i]) < 1e-9)
        }
    }
}
