import Tensors

/// One time step of the equation of Kuramoto and Sivashinsky on a periodic interval, a model of flame fronts and of
/// waves on films that is chaotic in space and time.
///
///     ∂u/∂t = −u ∂u/∂x − ∂²u/∂x² − ∂⁴u/∂x⁴
///
/// The state is the modes `v` of `u` on an even number of equidistant points, as pairs (real, imaginary): there a step
/// takes four pairs of Fourier transforms and is exact in the linear terms. `grid` and `modes` go between modes and
/// points. No units; with the length 32π, 128 points and a step of 1/4 the motion has a leading
/// Lyapunov exponent of about 0.09.
///
/// The scheme is exponential time differencing with Runge and Kutta's method of order four (ETD-RK4), its coefficients
/// averaged over a circle in the complex plane, where their formulas do not cancel. As in the reference the nonlinear
/// term is not dealiased; the derivative of the mode that the grid sees as alternating signs is zero.
///
/// Shapes: `[..., points / 2 + 1, 2]` to the same. The error over a given time is of order `step⁴`.
///
/// Reference: A.-K. Kassam & L. N. Trefethen, *Fourth-order time-stepping for stiff PDEs*, SIAM J. Sci. Comput. 26
/// (2005), 1214–1233, section 4.
public struct KuramotoSivashinsky: Map {
    /// The number of points, even.
    public let points: Int
    /// The length of the interval.
    public let length: Double
    /// The time step.
    public let step: Double
    private let coefficients: Coefficients

    public init(points: Int = 128, length: Double = 32 * .pi, step: Double = 0.25) {
        precondition(
            points >= 4 && points % 2 == 0 && length > 0 && step > 0,
            "KuramotoSivashinsky: \(points) points (even, at least 4), length \(length) and step \(step) (positive)")
        (self.points, self.length, self.step) = (points, length, step)
        coefficients = Coefficients(points, length, step)
    }

    public func callAsFunction(_ v: Tensor) -> Tensor {
        precondition(
            v.shape.suffix(2) == [points / 2 + 1, 2],
            "KuramotoSivashinsky: the state \(v.shape) is not [..., \(points / 2 + 1), 2], the modes of \(points) points"
        )
        let c = coefficients.cast(to: v.type)
        let decayed = c.halfDecay * v
        let n1 = nonlinear(v, c)
        let v1 = decayed + c.half * n1
        let n2 = nonlinear(v1, c)
        let v2 = decayed + c.half * n2
        let n3 = nonlinear(v2, c)
        let v3 = c.halfDecay * v1 + c.half * (2 * n3 - n1)
        let n4 = nonlinear(v3, c)
        return c.decay * v + c.first * n1 + c.middle * (n2 + n3) + c.last * n4
    }

    /// The modes of `−u ∂u/∂x = −½ ∂(u²)/∂x`.
    private func nonlinear(_ v: Tensor, _ c: Coefficients) -> Tensor {
        c.derivative * grid(v).squared().realFourier().rolled(by: 1)  // i (a + ib) = −b + ia
    }

    /// The values on the grid of a state in modes: `[..., points / 2 + 1, 2] → [..., points]`.
    public func grid(_ modes: Tensor) -> Tensor { modes.inverseRealFourier(length: points) }
    /// The modes of values on the grid: `[..., points] → [..., points / 2 + 1, 2]`.
    public func modes(_ grid: Tensor) -> Tensor { grid.realFourier() }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// The factors of modes in a step, each `[modes, 1]` but the derivative, `[modes, 2]`.
private struct Coefficients: Sendable {
    /// `exp(hL)` and `exp(hL/2)` with `L = q² − q⁴` at the wave number `q`.
    var decay: Tensor
    var halfDecay: Tensor
    /// `h φ₁(hL/2) / 2`.
    var half: Tensor
    /// The weights of the four evaluations of the nonlinear term.
    var first: Tensor
    var middle: Tensor
    var last: Tensor
    /// `−½ i q`, of swapped pairs.
    var derivative: Tensor

    init(_ points: Int, _ length: Double, _ step: Double) {
        let waves = (2 * .pi / length * Tensor.range(points / 2 + 1).cast(to: .float64)).expanded(axis: -1)
        let growth = step * (waves.squared() - waves.squared().squared())
        let z = Complex.circle(around: growth)
        let e = z.exponential
        decay = growth.exp()
        halfDecay = (0.5 * growth).exp()
        half = step * (((z * 0.5).exponential - 1) / z).realMean
        first = step * ((-4 - z + e * (4 - z * 3 + z * z)) / (z * z * z)).realMean
        middle = 2 * step * ((2 + z + e * (-2 + z)) / (z * z * z)).realMean
        last = step * ((-4 - z * 3 - z * z + e * (4 - z)) / (z * z * z)).realMean
        let isSeen = Tensor.range(points / 2 + 1) .< Tensor(integers: [points / 2])
        derivative = 0.5 * waves * Tensor([1, -1]) * isSeen.cast(to: .float64).expanded(axis: -1)
    }

    func cast(to type: ElementType) -> Coefficients {
        if type == decay.type { return self }
        var copy = self
        for part in [\Self.decay, \.halfDecay, \.half, \.first, \.middle, \.last, \.derivative] {
            copy[keyPath: part] = copy[keyPath: part].cast(to: type)
        }
        return copy
    }
}

/// As much of complex arithmetic as the coefficients need.
private struct Complex: ExpressibleByIntegerLiteral {
    let real: Tensor
    let imaginary: Tensor

    init(_ real: Tensor, _ imaginary: Tensor) { (self.real, self.imaginary) = (real, imaginary) }
    init(integerLiteral value: Int) { self.init(Tensor(Double(value)), Tensor(0.0)) }

    /// The upper half of 32 points of the unit circles around numbers `[n, 1]`: the mean of an analytic function over a
    /// circle is its value at the centre, and on the lower half it is the conjugate.
    static func circle(around center: Tensor) -> Complex {
        let angle = .pi / 16 * (Tensor.range(16).cast(to: .float64) + 0.5)
        return Complex(center + angle.cos(), angle.sin())
    }
    /// The mean of the real parts, `[n, 1]`.
    var realMean: Tensor { real.mean(axes: [1]).expanded(axis: -1) }

    var exponential: Complex { Complex(real.exp() * imaginary.cos(), real.exp() * imaginary.sin()) }
    static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }
    static func / (a: Complex, b: Complex) -> Complex {
        let square = b.real.squared() + b.imaginary.squared()
        let product = a * Complex(b.real, -b.imaginary)
        return Complex(product.real / square, product.imaginary / square)
    }
}
