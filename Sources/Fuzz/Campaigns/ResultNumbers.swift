import Foundation

/// Looks for numbers that are none among results, where nothing tells why.
enum ResultNumbers {
    /// The numbers that results always have.
    private static let keys: Set = ["value", "difference", "rmse", "error", "score", "median", "spread", "rankedScore"]

    /// Words of a verdict or a method that tell of a failure.
    private static let words = [
        "diverge", "not finite", "no finite", "failed", "lost", "could not", "cannot", "no forecast", "broke",
        "nothing",
    ]

    /// The place of the first number that is none, if no word of the results tells of a failure; nil for results that
    /// are sound.
    static func silentGap(in json: Data) -> String? {
        guard let results = try? JSONSerialization.jsonObject(with: json) as? [String: Any] else {
            return "results.json is not JSON"
        }
        guard let place = gap(in: results, at: "") else { return nil }
        let verdict = (results["verdict"] as? [String] ?? []).joined(separator: " ").lowercased()
        // The outcome of a run, of its truth or of a training.
        let isDiverged = String(decoding: json, as: UTF8.self).contains("\"diverged\"")
        if isDiverged || words.contains(where: verdict.contains) || hasFailures(results) { return nil }
        return "results.json has no number at \(place), and no word of it"
    }

    private static func gap(in value: Any, at place: String) -> String? {
        switch value {
        case let object as [String: Any]:
            // A test about another condition than the usual one may have neither key nor value.
            let isUsual = object["key"] is NSNull
            // A single estimate has no spread at any time, nor in the mean of its runs.
            let runs = (object["runs"] as? [[String: Any]])?.map { $0["spread"] ?? NSNull() }
            let hasSpread = (object["spreads"] as? [Any] ?? runs)?.contains { !($0 is NSNull) } ?? true
            let absent = Set((isUsual ? ["value"] : []) + (hasSpread ? [] : ["spread"]))
            for (key, value) in object.sorted(by: { $0.key < $1.key }) {
                if value is NSNull, keys.subtracting(absent).contains(key) { return "\(place).\(key)" }
                if let found = gap(in: value, at: "\(place).\(key)") { return found }
            }
            return nil
        case let list as [Any]:
            return list.enumerated().lazy.compactMap { gap(in: $1, at: "\(place)[\($0)]") }.first
        default: return nil
        }
    }

    /// Whether methods of a twin experiment failed, or lost the truth.
    private static func hasFailures(_ results: [String: Any]) -> Bool {
        let methods = results["methods"] as? [[String: Any]] ?? []
        return methods.contains { ($0["failed"] as? Int ?? 0) > 0 || ($0["lost"] as? Int ?? 0) > 0 }
    }
}
