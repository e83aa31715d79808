import Formulas
import Tensors

/// Unknown numbers with their priors, and the coordinates in which they are searched.
public struct SystemUnknowns: Sendable {
    public struct Entry: Sendable {
        public var name: String
        public var prior: Distribution
        public var bounds: ClosedRange<Double>
        public init(_ name: String, _ prior: Distribution, bounds: ClosedRange<Double>) {
            (self.name, self.prior, self.bounds) = (name, prior, bounds)
        }
    }

    public let entries: [Entry]
    public let coordinates: BoundedCoordinates
    /// Median and standard deviation of the prior in coordinates, `[p]`.
    public let center: Tensor
    public let deviations: Tensor
    /// Mean and standard deviation of each prior within its bounds.
    public let priorMoments: [(mean: Double, deviation: Double)]

    public init(_ entries: [Entry]) {
        self.entries = entries
        coordinates = BoundedCoordinates(entries.map(\.bounds))
        // The values of a field have one prior.
        var kinds: [(entry: Entry, draws: [Double], moments: (mean: Double, deviation: Double))] = []
        let places = entries.map { entry -> Int in
            if let known = kinds.firstIndex(where: { $0.entry.prior == entry.prior && $0.entry.bounds == entry.bounds })
            {
                return known
            }
            let draws = Self.draws(entry)
            kinds.append((entry, draws, Self.moments(entry, draws)))
            return kinds.count - 1
        }
        let draws = places.map { kinds[$0].draws }
        priorMoments = places.map { kinds[$0].moments }
        let normals = entries.map(Self.normal)
        center = Tensor(zip(draws, normals).map { $1?.mean ?? $0[$0.count / 2] })
        deviations = Tensor(
            zip(draws, normals).map { draws, normal in
                if let normal { return normal.deviation }
                let mean = draws.reduce(0, +) / Double(draws.count)
                return (draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws.count)).squareRoot()
            })
    }

    /// Mean and standard deviation of a coordinate that is normal.
    private static func normal(_ entry: Entry) -> (mean: Double, deviation: Double)? {
        switch (entry.prior, BoundedCoordinates([entry.bounds]).scale(0)) {
        case (.normal(let mean, let deviation), .identity): (mean, deviation)
        case (.logNormal(let mean, let deviation), .log) where entry.bounds.lowerBound == 0: (mean, deviation)
        default: nil
        }
    }

    public var count: Int { entries.count }

    /// Quantiles of the prior within the bounds, equally probable, in the coordinate, ascending or descending.
    private static func draws(_ entry: Entry) -> [Double] {
        let quantiles = (0..<1999).map { entry.prior.quantile((Double($0) + 0.5) / 1999) }
        let inside = quantiles.filter { $0 > entry.bounds.lowerBound && $0 < entry.bounds.upperBound && $0.isFinite }
        return all(entry, inside.count).unconstrained(Tensor(inside)).values
    }

    /// Mean and standard deviation of the values of coordinates.
    private static func moments(_ entry: Entry, _ draws: [Double]) -> (mean: Double, deviation: Double) {
        let values = Self.all(entry, draws.count).constrained(Tensor(draws)).values
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, square.squareRoot())
    }

    /// Coordinates of so many values with the bounds of an entry.
    private static func all(_ entry: Entry, _ count: Int) -> BoundedCoordinates {
        BoundedCoordinates([ClosedRange<Double>](repeating: entry.bounds, count: count))
    }

    /// Whether the prior has any probability within the bounds.
    public static func isPossible(_ entry: Entry) -> Bool { !draws(entry).isEmpty }

    /// The logarithm of the density of the coordinates, a scalar; not normalised where bounds cut a prior.
    public func logDensity(_ u: Tensor) -> Tensor {
        if entries.isEmpty { return 0 }
        let values = coordinates.constrained(u)
        let parts = entries.indices.map { entries[$0].prior.logDensity(values[$0]) }
        return parts.dropFirst().reduce(parts[0], +) + coordinates.logSlope(u).sum()
    }
}
