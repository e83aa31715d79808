import Testing

@testable import Experiments

/// Every key of an assimilation has an effect; parameters of filters are tried in twin experiments.
@Suite struct AssimilateKeyTests {
    static let probe = KeyProbe(
        .assimilate,
        base: """
            experiment: assimilate
            name: small
            \(model())
            \(observed())
            methods: [{method: kalman}]
            """, folder: KeyData.folder)

    private static let months = "{columns: [year, month]}"

    /// Relaxation of a number to 20.
    private static func model(
        states: String = "[x]", parameters: String = "{k: {prior: \"lognormal(-2, 0.5)\", bounds: [0, inf]}}",
        equations: String = "equations: {x: -k * (x - 20)}", integrator: String = "{method: rk4, step: 0.5}",
        start: String = "{x: \"normal(20, 2)\"}", error: String = "{x: 1}", more: String = ""
    ) -> String {
        """
        model:
          states: \(states)
          parameters: \(parameters)
          \(equations)
          time_unit: month
          integrator: \(integrator)
          start: \(start)
          error: \(error)\(more.isEmpty ? "" : "\n  " + more)
        """
    }
    private static func observed(
        _ text: String = "", file: String = "data.csv", time: String = months, of: String = "of: x",
        column: String = "a",
        error: String = "0.5"
    ) -> String {
        "observations: [{file: \(file), time: \(time), \(of), column: \(column), error: \(error)\(text.isEmpty ? "" : ", " + text)}]"
    }
    private static func forced(
        _ text: String = "", file: String = "data.csv", time: String = months, name: String = "u"
    ) -> String {
        model(
            equations: "equations: {x: -k * (x - u)}",
            more: "forcings: [{name: \(name), file: \(file), time: \(time)\(text.isEmpty ? "" : ", " + text)}]")
    }
    /// Diffusion on a line or in a plane.
    private static func field(_ axes: String, formula: String = "0.1 * laplacian(u)") -> String {
        model(
            states: "{u: {\(axes)}}", parameters: "{k: 1}", equations: "equations: {u: \(formula)}",
            start: "{u: \"normal(20, 2)\"}", error: "{u: 1}")
    }

