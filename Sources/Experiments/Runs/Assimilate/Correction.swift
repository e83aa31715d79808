import Formulas
import Studies
import Tensors

/// A learned term that is added to the equation of a state: a small network of formulas, whose weights are unknown
/// parameters with priors.
///
///     Σₖ vₖ tanh(bₖ + Σᵢ wₖᵢ zᵢ),   v ~ N(0, (1.6 s)² / K),   w, b ~ N(r, 0.5²)
///
/// with inputs `z` of size one, `K` units and the size `s`. The `r` are random numbers, since a network whose weights
/// are all zero has no slope to follow. Of random features `w` and `b` are known and `v` alone is unknown. Every method
/// learns it as it learns parameters: by gradients of the innovations' likelihood, as the most probable values, or in
/// its state.
struct Correction: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case network
        case randomFeatures = "random-features"
    }

    let state: String
    let kind: Kind
    let inputs: [ConfigurationNode]
    let width: Int
    let size: Double
    let node: ConfigurationNode

    static let keys = KeyTable(
        .text("of", .required, "The state whose equation it is added to."),
        ConfigurationKey(
            "inputs", .list(.text), .required, "Formulas that it depends on, of size one; of fields also shifted ones."),
        .choice(
            "kind", Kind.self, .usual("network"),
            "Its weights: all are learned, or those behind random features alone."),
        .integer("width", 1...64, .usual("8"), "Units of the network, or random features."),
        .number(
            "size", .positive, .required, unit: "that of the equation",
            "Its standard deviation by the prior; the smaller, the simpler it stays."))

    init(_ node: ConfigurationNode, among states: [String]) throws(InputError) {
        self.node = node
        (state, kind, inputs, width, size) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            (
                try keys.value("of").choice(among: states), try keys.choice("kind"),
                try keys.required("inputs").nonEmptyList(), try keys.integer("width"),
                try keys.required("size").number(.positive)
            )
        }
    }

    /// The names that formulas have of it.
    var name: String { "correction_\(state)" }
    private func input(_ number: Int) -> String { "input_\(state)_\(number + 1)" }
    private func bias(_ unit: Int) -> String { "weight_\(state)_\(unit + 1)_0" }
    private func weight(_ unit: Int, _ input: Int) -> String { "weight_\(state)_\(unit + 1)_\(input + 1)" }
    private func output(_ unit: Int) -> String { "weight_\(state)_\(unit + 1)" }

    /// The unknown weights.
    var parameters: [DynamicalSystem.Parameter] {
        let random = randomNumbers
        let outputs = (0..<width).map { unit in
            DynamicalSystem.Parameter(
                output(unit), .unknown(.normal(mean: 0, deviation: 1.6 * size / Double(width).squareRoot())))
        }
        guard kind == .network else { return outputs }
        let inner = (0..<width).flatMap { unit in
            (0...inputs.count).map { place in
                DynamicalSystem.Parameter(
                    place == 0 ? bias(unit) : weight(unit, place - 1),
                    .unknown(.normal(mean: random[unit][place], deviation: 0.5)))
            }
        }
        return inner + outputs
    }

    /// Bias and weights of each unit, the same in all runs.
    private var randomNumbers: [[Double]] {
        let key = Key(state.utf8.reduce(17) { ($0 &* 31 &+ Int($1)) & 0xffff })
        let numbers = key.normal([width, inputs.count + 1]).values
        return (0..<width).map { Array(numbers[($0 * (inputs.count + 1))..<(($0 + 1) * (inputs.count + 1))]) }
    }

    /// Its inputs and itself, as formulas with their nodes.
    var definitions: [(name: String, text: String, node: ConfigurationNode)] {
        get throws(InputError) {
            var found: [(String, String, ConfigurationNode)] = []
            for (place, node) in inputs.enumerated() { found.append((input(place), try node.string(), node)) }
            let random = randomNumbers
            let units = (0..<width).map { unit -> String in
                let terms = (0...inputs.count).map { place -> String in
                    let number =
                        kind == .network
                        ? place == 0 ? bias(unit) : weight(unit, place - 1) : "(\(random[unit][place]))"
                    return place == 0 ? number : "\(number) * \(input(place - 1))"
                }
                return "\(output(unit)) * tanh(\(terms.joined(separator: " + ")))"
            }
            found.append((name, units.joined(separator: " + "), node))
            return found
        }
    }
}

extension [Correction] {
    /// Equations of states with their learned terms, and the definitions of these.
    func added(
        to lines: [Formula], of states: [String]
    ) throws(InputError) -> (lines: [Formula], definitions: [(name: String, expression: Formula)]) {
        var (lines, definitions) = (lines, [(name: String, expression: Formula)]())
        for correction in self {
            for definition in try correction.definitions {
                do { definitions.append((definition.name, try Formula(definition.text))) } catch {
                    throw definition.node.error(error)
                }
            }
            guard let place = states.firstIndex(of: correction.state) else { continue }
            do { lines[place] = try Formula("(\(lines[place].text)) + \(correction.name)") } catch {
                throw correction.node.error(error)
            }
        }
        return (lines, definitions)
    }
}
