import Foundation
import Learning

/// A monotone function under which a variable is learned and assimilated;
/// forecasts are transformed back by its inverse.
///
///     transform: log                          # log x,   x > 0
///     transform: sqrt                         # √x,      x ≥ 0
///     transform: {log: 0.1}                   # log(x + 0.1)
///     transform: {box_cox: 0.3, offset: 1}    # ((x + 1)^0.3 − 1) / 0.3
///
/// Reference: Box & Cox, *An analysis of transformations*, J. R. Stat. Soc. B 26 (1964), 211–252.
public enum ValueTransform: Hashable, Sendable, CustomStringConvertible {
    case log(offset: Double)
    case squareRoot
    case boxCox(exponent: Double, offset: Double)

    static let keys = KeyTable(
        .number("log", .nonNegative, .optional("no logarithm"), "The offset of log(x + offset)."),
        .number(
            "box_cox", .within(0...2), .optional("no Box–Cox transform"), "The exponent λ of ((x + offset)^λ − 1) / λ."),
        .number("offset", .nonNegative, .usual("0"), "Added before the Box–Cox transform."))

    init(_ node: ConfigurationNode) throws(InputError) {
        guard node.isMapping else {
            self = try node.choice(among: ["log", "sqrt"]) == "log" ? .log(offset: 0) : .squareRoot
            return
        }
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in
            if let offset = try keys.optionalNumber("log") { return .log(offset: offset) }
            _ = try keys.required("box_cox")
            return .boxCox(exponent: try keys.number("box_cox"), offset: try keys.number("offset"))
        }
    }

    public var description: String {
        switch self {
        case .log(let offset): offset == 0 ? "log" : "log(x + \(offset))"
        case .squareRoot: "sqrt"
        case .boxCox(let exponent, let offset):
            "Box–Cox of exponent \(exponent)\(offset == 0 ? "" : ", offset \(offset)")"
        }
    }

    /// The least value of the domain, and whether the domain holds it.
    private var least: (value: Double, isHeld: Bool) {
        switch self {
        case .log(let offset): (-offset, false)
        case .squareRoot: (0, true)
        case .boxCox(let exponent, let offset): (-offset, exponent > 0)
        }
    }

    func contains(_ value: Double) -> Bool { value > least.value || (least.isHeld && value == least.value) }

    var domain: String {
        switch self {
        case .log(0): "a number above 0; 'transform: {log: OFFSET}' is the logarithm of x + OFFSET"
        case .log, .boxCox: "a number \(least.isHeld ? "of \(least.value) or more" : "above \(least.value)")"
        case .squareRoot: "0 or more"
        }
    }

    /// - Precondition: the domain contains the value.
    func callAsFunction(_ value: Double) -> Double {
        switch self {
        case .log(let offset): return Foundation.log(value + offset)
        case .squareRoot: return value.squareRoot()
        case .boxCox(let exponent, let offset):
            return exponent == 0 ? Foundation.log(value + offset) : (pow(value + offset, exponent) - 1) / exponent
        }
    }

    /// The value of a transformed number; numbers below the range give the least value.
    func inverse(_ number: Double) -> Double {
        switch self {
        case .log(let offset): return exp(number) - offset
        case .squareRoot: return number <= 0 ? 0 : number * number
        case .boxCox(let exponent, let offset):
            if exponent == 0 { return exp(number) - offset }
            let base = exponent * number + 1
            return (base.isNaN ? .nan : pow(max(0, base), 1 / exponent)) - offset
        }
    }

    /// The standard deviation of a transformed value whose own is `deviation`:
    /// half the way from one below to one above.
    func deviation(_ deviation: Double, at value: Double) -> Double {
        let (above, below) = (self(value + deviation), value - deviation)
        return contains(below) ? (above - self(below)) / 2 : above - self(value)
    }
}

extension ObservationTable {
    /// Values `[time][variable]` and standard deviations of their errors under the variables' transforms,
    /// NaN where missing.
    ///
    /// - Throws: a value outside the domain of its transform, with its row.
    func rows(_ transforms: [ValueTransform?]) throws(InputError) -> (values: SeriesTable, errors: SeriesTable?) {
        var (values, errors) = (numbers, deviations)
        for (v, transform) in transforms.enumerated() {
            guard let transform else { continue }
            for t in 0..<count {
                let value = numbers[t, v]
                if value.isNaN { continue }
                guard transform.contains(value) else {
                    throw InputError(
                        .data, at: origin.place(row: t),
                        "the value \(value) of \(variables[v].name.quoted) at \(times[t]) has no '\(transform)'",
                        expected: transform.domain)
                }
                values[t, v] = transform(value)
                if hasDeviations[v], let error = deviations?[t, v] {
                    errors?[t, v] = transform.deviation(error, at: value)
                }
            }
        }
        return (values, errors)
    }
}
