import Testing

@testable import Experiments

/// Every key of a structural experiment has an effect.
@Suite struct StructuralKeyTests {
    static let probe = KeyProbe(
        .structural,
        base: """
            experiment: structural
            name: small
            \(KeyData.section(b: false))
            \(KeyData.split)
            components: {trend: level, harmonics: [1]}
            forecast: {leads: [1, 3]}
            bootstrap: {resamples: 100}
            """, folder: KeyData.folder)

    private static let hours = """
        data: {file: hours.csv, time: {column: time}, step: hour, variables: [{name: a}]}
        split: {train: [2001-01-02, 2001-01-14], validation: [2001-01-15, 2001-01-20], test: [2001-01-21, 2001-01-30]}
        components: {trend: level, cycles: [{period: day}]}
        """

    private static let parts: [KeyChange] = [
        .init("experiment", "", "experiment: twin", .refusal), .init("seed", "", "seed: 2"),
        .init("credits", "", "credits: [Somebody]", .text),
        .init("components.trend", "", "components: {harmonics: [1], trend: linear}"),
        .init("components.harmonics", "", "components: {trend: level, harmonics: [2]}"),
        .init("components.remainder", "", "components: {trend: level, harmonics: [1], remainder: 1}"),
        .init("components.cycles[].period", cycles("period: 40"), cycles("period: 30")),
        .init("components.cycles[].harmonics", cycles("period: 40"), cycles("period: 40, harmonics: 2")),
        .init("forecast.leads", "", "forecast: {leads: [1, 4]}"),
        .init("forecast.innovations", "", "forecast: {leads: [1, 3], innovations: student}"),
        .init("withhold", "", "withhold: [1995-01, 1995-06]"),
    ]
    private static func cycles(_ text: String) -> String { "components: {trend: level, cycles: [{\(text)}]}" }

    static let changes = KeyData.header + KeyData.changes(two: false, hours: hours) + parts

    @Test func everyKeyHasAChange() { Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasItsEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}
