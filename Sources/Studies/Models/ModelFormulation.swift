/// A model of the lists as formulas, for assimilations, in which its parameters can be unknown.
public struct ModelFormulation: Sendable {
    /// Each state: its name, and its length where it is a field on a circle.
    public let states: [(name: String, length: Int?)]
    /// In the order of the model's parameters.
    public let parameters: [(name: String, value: Double)]
    /// The change of each state in a time of 1.
    public let equations: [String]
}

extension Lorenz63Model {
    public var formulation: ModelFormulation? {
        ModelFormulation(
            states: [("x", nil), ("y", nil), ("z", nil)],
            parameters: [("sigma", sigma), ("rho", rho), ("beta", beta)],
            equations: ["sigma * (y - x)", "x * (rho - z) - y", "x * y - beta * z"])
    }
}

extension Lorenz96Model {
    public var formulation: ModelFormulation? {
        ModelFormulation(
            states: [("x", variables)], parameters: [("forcing", forcing)],
            equations: ["(shift(x, x: 1) - shift(x, x: -2)) * shift(x, x: -1) - x + forcing"])
    }
}