    /// The keys of where a table is, of observations and of forcings: name, file, time, before and after.
    private static let sources:
        [(key: String, file: String, time: String, before: String, after: String, KeyChange.Effect)] = [
            ("format", "data.csv", months, "", "format: netcdf", .refusal),
            ("delimiter", "semicolons.csv", months, "delimiter: ';'", "", .refusal),
            (
                "delimiter.widths", "widths.csv", months,
                "delimiter: {widths: [4, 2, 6, 6]}, header: {names: [year, month, a, b]}",
                "delimiter: {widths: [4, 2, 5, 7]}, header: {names: [year, month, a, b]}", .numbers
            ),
            ("comment", "comments.csv", months, "comment: '%'", "", .refusal),
            ("header", "nameless.csv", months, "header: {names: [year, month, a, b]}", "header: none", .refusal),
            ("header.line", "names.csv", months, "header: {line: 3}", "header: {line: 2, skip: 1}", .numbers),
            (
                "header.names", "nameless.csv", months, "header: {names: [year, month, a, b]}",
                "header: {names: [year, month, b, a]}", .numbers
            ),
            ("header.skip", "units.csv", months, "header: {skip: 1}", "", .refusal),
            ("decimal", "commas.csv", months, "delimiter: ';', decimal: ','", "delimiter: ';'", .refusal),
            ("thousands", "groups.csv", months, "thousands: \"'\"", "", .refusal),
            ("missing", "data.csv", months, "missing: [-1]", "missing: [\(KeyData.firstNumber)]", .numbers),
            ("select.NAME", "stations.csv", months, "select: {station: X}", "select: {station: Y}", .numbers),
            ("select.NAME.at", "data.nc", "{variable: time}", "", "select: {level: {at: 1}}", .refusal),
        ]
    private static let times: [(key: String, file: String, before: String, after: String, KeyChange.Effect)] = [
        ("column", "dates.csv", "{column: date}", "{column: day}", .refusal),
        (
            "format", "dates.csv", "{column: day, format: days since 1990-01-01}",
            "{column: day, format: hours since 1990-01-01}", .numbers
        ),
        ("columns", "shifted.csv", months, "{columns: [later, month]}", .numbers),
        ("pivot", "short.csv", "{columns: [year, month], pivot: 1950}", "{columns: [year, month], pivot: 20}", .text),
        ("variable", "data.nc", "{variable: time}", "{variable: when}", .numbers),
        ("zone", "hours.csv", "{column: time}", "{column: time, zone: Mars}", .refusal),
    ]
    private static let sourceChanges: [KeyChange] =
        sources.flatMap { key, file, time, before, after, effect in
            [
                KeyChange(
                    "observations[].\(key)", observed(before, file: file, time: time),
                    observed(after, file: file, time: time), effect),
                KeyChange(
                    "model.forcings[].\(key)", forced("column: a, " + before, file: file, time: time),
                    forced("column: a, " + after, file: file, time: time), effect),
            ]
        }
        + times.flatMap { key, file, before, after, effect in
            [
                KeyChange(
                    "observations[].time.\(key)", observed(file: file, time: before), observed(file: file, time: after),
                    effect),
                KeyChange(
                    "model.forcings[].time.\(key)", forced("column: a", file: file, time: before),
                    forced("column: a", file: file, time: after),
                    effect == .text ? .numbers : key == "columns" ? .refusal : effect),
            ]
        }
        + ["year", "months"].flatMap { key -> [KeyChange] in
            let usual = (1...12).map { "m\($0)" }
            let before = "{year: year, months: [\(usual.joined(separator: ", "))]}"
            let after =
                key == "year"
                ? before.replacing("year: year", with: "year: m1")
                : "{year: year, months: [\((["m2", "m1"] + usual.dropFirst(2)).joined(separator: ", "))]}"
            let effect: KeyChange.Effect = key == "year" ? .refusal : .numbers
            return [
                KeyChange(
                    "observations[].time.\(key)", observed(file: "years.csv", time: before),
                    observed(file: "years.csv", time: after), effect),
                KeyChange(
                    "model.forcings[].time.\(key)", forced("column: a", file: "years.csv", time: before),
                    forced("column: a", file: "years.csv", time: after), effect),
            ]
        }

