import Studies
import Supervised

/// The help of something that has a name: a method, a model, a surrogate, a setting.
public struct Described: Sendable, Codable {
    public struct Value: Sendable, Codable {
        public let name: String
        public let usual: String
        public let domain: String
        public let unit: String?
        public let summary: String
    }
    public struct Score: Sendable, Codable {
        public let method: String
        public let parameters: String
        public let error: Double
        public let tolerance: Double
    }

    /// The list that it is of: `method`, `model`, `surrogate`, `setting`, `supervised model`.
    public let kind: String
    public let name: String
    public let summary: String
    public let reference: String
    public let requirements: [String]
    public let parameters: [Value]
    /// Published scores of a setting.
    public let scores: [Score]

    public static var all: [Described] {
        Literature.all.map(Described.init(setting:))
            + Methods.all.map { Described("method", $0, $0.requirements) }
            + TestModels.all.map { Described("model", $0, []) }
            + Surrogates.all.map { Described("surrogate", $0, $0.requirements) }
            + SupervisedModels.all.map { Described("supervised model", $0, []) }
    }

    /// All of a name: a surrogate and a model of supervised learning may share one.
    public static func named(_ name: String) -> [Described] { all.filter { $0.name == name } }

    /// - Throws: `usage` for a name that nothing has, with the nearest.
    public static func required(_ name: String) throws(InputError) -> [Described] {
        let found = named(name)
        if !found.isEmpty { return found }
        let names = all.map(\.name)
        throw InputError(
            .usage, at: nil, "there is no \(name.quoted)\(Spelling.suggestion(for: name, among: names))",
            expected: "a name that 'apus list' tells")
    }

    private init(_ kind: String, _ type: any Parameterized.Type, _ requirements: [Requirement]) {
        (self.kind, name, summary, reference) = (kind, type.name, type.summary, type.reference)
        self.requirements = requirements.map(\.text)
        parameters = type.parameterDescriptions.map { description in
            Value(
                name: description.name, usual: description.domain.text(description.usual),
                domain: description.domain.text, unit: description.unit, summary: description.summary)
        }
        scores = []
    }

    private init(setting: TwinSetting) {
        (kind, name, summary, reference) = ("setting", setting.name, setting.title, setting.reference)
        (requirements, parameters) = ([], [])
        scores = setting.expectations.map {
            Score(
                method: $0.method.name, parameters: $0.method.parameterText, error: $0.error,
                tolerance: $0.tolerance)
        }
    }

    /// For the terminal.
    public func text(color: Bool) -> String {
        var lines = ["\(name) (\(kind)): \(summary)"]
        if !requirements.isEmpty { lines.append("Needs \(requirements.joined(separator: "; ")).") }
        if !reference.isEmpty { lines.append("Reference: \(reference)") }
        if !parameters.isEmpty {
            var table = TextTable(
                columns: [.init("Parameter"), .init("Default"), .init("Values"), .init("Unit"), .init("Meaning")])
            for it in parameters {
                table.add([.text(it.name), .text(it.usual), .text(it.domain), .text(it.unit ?? ""), .text(it.summary)])
            }
            lines += ["", table.rendered(color: color)]
        }
        if !scores.isEmpty {
            var table = TextTable(
                columns: [.init("Method"), .init("Parameters"), .init("Published error"), .init("Tolerance")])
            for it in scores {
                table.add([.text(it.method), .text(it.parameters), .quantity(it.error), .quantity(it.tolerance)])
            }
            lines += ["", table.rendered(color: color)]
        }
        return lines.joined(separator: "\n")
    }
}
