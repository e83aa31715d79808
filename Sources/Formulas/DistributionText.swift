import Tensors

extension Distribution {
    /// A distribution that can be named: its parameters, those that must be positive, and its making.
    private struct Family: Sendable {
        let name: String
        let parameters: [String]
        let positive: Set<Int>
        let make: @Sendable ([Double]) -> Distribution

        init(
            _ name: String, _ parameters: [String], positive: Set<Int>,
            _ make: @escaping @Sendable ([Double]) -> Distribution
        ) {
            (self.name, self.parameters, self.positive, self.make) = (name, parameters, positive, make)
        }
        var text: String { "\(name)(\(parameters.joined(separator: ", ")))" }
    }

    private static let families: [Family] = [
        Family("normal", ["mean", "deviation"], positive: [1]) { .normal(mean: $0[0], deviation: $0[1]) },
        Family("lognormal", ["mean", "deviation"], positive: [1]) { .logNormal(mean: $0[0], deviation: $0[1]) },
        Family("uniform", ["low", "high"], positive: []) { .uniform(low: $0[0], high: $0[1]) },
        Family("exponential", ["rate"], positive: [0]) { .exponential(rate: $0[0]) },
        Family("gamma", ["shape", "rate"], positive: [0, 1]) { .gamma(shape: $0[0], rate: $0[1]) },
        Family("beta", ["a", "b"], positive: [0, 1]) { .beta($0[0], $0[1]) },
        Family("halfnormal", ["scale"], positive: [0]) { .halfNormal(scale: $0[0]) },
        Family("student", ["freedom", "location", "scale"], positive: [0, 2]) {
            .student(freedom: $0[0], location: $0[1], scale: $0[2])
        },
    ]

    /// The names of distributions, and how each is written.
    public static var written: [String] { families.map(\.text) }

    /// A distribution as text: `normal(1, 0.5)`, `lognormal(log(10), 1)`; the arguments are formulas of numbers.
    ///
    /// - Throws: a name that is not known, a wrong number of arguments, a scale that is not positive, a number that is
    ///   not finite, with the place of each.
    public init(_ text: String) throws(FormulaFault) {
        let expected = "a distribution, as normal(0, 1)"
        guard case .call(let name, let arguments, let offset) = try Parser.tree(text) else {
            throw FormulaFault(0, "'\(text)', which is no distribution", expected: expected)
        }
        guard let family = Self.families.first(where: { $0.name == name }) else {
            throw FormulaFault(
                offset, "the unknown distribution '\(name)'", expected: expected, unknown: name,
                known: Self.families.map(\.name))
        }
        guard arguments.count == family.parameters.count else {
            throw FormulaFault(offset, "'\(name)' with \(arguments.count) arguments", expected: family.text)
        }
        var values: [Double] = []
        for (place, argument) in arguments.enumerated() {
            if let label = argument.label {
                throw FormulaFault(
                    argument.offset, "the label '\(label)' of an argument", expected: "arguments without labels")
            }
            _ = try Checker(known: [:]).kind(argument.value)
            let value = Evaluator(values: [:], known: [:]).value(argument.value).scalar
            guard value.isFinite else {
                throw FormulaFault(
                    argument.offset, "a \(family.parameters[place]) of \(value)", expected: "a finite number")
            }
            guard value > 0 || !family.positive.contains(place) else {
                throw FormulaFault(
                    argument.offset, "a \(family.parameters[place]) of \(value)", expected: "a positive number")
            }
            values.append(value)
        }
        if name == "uniform", values[0] >= values[1] {
            throw FormulaFault(
                arguments[1].offset, "an upper end of \(values[1]), not above \(values[0])",
                expected: "the lower end, then the upper one")
        }
        self = family.make(values)
    }
}
