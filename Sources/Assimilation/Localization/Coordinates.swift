import Tensors

/// Where variables or observed values lie, in a space whose axes may be periodic.
public struct Coordinates: Sendable {
    /// `[count, axes]`
    public let points: Tensor
    /// The period of each axis, nil for one that does not close on itself.
    public let periods: [Double?]

    public init(_ points: Tensor, periods: [Double?]) {
        precondition(
            points.rank == 2 && points.shape[1] == periods.count && periods.allSatisfy { ($0 ?? 1) > 0 },
            "coordinates of shape \(points.shape) and periods \(periods): expected [count, axes] and one an axis")
        (self.points, self.periods) = (points, periods)
    }

    /// Places 0, 1, … `count − 1` times the spacing on a line.
    public static func line(_ count: Int, spacing: Double = 1) -> Coordinates {
        Coordinates(spacing * Tensor.range(count).cast(to: .float64).expanded(axis: -1), periods: [nil])
    }
    /// The same on a circle: the last place is the neighbour of the first.
    public static func circle(_ count: Int, spacing: Double = 1) -> Coordinates {
        Coordinates(line(count, spacing: spacing).points, periods: [spacing * Double(count)])
    }
    /// A grid of rows and columns, row by row.
    public static func plane(
        rows: Int, columns: Int, spacing: Double = 1, periodicRows: Bool = false, periodicColumns: Bool = false
    ) -> Coordinates {
        let points = (0..<rows).flatMap { i in (0..<columns).map { [spacing * Double(i), spacing * Double($0)] } }
        return Coordinates(
            Tensor(rows: points),
            periods: [
                periodicRows ? spacing * Double(rows) : nil, periodicColumns ? spacing * Double(columns) : nil,
            ])
    }

    public var count: Int { points.shape[0] }

    /// Some of the points: where a part of the variables is observed.
    public func taking(_ indices: [Int]) -> Coordinates {
        Coordinates(points.taking(Tensor(integers: indices)), periods: periods)
    }

    /// Euclidean distances between these points and others, `[count, others]`, along periodic axes the shorter way.
    public func distances(to others: Coordinates) -> Tensor {
        precondition(
            periods == others.periods, "distances between spaces of periods \(periods) and \(others.periods)")
        let squares = periods.enumerated().map { axis, period in
            let difference =
                points.slice(axis: 1, from: axis, to: axis + 1)
                - others.points.slice(axis: 1, from: axis, to: axis + 1).transposed
            guard let period else { return difference.squared() }
            let way = difference % Tensor(period)
            return way.minimum(Tensor(period) - way).squared()
        }
        return squares.reduce(Tensor.zeros([count, others.count]), +).sqrt()
    }
}
