import Assimilation
import Formulas
import Tensors

extension DynamicalSystem {
    /// The axes that all states are fields over; nil where they differ, or where one is a number.
    public var commonAxes: [Axis]? {
        let axes = states[0].kind.axes
        return !axes.isEmpty && states.allSatisfy { $0.kind.axes == axes } ? axes : nil
    }

    /// Where the values of the state are, the fields at the same places; on a line where they have none.
    ///
    /// - Parameter count: values of the state, with parameters behind it.
    func coordinates(_ count: Int) -> Coordinates {
        guard let axes = commonAxes, count == self.count else { return .line(count) }
        func places(_ axis: Axis) -> [Double] { (0..<axis.length).map { axis.spacing * Double($0) } }
        let points =
            axes.count == 1
            ? places(axes[0]).map { [$0] } : places(axes[0]).flatMap { y in places(axes[1]).map { [y, $0] } }
        let periods = axes.map { $0.isPeriodic ? $0.spacing * Double($0.length) : nil }
        return Coordinates(Tensor(rows: states.flatMap { _ in points }), periods: periods)
    }

    /// The value of the state that is nearest to a channel; the first where the channel has no place.
    func firstValue(of channel: SystemChannel) -> Int {
        guard commonAxes != nil else { return 0 }
        return channel.points.max { $0.weight < $1.weight }?.index ?? 0
    }

    /// Whether a channel is a value of the state as it is.
    func isPlain(_ channel: SystemChannel) -> Bool {
        guard let state = states.first(where: { $0.name == channel.formula.text }) else { return false }
        return state.bounds == -.infinity ... .infinity && channel.points.count <= 1
    }
}

extension SystemProblem {
    /// The properties by which methods are admitted.
    public var traits: ProblemTraits {
        ProblemTraits(
            model: "the model", variables: system.count,
            hasCoordinates: system.commonAxes != nil && system.unknownParameters.isEmpty, hasModelError: hasModelError,
            isHomogeneous: system.states.count == 1 && system.commonAxes?.count == 1, isTwin: false,
            function: observations.channels.allSatisfy(system.isPlain) ? .identity : .square)
    }
}