    private static let ofModel: [KeyChange] = [
        .init("model.states", "", model(states: "[x, y]"), .refusal),
        .init("model.states.NAME.x.length", ring("length: 4"), ring("length: 5")),
        .init("model.states.NAME.x.spacing", ring("length: 4"), ring("length: 4, spacing: 0.5")),
        .init("model.states.NAME.x.periodic", ring("length: 4"), ring("length: 4, periodic: true")),
        .init("model.states.NAME.x.boundary", ring("length: 4"), ring("length: 4, boundary: zero")),
        .init("model.states.NAME.y.length", plane("length: 3"), plane("length: 4")),
        .init("model.states.NAME.y.spacing", plane("length: 3"), plane("length: 3, spacing: 0.5")),
        .init("model.states.NAME.y.periodic", plane("length: 3"), plane("length: 3, periodic: true")),
        .init("model.states.NAME.y.boundary", plane("length: 3"), plane("length: 3, boundary: zero")),
        .init("model.states.NAME.bounds", model(states: "{x: {}}"), model(states: "{x: {bounds: [0, inf]}}")),
        .init("model.parameters", model(parameters: "{k: 0.1}"), model(parameters: "{k: 0.2}")),
        .init(
            "model.parameters.NAME.prior", "",
            model(parameters: "{k: {prior: \"lognormal(-3, 0.5)\", bounds: [0, inf]}}")),
        .init("model.parameters.NAME.bounds", "", model(parameters: "{k: {prior: \"lognormal(-2, 0.5)\"}}")),
        .init(
            "model.parameters.NAME.drift", "",
            model(parameters: "{k: {prior: \"lognormal(-2, 0.5)\", bounds: [0, inf], drift: 0.1}}")),
        .init(
            "model.definitions", model(equations: "equations: {x: -flow}", more: "definitions: {flow: k * (x - 20)}"),
            model(equations: "equations: {x: -flow}", more: "definitions: {flow: k * (x - 19)}")),
        .init("model.equations", "", model(equations: "equations: {x: -k * (x - 19)}")),
        .init(
            "model.map", model(equations: "map: {x: 20 + (1 - k) * (x - 20)}", integrator: "{}"),
            model(equations: "map: {x: 20 + (1 - 2 * k) * (x - 20)}", integrator: "{}")),
        .init("model.forcings[].name", forced("column: a"), forced("column: a", name: "w"), .refusal),
        .init("model.forcings[].file", forced("column: a"), forced("column: a", file: "other.csv")),
        .init("model.forcings[].column", forced("column: a"), forced("column: b")),
        .init("model.forcings[].interpolation", forced("column: a"), forced("column: a, interpolation: held")),
        .init("model.corrections[].of", corrected(""), corrected("").replacing("of: x", with: "of: z"), .refusal),
        .init("model.corrections[].inputs", corrected(""), corrected("").replacing("[x / 20]", with: "[x / 10]")),
        .init("model.corrections[].kind", corrected(""), corrected(", kind: random-features")),
        .init("model.corrections[].width", corrected(""), corrected(", width: 3")),
        .init("model.corrections[].size", corrected(""), corrected("").replacing("size: 1", with: "size: 2")),
        .init("model.name", lorenz("lorenz63", "x"), lorenz("lorenz96", "mean(x)")),
        .init("model.variables", lorenz("lorenz96", "mean(x)"), lorenz("lorenz96, variables: 5", "mean(x)")),
        .init("model.time_unit", "", model().replacing("time_unit: month", with: "time_unit: year")),
        .init("model.integrator.method", "", model(integrator: "{method: euler, step: 0.5}")),
        .init(
            "model.integrator.step", model(integrator: "{method: euler, step: 0.5}"),
            model(integrator: "{method: euler, step: 0.25}")),
        .init(
            "model.integrator.tolerance", model(integrator: "{tolerance: 0.1}"), model(integrator: "{tolerance: 1e-9}")),
        .init(
            "model.integrator.absolute", model(integrator: "{tolerance: 0.1, absolute: 10}"),
            model(integrator: "{tolerance: 0.1, absolute: 1e-9}")),
        .init("model.integrator.most", "", model(integrator: "{method: rk4, step: 0.5, most: 1}"), .text),
        .init("model.start", "", model(start: "{x: \"normal(10, 2)\"}")),
        .init("model.error", "", model(error: "{x: 2}")),
        .init(
            "model.error.NAME.estimate", model(error: "{x: {estimate: \"lognormal(0, 0.1)\"}}"),
            model(error: "{x: {estimate: \"lognormal(-3, 0.1)\"}}")),
    ]
    private static func corrected(_ text: String) -> String {
        model(more: "corrections: [{of: x, inputs: [x / 20], size: 1, width: 2\(text)}]")
            .replacing(", width: 2, width: 3", with: ", width: 3")
    }
    private static func lorenz(_ name: String, _ formula: String) -> String {
        "model: {name: \(name), time_unit: month, integrator: {method: rk4, step: 0.5}, start: {x: \"normal(1, 1)\"}}\n"
            + observed(of: "of: \(formula)")
    }
    private static let place = "\n" + observed("at: {x: 0.5}", of: "of: u")
    private static func ring(_ axis: String) -> String { field("x: {\(axis)}") + place }
    private static func plane(_ axis: String) -> String {
        field("x: {length: 3}, y: {\(axis)}") + "\n" + observed("at: {x: 0.5, y: 0.5}", of: "of: u")
    }

