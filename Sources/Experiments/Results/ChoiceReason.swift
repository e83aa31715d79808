import Studies
import Verification

extension CandidateRecord {
    /// The candidates of a choice, in their order.
    static func all(
        _ names: [String], _ candidates: [ParsimoniousChoice.Candidate], _ choice: ParsimoniousChoice?
    ) -> [CandidateRecord] {
        names.indices.map { index in
            let difference = choice?.differences[index]
            return CandidateRecord(
                name: names[index], score: candidates[index].score?.finite, difference: difference?.value.finite,
                standardError: difference?.standardError?.finite)
        }
    }

    /// The sentence on a chosen method that has not the lowest score; nil if it has.
    static func reason(for chosen: String, among candidates: [CandidateRecord]) -> String? {
        guard let own = candidates.first(where: { $0.name == chosen }), let difference = own.difference,
            let lowest = candidates.filter({ $0.score != nil }).min(by: { ($0.score ?? 0) < ($1.score ?? 0) }),
            lowest.name != chosen
        else { return nil }
        let format = NumberFormat(difference: difference, low: 0, high: own.standardError)
        let error = own.standardError.map { "standard error \(format.text($0))" } ?? "too few starts for its error"
        return "The validation period does not tell \(chosen) from \(lowest.name), which has the lowest score "
            + "(\(format.signed(difference)), \(error)): the simpler of the two was chosen."
    }
}

extension LearningCurveRecord {
    /// Whether the weights before the first epoch were kept, or the network's values are below a millionth of its
    /// targets'.
    var learnedNothing: Bool { epochKept == 0 || (effect ?? 1) < 1e-6 }

    /// The networks of a kind that learned nothing, as `learned nothing: …`; nil if all learned something.
    static func idleness(of kind: String, in curves: [LearningCurveRecord]) -> String? {
        let own = curves.filter { $0.method == kind }
        let idle = own.count(where: \.learnedNothing)
        guard idle > 0 else { return nil }
        return idle == own.count
            ? "learned nothing: no network of \(own.count) has an effect, the best weights are those from before the first epoch"
            : "learned nothing in \(idle) of \(own.count) folds, whose best weights are those from before the first epoch"
    }
}
