@testable import Tensors

/// Fourier transforms of every kind of length: powers of two, other small factors,
/// primes that go through a convolution.
extension OperationCase {
    static var fourier: [OperationCase] {
        [1, 2, 3, 4, 5, 6, 7, 12, 17].flatMap { n in
            [
                OperationCase("fourier of length \(n)", [smooth([2, n, 2], 130)]) {
                    [$0[0].fourier(), $0[0].inverseFourier()]
                },
                OperationCase("realFourier of length \(n)", [smooth([2, n], 131), smooth([n / 2 + 1, 2], 132)]) {
                    [$0[0].realFourier(), $0[1].inverseRealFourier(length: n)]
                },
            ]
        } + [
            OperationCase("realFourier2D", [smooth([2, 3, 4], 133)]) {
                let modes = $0[0].realFourier2D()
                return [modes, (modes * modes).inverseRealFourier2D(columns: 4)]
            },
            OperationCase("realFourier of no rows", [smooth([0, 4], 134)]) {
                [$0[0].realFourier(), $0[0].realFourier().inverseRealFourier(length: 4)]
            },
        ]
    }
}
