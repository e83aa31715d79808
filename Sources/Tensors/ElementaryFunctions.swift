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
        let sign = selecting((self .< 0), -1, Tensor.ones(type: type))
        let x = sign * self
        let isLarge = x .> 1e9  // where the square would overflow in the end, and 1 is long lost beside it
        let small = selecting(isLarge, 1, x)
        let near = (small + small * small / (1 + (1 + small * small).sqrt())).logOnePlus()
        return sign * selecting(isLarge, selecting(isLarge, x, 1).log() + Tensor(floatLiteral: logTwo), near)
    }
    /// `log(x + √(x² − 1))`; NaN below 1.
    public func acosh() -> Tensor {
        let isLarge = self .> 1e9
        let above = selecting(isLarge, 1, self) - 1
        let near = (above + (above * (above + 2)).sqrt()).logOnePlus()
        return selecting(isLarge, selecting(isLarge, self, 1).log() + Tensor(floatLiteral: logTwo), near)
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
        return selecting(isPositive, self, 0) + selecting(isPositive, -self, self).exp().logOnePlus()
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

private let logTwo = 0.6931471805599453
