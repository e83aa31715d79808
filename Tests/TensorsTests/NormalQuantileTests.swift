import Foundation
import Testing

@testable import Tensors

@Suite struct NormalQuantileTests {
    /// Values of `scipy.special.ndtri` 1.17.1.
    @Test func quantilesAreThoseOfSciPy() {
        let known = [
            (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.025, -1.9599639845400545),
            (0.2, -0.8416212335729142), (0.5, 0), (0.75, 0.6744897501960817), (0.999999, 4.753424308817087),
        ]
        for (probability, quantile) in known {
            let found = Tensor(probability).normalQuantile().scalar
            #expect(abs(found - quantile) <= 1e-13 * max(1, abs(quantile)), "\(probability): \(found)")
        }
    }

    @Test func derivativeIsThatOfTheInverse() {
        let p = Tensor([1e-9, 0.01, 0.3, 0.74, 0.93, 0.9999])
        let slopes = gradient(of: { (p: Tensor) in p.normalQuantile().sum() })(p)
        let quantiles = p.normalQuantile().values
        for (slope, x) in zip(slopes.values, quantiles) {
            let expected = (2 * Double.pi).squareRoot() * exp(0.5 * x * x)
            #expect(abs(slope - expected) < 1e-11 * expected)
        }
    }
}
