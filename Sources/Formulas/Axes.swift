/// An axis of a field: its points are equally spaced.
public struct Axis: Sendable, Equatable {
    /// The values beyond the ends of an axis that does not close on itself.
    public enum Boundary: String, Sendable, CaseIterable {
        /// Those at the ends: no gradient.
        case edge
        case zero
    }

    public let name: String
    public let length: Int
    public let spacing: Double
    public let isPeriodic: Bool
    public let boundary: Boundary

    public init(_ name: String, length: Int, spacing: Double = 1, isPeriodic: Bool = false, boundary: Boundary = .edge)
    {
        precondition(length > 0 && spacing > 0, "axis \(name): \(length) points at a spacing of \(spacing)")
        (self.name, self.length, self.spacing) = (name, length, spacing)
        (self.isPeriodic, self.boundary) = (isPeriodic, boundary)
    }
}

/// A value while an expression is checked: a number, or a field over axes.
public struct ValueKind: Sendable, Equatable {
    /// Empty for a number.
    public let axes: [Axis]
    public init(_ axes: [Axis] = []) { self.axes = axes }

    public static let number = ValueKind()
    public var shape: [Int] { axes.map(\.length) }
    public var count: Int { shape.reduce(1, *) }

    /// For messages.
    var text: String {
        axes.isEmpty ? "a number" : "a field over " + axes.map { "\($0.name) (\($0.length))" }.joined(separator: ", ")
    }
}