    private static let others: [KeyChange] = [
        .init("experiment", "", "experiment: twin", .refusal),
        .init("seed", "methods: [{method: etkf, members: 8}]", "methods: [{method: etkf, members: 8}]\nseed: 2"),
        .init("credits", "", "credits: [Somebody]", .text),
        .init("observations[].file", "", observed(file: "other.csv")),
        .init("observations[].name", "", observed("name: other"), .text),
        .init("observations[].of", "", observed(of: "of: x + 1")),
        .init("observations[].column", "", observed(column: "b")),
        .init(
            "observations[].at", ring("length: 4"),
            field("x: {length: 4}") + "\n" + observed("at: {x: 1.5}", of: "of: u")),
        .init(
            "observations[].at.NAME.column",
            field("x: {length: 60}") + "\n" + observed("at: {x: {column: a}}", of: "of: u"),
            field("x: {length: 60}") + "\n" + observed("at: {x: {column: b}}", of: "of: u")),
        .init("observations[].transform", "", observed("transform: log", error: "0.1")),
        .init("observations[].transform.log", observed("transform: log"), observed("transform: {log: 5}")),
        .init("observations[].transform.box_cox", observed("transform: sqrt"), observed("transform: {box_cox: 0.2}")),
        .init(
            "observations[].transform.offset", observed("transform: {box_cox: 0.2}"),
            observed("transform: {box_cox: 0.2, offset: 5}")),
        .init("observations[].error", "", observed(error: "0.7")),
        .init("observations[].error.column", "", observed(error: "{column: b}")),
        .init("observations[].error.relative", "", observed(error: "{relative: 0.1}")),
        .init(
            "observations[].error.estimate", observed(error: "{estimate: \"lognormal(0, 0.1)\"}"),
            observed(error: "{estimate: \"lognormal(-2, 0.1)\"}")),
        .init("observations[].valid", "", observed("valid: [0, 21]")),
        .init("observations[].thin", "", observed("thin: 1.5")),
        .init("observations[].bias", "", observed("bias: \"normal(0, 5)\"")),
        .init("observations[].units", "", observed("units: degC"), .text),
        .init("correlations[].of", pair("[a, b]", 0.9), pair("[a, a]", 0.9), .refusal),
        .init("correlations[].matrix", pair("[a, b]", 0.9), pair("[a, b]", 0.1)),
        .init("each", "", "each: month", .refusal),
        .init("methods[].method", "", "methods: [{method: map}]", .text),
        .init("methods[].name", "", "methods: [{method: kalman, name: other}]", .text),
        .init(
            "methods[].corrected", corrected(""),
            corrected("") + "\nmethods: [{method: kalman}, {method: kalman, name: plain, corrected: false}]", .text),
        .init("methods[].starts", method("map, starts: 1"), method("map, starts: 0"), .refusal),
        .init("methods[].samples", method("map, samples: 50"), method("map, samples: 60")),
        .init(
            "methods[].filter", method("likelihood, filter: kalman, members: 9"),
            method("likelihood, filter: denkf, members: 9")),
        .init(
            "methods[].members", method("likelihood, members: 8"), method("likelihood, members: 9"), of: "likelihood"),
        .init(
            "methods[].inflation", method("likelihood, members: 8"), method("likelihood, members: 8, inflation: 1.1"),
            of: "likelihood"),
        .init(
            "methods[].steps", method("likelihood, members: 8"), method("likelihood, members: 8, steps: 1"),
            of: "likelihood"),
        .init("forecast.leads", "forecast: {leads: 2}", "forecast: {leads: 3}", .text),
        .init("forecast.every", "forecast: {leads: 2}", "forecast: {leads: 2, every: 0.5}", .text),
        .init("quality.background", "", "quality: {background: 0.5}"),
        .init("validation.by", "validation: {by: time}", "validation: {by: value}"),
        .init("validation.folds", "validation: {folds: 2}", "validation: {folds: 3}"),
        .init("validation.blocks", "validation: {blocks: 2}", "validation: {blocks: 3}"),
    ]
    private static func method(_ text: String) -> String { "\(model(error: "{x: 0}"))\nmethods: [{method: \(text)}]" }
    private static func pair(_ of: String, _ number: Double) -> String {
        observed().replacing("}]", with: "}, {file: data.csv, time: \(months), of: x, column: b, error: 0.5}]")
            + "\ncorrelations: [{of: \(of), matrix: [[1, \(number)], [\(number), 1]]}]"
    }

    static let changes = KeyData.header + sourceChanges + ofModel + others

    @Test func everyKeyHasAChange() { Self.probe.checkComplete(Self.changes, words: ["map", "kalman", "likelihood"]) }

    @Test(arguments: changes) func aChangeHasItsEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}
