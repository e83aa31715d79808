/// Random numbers made of uniform and normal ones, in a number of steps that does not depend on chance.
extension Key {
    /// Exponential numbers of mean 1.
    public func exponential(_ shape: [Int] = []) -> Tensor { -uniform(shape).log() }

    /// Numbers of Laplace's distribution, `exp(−|x|) / 2`.
    public func laplace(_ shape: [Int] = []) -> Tensor {
        let keys = split(2)
        return keys[0].rademacher(shape) * keys[1].exponential(shape)
    }

    /// Numbers of the gamma distribution `x^(a − 1) exp(−x) / Γ(a)`, one for each `a` in `shapes`, all positive.
    ///
    /// The first of twelve proposals that is accepted, which one is but for a chance of 2·10⁻¹⁶; derivatives are zero.
    /// Reference: Marsaglia & Tsang, *A simple method for generating gamma variables*, ACM Trans. Math. Softw.
    /// 26 (2000), 363–372.
    public func gamma(_ shapes: Tensor) -> Tensor {
        let a = shapes.stoppingGradient
        let keys = split(3)
        let isSmall = a .< 1  // drawn for a + 1, and brought down by a power of a uniform number
        let d = select(isSmall, a + 1, a) - Tensor(floatLiteral: 1.0 / 3)
        let z = keys[0].normal([12] + a.shape)
        let cube = (1 + z / (9 * d).sqrt()).power(3)
        let isPositive = cube .> 0
        let volume = select(isPositive, cube, 1)
        let bound = 0.5 * z.squared() + d * (1 - volume + volume.log())
        let isAccepted = isPositive .& (keys[1].uniform([12] + a.shape).log() .< bound)
        let first = isAccepted.cast(to: .int64).argmax(axis: 0).expanded(axis: 0)
        let drawn = d * volume.gathered(first, axis: 0).reshaped(a.shape)
        let power = select(isSmall, 1 / a, 0)
        return (drawn * keys[2].uniform(a.shape).power(power)).cast(to: a.type)
    }

    /// Whole numbers of the Poisson distribution `m^k exp(−m) / k!`, one for each mean in `means`; what would be above
    /// `largest` is `largest`. By inversion of the distribution function; the cost grows with `largest`.
    public func poisson(_ means: Tensor, largest: Int) -> Tensor {
        precondition(largest >= 0, "poisson: the largest number \(largest) is negative")
        let m = means.stoppingGradient.cast(to: .float64).expanded(axis: -1)
        let k = Tensor.range(largest).cast(to: .float64)
        let logFactorial = select(k .> 0, k, 1).log().cumulativeSum()
        let logMean = select(m .> 0, m, 1).log()
        let weight = select((m .> 0) .| (k .== 0), (k * logMean - m - logFactorial).exp(), 0)
        let isAbove = uniform(means.shape).expanded(axis: -1) .> weight.cumulativeSum()
        return isAbove.cast(to: .int64).sum(axes: [-1])
    }
}
