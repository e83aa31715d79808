import Assimilation
import Formulas
import Tensors

/// A kind of value that is observed: a formula of the state, at a place where it is a field.
public struct SystemChannel: Sendable {
    public var name: String
    public var formula: Formula
    /// The points of the field and their weights; empty where the formula is a number.
    public var points: [Point]
    /// The number of the unknown standard deviation that its errors have, among
    /// ``SystemObservations/unknownErrors``; nil where they are given.
    public var unknownError: Int?

    /// A point of a field, counted row by row, and its weight in an interpolation.
    public struct Point: Sendable, Equatable {
        public var index: Int
        public var weight: Double
        public init(_ index: Int, weight: Double = 1) { (self.index, self.weight) = (index, weight) }
    }

    public init(_ name: String, _ formula: Formula, points: [Point] = [], unknownError: Int? = nil) {
        (self.name, self.formula, self.points, self.unknownError) = (name, formula, points, unknownError)
    }
}

/// Formulas of the state as an observation operator, `[n + q]` to `[m]`, in coordinates without bounds.
public struct SystemOperator: Map {
    public var forecast: SystemForecast
    private let formulas: [Formula]
    /// For each corner of the interpolation: places among all values of the formulas, and weights, `[m]`.
    private let corners: [(places: [Int], weights: [Double])]

    public init(_ forecast: SystemForecast, _ channels: [SystemChannel]) {
        self.forecast = forecast
        var (formulas, texts, firsts) = ([Formula](), [String: Int](), [Int]())
        var length = 0
        var placed: [[SystemChannel.Point]] = []
        for channel in channels {
            let number: Int
            if let known = texts[channel.formula.text] {
                number = known
            } else {
                number = formulas.count
                texts[channel.formula.text] = number
                formulas.append(channel.formula)
                firsts.append(length)
                length += (try? forecast.equations.kind(of: channel.formula))?.count ?? 1
            }
            let points = channel.points.isEmpty ? [SystemChannel.Point(0)] : channel.points
            placed.append(points.map { SystemChannel.Point(firsts[number] + $0.index, weight: $0.weight) })
        }
        self.formulas = formulas
        let most = placed.map(\.count).max() ?? 1
        corners = (0..<most).map { corner in
            (
                placed.map { corner < $0.count ? $0[corner].index : $0[0].index },
                placed.map { corner < $0.count ? $0[corner].weight : 0 }
            )
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&forecast, "forecast") }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        let n = forecast.variables
        let parameters = state.slice(axis: 0, from: n, to: n + forecast.augmented.count)
        let values = forecast.states.constrained(state.slice(axis: 0, from: 0, to: n))
        let found = forecast.equations(parameters).values(of: formulas, at: values, time: 0)
        let all = Tensor.concatenated(found.map { $0.flattened() })
        let parts = corners.map { corner in
            let taken = all.taking(Tensor(integers: corner.places))
            return corner.weights.allSatisfy { $0 == 1 } ? taken : Tensor(corner.weights) * taken
        }
        return parts.dropFirst().reduce(parts[0], +)
    }
}
