/// Fourier transforms of every row of a tensor, in double precision.

/// Runs `body` on the rows of `x`, of `width` numbers each, writing rows of `newWidth` numbers.
private func eachRow(
    _ x: Tensor, _ width: Int, _ newWidth: Int,
    _ body: (_ row: UnsafeBufferPointer<Double>, _ result: UnsafeMutableBufferPointer<Double>) -> Void
) -> Storage {
    let values = x.values
    let rows = values.count / width
    let result = [Double](unsafeUninitializedCapacity: rows * newWidth) { out, count in
        out.initialize(repeating: 0)
        values.withUnsafeBufferPointer { values in
            for row in 0..<rows {
                body(
                    UnsafeBufferPointer(rebasing: values[(row * width)..<((row + 1) * width)]),
                    UnsafeMutableBufferPointer(rebasing: out[(row * newWidth)..<((row + 1) * newWidth)]))
            }
        }
        count = rows * newWidth
    }
    return Storage.float64(result).cast(to: x.type)
}

func fourierValue(_ x: Tensor, _ inverse: Bool) -> Storage {
    let n = x.shape[x.rank - 2]
    let plan = FourierPlan.of(length: n)
    var buffer = [ComplexPair](repeating: .zero, count: n)
    var work = buffer
    let sign: Double = inverse ? -1 : 1  // the inverse is the transform between two conjugations
    return eachRow(x, 2 * n, 2 * n) { row, result in
        for j in 0..<n { buffer[j] = ComplexPair(row[2 * j], sign * row[2 * j + 1]) }
        plan.transform(&buffer, &work)
        for j in 0..<n { (result[2 * j], result[2 * j + 1]) = (buffer[j].x, sign * buffer[j].y) }
    }
}

/// An even length as half as many pairs, `zⱼ = x₂ⱼ + i x₂ⱼ₊₁`, taken apart afterwards;
/// an odd one as pairs without imaginary part.
func realFourierValue(_ x: Tensor) -> Storage {
    let n = x.shape[x.rank - 1]
    let half = n / 2
    let isEven = n % 2 == 0
    let plan = FourierPlan.of(length: isEven ? half : n)
    let roots = FourierPlan.of(length: n).roots
    var buffer = [ComplexPair](repeating: .zero, count: plan.length)
    var work = buffer
    return eachRow(x, n, 2 * (half + 1)) { row, result in
        for j in 0..<plan.length {
            buffer[j] = isEven ? ComplexPair(row[2 * j], row[2 * j + 1]) : ComplexPair(row[j], 0)
        }
        plan.transform(&buffer, &work)
        for k in 0...half {
            var mode = buffer[k == plan.length ? 0 : k]
            if isEven {
                let mirror = conjugate(buffer[k == 0 ? 0 : half - k])
                let odd = times(mode - mirror, k == half ? ComplexPair(-1, 0) : roots[k])
                mode = 0.5 * (mode + mirror + ComplexPair(odd.y, -odd.x))  // −i times the odd part
            }
            (result[2 * k], result[2 * k + 1]) = (mode.x, mode.y)
        }
    }
}

/// `yⱼ = Σ Re(cₖ exp(2πijk/n))`, by the same steps backwards.
func realFourierTransposeValue(_ c: Tensor, _ n: Int) -> Storage {
    let half = n / 2
    let isEven = n % 2 == 0
    let plan = FourierPlan.of(length: isEven ? half : n)
    let roots = FourierPlan.of(length: n).roots
    var modes = [ComplexPair](repeating: .zero, count: half + 1)
    var buffer = [ComplexPair](repeating: .zero, count: plan.length)
    var work = buffer
    return eachRow(c, 2 * (half + 1), n) { row, result in
        // Half of each mode, and half of its conjugate in the mirrored place.
        for k in 0...half {
            let isOwnMirror = k == 0 || 2 * k == n
            modes[k] = isOwnMirror ? ComplexPair(row[2 * k], 0) : 0.5 * ComplexPair(row[2 * k], row[2 * k + 1])
        }
        // The inverse is the transform between two conjugations.
        if isEven {
            for k in 0..<half {
                let mirror = conjugate(modes[half - k])
                let odd = times(modes[k] - mirror, conjugate(roots[k]))
                buffer[k] = conjugate(modes[k] + mirror + ComplexPair(-odd.y, odd.x))
            }
        } else {
            for k in 0...half {
                buffer[k] = conjugate(modes[k])
                if k > 0 { buffer[n - k] = modes[k] }
            }
        }
        plan.transform(&buffer, &work)
        for j in 0..<plan.length {
            if isEven {
                (result[2 * j], result[2 * j + 1]) = (buffer[j].x, -buffer[j].y)
            } else {
                result[j] = buffer[j].x
            }
        }
    }
}
