import Tensors

/// How much of a covariance is believed at a distance: a factor that multiplies it.
public protocol Taper: Tree {
    /// Factors of the shape of `distances`.
    func callAsFunction(_ distances: Tensor) -> Tensor
}

/// The compactly supported fifth-order correlation function, about `exp(−½)` at the radius and zero beyond 3.64 radii.
///
///     c = 1.82 radius,  z = d / c
///     1 − 5/3 z² + 5/8 z³ + 1/2 z⁴ − 1/4 z⁵                        z ≤ 1
///     4 − 5 z + 5/3 z² + 5/8 z³ − 1/2 z⁴ + 1/12 z⁵ − 2/(3 z)       1 < z ≤ 2
///
/// Its derivative with respect to the radius is continuous and finite everywhere. Positive definite in up to three
/// dimensions, and on circles of more than 3.64 radii around.
///
/// Reference: Gaspari & Cohn, *Construction of correlation functions in two and three dimensions*
/// (QJRMS 1999), equation 4.10.
public struct GaspariCohn: Taper {
    /// In the unit of the coordinates.
    public var radius: Tensor
    public init(radius: Tensor) { self.radius = radius }

    public func callAsFunction(_ distances: Tensor) -> Tensor {
        let z = distances / (1.82 * radius)
        let (isNear, isWithin) = (z .<= 1, z .<= 2)
        let near = 1 + z * z * (z * (z * (0.5 - 0.25 * z) + 0.625) - Tensor(5.0 / 3))
        // Where it does not count it is evaluated at 2, so that no derivative overflows.
        let far = select(isNear, 2, select(isWithin, z, 2))
        let polynomial = far * (far * (far * (far * (far / 12 - 0.5) + 0.625) + Tensor(5.0 / 3)) - 5) + 4
        return select(isNear, near, select(isWithin, polynomial - Tensor(2.0 / 3) / far, 0))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&radius, "radius") }
}

/// One up to the radius and zero beyond: the derivative with respect to the radius is zero.
///
/// As a factor of a covariance it need not leave it positive definite; weights of observations may be any.
public struct StepTaper: Taper {
    /// In the unit of the coordinates.
    public var radius: Tensor
    public init(radius: Tensor) { self.radius = radius }

    public func callAsFunction(_ distances: Tensor) -> Tensor { (distances .<= radius).cast(to: .float64) }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&radius, "radius") }
}

/// Weights that are free: to be learned. They stand at the distances 0, `spacing`, 2 `spacing` …, between which the
/// taper is linear; beyond the last it falls to zero within one more spacing.
///
/// As factors of a covariance they need not leave it positive definite.
public struct FreeTaper: Taper {
    public var weights: Tensor
    public let spacing: Double

    public init(weights: Tensor, spacing: Double = 1) {
        precondition(weights.rank == 1 && spacing > 0, "weights of shape \(weights.shape), \(spacing) apart")
        (self.weights, self.spacing) = (weights, spacing)
    }
    /// The values of another taper, to start from.
    public init(like taper: some Taper, count: Int, spacing: Double = 1) {
        self.init(weights: taper(spacing * Tensor.range(count).cast(to: .float64)), spacing: spacing)
    }

    public func callAsFunction(_ distances: Tensor) -> Tensor {
        let place = (distances / Tensor(spacing)).expanded(axis: -1) - Tensor.range(weights.count).cast(to: .float64)
        return ((1 - place.absolute()).maximum(0) * weights).sum(axes: [-1])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&weights, "weights") }
}
