/// Elementary functions made of the primitive ones, so that their derivatives and their native code follow.
extension Tensor {
    public func tan() -> Tensor { sin() / cos() }
    /// In [−π/2, π/2]; NaN outside [−1, 1].
    public func asin() -> Tensor { atan2(((1 - self) * (1 + self)).sqrt()) }
    /// In [0, π]; NaN outside [−1, 1].
    public func acos() -> Tensor { ((1 - self) * (1 + self)).sqrt().atan2(self) }
    /// In [−π/2, π/2].
    public func atan() -> Tensor { atan2(1) }

    /// `(exp x − exp(−x)) / 2`; the two terms have opposite signs in this form, so that nothing cancels near zero.
    public func sinh() -> Tensor { 0.5 * (expMinusOne() - (-self).expMinusOne()) }
    /// `(exp x + exp(−x)) / 2`.
    public func cosh() -> Tensor { 0.5 * (exp() + (-self).exp()) }
    /// `log(x + √(x² + 1))`, by its odd symmetry and without cancellation.
    public func asinh() -> Tensor {
        let sign = select((self .< 0), -1, Tensor.ones(type: type))
        let x = sign * self
        let isLarge = x .> 1e9  // where the square would overflow in the end, and 1 is long lost beside it
        let small = select(isLarge, 1, x)
        let near = (small + small * small / (1 + (1 + small * small).sqrt())).logOnePlus()
        return sign * select(isLarge, select(isLarge, x, 1).log() + Tensor(floatLiteral: logTwo), near)
    }
    /// `log(x + √(x² − 1))`; NaN below 1.
    public func acosh() -> Tensor {
        let isLarge = self .> 1e9
        let above = select(isLarge, 1, self) - 1
        let near = (above + (above * (above + 2)).sqrt()).logOnePlus()
        return select(isLarge, select(isLarge, self, 1).log() + Tensor(floatLiteral: logTwo), near)
    }
    /// `½ log((1 + x) / (1 − x))`; NaN outside [−1, 1].
    public func atanh() -> Tensor { 0.5 * (logOnePlus() - (-self).logOnePlus()) }

    /// The logarithm to base 2.
    public func log2() -> Tensor { log() * Tensor(floatLiteral: 1 / logTwo) }
    /// The logarithm to base 10.
    public func log10() -> Tensor { log() * 0.4342944819032518 }

    public var isNaN: Tensor { self .!= self }
    /// Whether each element is neither infinite nor NaN.
    public var isFinite: Tensor { type.isReal ? absolute() .< Tensor(floatLiteral: .infinity) : self .== self }

    /// `log(1 + exp(x))` without overflow.
    public func softplus() -> Tensor {
        // −|x| and max(x, 0), written so that the kinks cancel in every derivative at zero too.
        let isPositive = self .> 0
        return select(isPositive, self, 0) + select(isPositive, -self, self).exp().logOnePlus()
    }
    /// `x / (1 + exp(−x))` (Elfwing et al. 2018, arXiv 1702.03118).
    public func silu() -> Tensor { self * logistic() }
    /// `x Φ(x)` with `Φ` the standard normal distribution, or its approximation
    /// `x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2` (Hendrycks & Gimpel 2016, arXiv 1606.08415).
    public func gelu(byTanh: Bool = false) -> Tensor {
        guard byTanh else { return 0.5 * self * (1 + (self * 0.5.squareRoot()).erf()) }
        let inner = 0.7978845608028654 * (self + 0.044715 * self * self * self)  // √(2 / π)
        return 0.5 * self * (1 + inner.tanh())
    }
}

extension Tensor {
    /// The quantile of the standard normal distribution, the inverse of `½ (1 + erf(x / √2))`, for probabilities within
    /// (0, 1).
    ///
    /// Three ratios of polynomials, with a relative error of about 1e-16. Reference: Wichura, *Algorithm AS 241: the
    /// percentage points of the normal distribution* (Applied Statistics 1988).
    public func normalQuantile() -> Tensor {
        let q = self - 0.5
        let isCentral = q.absolute() .<= 0.425
        let center = select(isCentral, q, 0)
        let near = center * NormalQuantile.center(0.180625 - center * center)
        let tail = select(isCentral, 0.05, select(q .< 0, self, 1 - self))
        let r = (-tail.log()).sqrt()
        let isFar = r .> 5
        let away = select(
            isFar, NormalQuantile.far(select(isFar, r - 5, 0)),
            NormalQuantile.middle(select(isFar, 0, r - 1.6)))
        return select(isCentral, near, select(q .< 0, -away, away))
    }
}

/// The coefficients of `normalQuantile`, highest powers first.
private enum NormalQuantile {
    static func center(_ r: Tensor) -> Tensor {
        ratio(
            r,
            [
                2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
                13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080,
            ],
            [
                5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
                5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1,
            ])
    }
    static func middle(_ r: Tensor) -> Tensor {
        ratio(
            r,
            [
                7.74545014278341407640e-4, 0.0227238449892691845833, 0.241780725177450611770, 1.27045825245236838258,
                3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
            ],
            [
                1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.148103976427480074590,
                0.689767334985100004550, 1.67638483018380384940, 2.05319162663775882187, 1,
            ])
    }
    static func far(_ r: Tensor) -> Tensor {
        ratio(
            r,
            [
                2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.00124266094738807843860,
                0.0265321895265761230930, 0.296560571828504891230, 1.78482653991729133580, 5.46378491116411436990,
                6.65790464350110377720,
            ],
            [
                2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                7.86869131145613259100e-4, 0.0148753612908506148525, 0.136929880922735805310, 0.599832206555887937690,
                1,
            ])
    }
    private static func ratio(_ r: Tensor, _ above: [Double], _ below: [Double]) -> Tensor {
        func value(_ coefficients: [Double]) -> Tensor {
            coefficients.dropFirst().reduce(Tensor(floatLiteral: coefficients[0])) {
                $0 * r + Tensor(floatLiteral: $1)
            }
        }
        return value(above) / value(below)
    }
}

private let logTwo = 0.6931471805599453
