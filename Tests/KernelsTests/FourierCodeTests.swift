import Kernels
import Tensors
import Testing

/// Transforms in machine code equal the interpreter's, for lengths that take every kind of pass, alone and in lanes.
@Suite struct FourierCodeTests {
    @Test(arguments: [
        [2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17], [22, 26, 28, 32, 45, 56, 60, 64, 97],
        [105, 120, 128, 144, 243, 256, 1000],
    ])
    func valuesAreThoseOfTheInterpreter(_ lengths: [Int]) {
        // Rows are a batch in lanes, or they meet, and are loops.
        for (rows, meets) in [(20, false), (3, true)] {
            for type in [ElementType.float64, .float32] {
                let x = lengths.map { Key($0).normal([rows, $0, 2]).cast(to: type) }
                let f: @Sendable ([Tensor]) -> [Tensor] = { x in
                    zip(lengths, x).flatMap { n, x in
                        let y = meets ? x + x.sum(axes: [0]) : x
                        let real = y.slice(axis: -1, to: 1).reshaped([rows, n])
                        let modes = y.slice(axis: -2, to: n / 2 + 1)
                        return [
                            y.fourier(), y.inverseFourier(), real.realFourier(), modes.inverseRealFourier(length: n),
                        ]
                    }
                }
                for (place, (a, b)) in zip(compile(like: x, f)(x), f(x)).enumerated() {
                    let scale = b.values.map { abs($0) }.max()!
                    let error = zip(a.values, b.values).map { abs($0 - $1) }.max()! / scale
                    let unit = type == .float64 ? 0x1p-52 : 0x1p-23
                    #expect(
                        a.signature == b.signature && error <= 8 * unit,
                        "\(lengths[place / 4]), transform \(place % 4) of \(rows) rows: error \(error / unit) units")
                }
            }
        }
    }
}
