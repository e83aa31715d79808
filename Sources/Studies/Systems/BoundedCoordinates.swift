import Tensors

/// Coordinates without bounds of values that have some.
///
///     u = x,   u = log(x − a),   u = log(b − x)   or   u = log((x − a) / (b − x))
///
/// Filters, searches and samples work on `u`, so that nothing leaves its bounds. Shapes: `[n]`, or `[…, n]`.
public struct BoundedCoordinates: Sendable {
    public let bounds: [ClosedRange<Double>]

    /// - Parameter bounds: of each value; an end may be infinite.
    public init(_ bounds: [ClosedRange<Double>]) { self.bounds = bounds }

    public enum Scale: String, Sendable, Codable {
        case identity, log, logit
    }

    /// The kind of coordinate of a value.
    public func scale(_ place: Int) -> Scale {
        switch (bounds[place].lowerBound.isFinite, bounds[place].upperBound.isFinite) {
        case (false, false): .identity
        case (true, true): .logit
        default: .log
        }
    }

    public var areAllIdentity: Bool { bounds.indices.allSatisfy { scale($0) == .identity } }

    /// The values of coordinates.
    public func constrained(_ u: Tensor) -> Tensor {
        if areAllIdentity { return u }
        var x = u
        if has(isAbove) { x = select(mask(isAbove), lower + safe(u, isAbove).exp(), x) }
        if has(isBelow) { x = select(mask(isBelow), upper - safe(u, isBelow).exp(), x) }
        if has(isBetween) {
            let share = (-(-safe(u, isBetween)).softplus()).exp()
            x = select(mask(isBetween), lower + (upper - lower) * share, x)
        }
        return x
    }

    /// The coordinates of values.
    ///
    /// - Parameter distance: the least distance to a bound that a value is taken to have, `[n]` or a scalar.
    public func unconstrained(_ x: Tensor, distance: Tensor = 0) -> Tensor {
        if areAllIdentity { return x }
        let least = distance.broadcast(to: x.shape)
        let hasLower = mask { isAbove($0) || isBetween($0) }
        let hasUpper = mask { isBelow($0) || isBetween($0) }
        let fromLower = select(hasLower, x - lower, 1).maximum(least).log()
        let fromUpper = select(hasUpper, upper - x, 1).maximum(least).log()
        var u = x
        if has(isAbove) { u = select(mask(isAbove), fromLower, u) }
        if has(isBelow) { u = select(mask(isBelow), fromUpper, u) }
        if has(isBetween) { u = select(mask(isBetween), fromLower - fromUpper, u) }
        return u
    }

    /// The distance of values to the nearer of their bounds; 1 where they have none.
    func distance(_ x: Tensor) -> Tensor {
        var distance = Tensor.ones(x.shape)
        if has(isAbove) { distance = select(mask(isAbove), x - lower, distance) }
        if has(isBelow) { distance = select(mask(isBelow), upper - x, distance) }
        if has(isBetween) { distance = select(mask(isBetween), (x - lower).minimum(upper - x), distance) }
        return distance
    }

    /// `log dx/du`.
    public func logSlope(_ u: Tensor) -> Tensor {
        var result = Tensor.zeros(u.shape)
        if areAllIdentity { return result }
        result = select(mask { isAbove($0) || isBelow($0) }, u, result)
        if has(isBetween) {
            let v = safe(u, isBetween)
            let logShares = -((-v).softplus() + v.softplus())
            result = select(mask(isBetween), (upper - lower).log() + logShares, result)
        }
        return result
    }

    /// `dx/du`; negative below an upper bound.
    public func slope(_ u: Tensor) -> Tensor {
        if areAllIdentity { return Tensor.ones(u.shape) }
        let sign = Tensor(bounds.indices.map { isBelow($0) ? -1 : 1 })
        return sign * logSlope(u).exp()
    }

    // MARK: - Kinds

    private func isAbove(_ place: Int) -> Bool {
        bounds[place].lowerBound.isFinite && !bounds[place].upperBound.isFinite
    }
    private func isBelow(_ place: Int) -> Bool {
        !bounds[place].lowerBound.isFinite && bounds[place].upperBound.isFinite
    }
    private func isBetween(_ place: Int) -> Bool { scale(place) == .logit }

    private func has(_ kind: (Int) -> Bool) -> Bool { bounds.indices.contains(where: kind) }
    private func mask(_ kind: (Int) -> Bool) -> Tensor { Tensor(bounds.indices.map { kind($0) ? 1 : 0 }) .> 0 }
    /// Coordinates of one kind, 0 for others: a number of another size would not be finite, nor its derivative.
    private func safe(_ u: Tensor, _ kind: (Int) -> Bool) -> Tensor { select(mask(kind), u, 0) }

    private var lower: Tensor { Tensor(bounds.map { $0.lowerBound.isFinite ? $0.lowerBound : 0 }) }
    private var upper: Tensor { Tensor(bounds.map { $0.upperBound.isFinite ? $0.upperBound : 1 }) }
}
