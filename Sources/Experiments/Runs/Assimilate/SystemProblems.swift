import Studies
import Synchronization
import Tensors

/// The problems that methods are given: with the corrections of the model, and without them.
struct SystemProblems: Sendable {
    let corrected: SystemProblem
    private let uncorrected: SystemProblem
    private let found = FoundSizes()

    init(_ read: ReadSystem, _ observations: SystemObservations, rejection: Double?, key: Key) {
        corrected = SystemProblem(read.system, observations, rejection: rejection, key: key)
        uncorrected = SystemProblem(read.uncorrected ?? read.system, observations, rejection: rejection, key: key)
    }

    private init(_ corrected: SystemProblem, _ uncorrected: SystemProblem) {
        (self.corrected, self.uncorrected) = (corrected, uncorrected)
    }

    subscript(_ method: NamedInference) -> SystemProblem { method.isCorrected ? corrected : uncorrected }

    /// The same with other observations.
    func with(_ observations: SystemObservations) -> SystemProblems {
        func changed(_ problem: SystemProblem) -> SystemProblem {
            SystemProblem(problem.system, observations, rejection: problem.rejection, key: problem.key)
        }
        return SystemProblems(changed(corrected), changed(uncorrected))
    }

    /// Unknown standard deviations for methods that do not estimate them, found once; nil where there are none.
    func sizes(_ method: NamedInference) -> SizeEstimate? {
        let problem = self[method]
        guard problem.sizes.count > 0 else { return nil }
        return found.value(method.isCorrected) { FilterInference.sizes(problem) }
    }

    private final class FoundSizes: Sendable {
        private let known = Mutex<[Bool: SizeEstimate]>([:])

        func value(_ isCorrected: Bool, _ make: () -> SizeEstimate) -> SizeEstimate {
            known.withLock { known in
                if let value = known[isCorrected] { return value }
                let value = make()
                known[isCorrected] = value
                return value
            }
        }
    }
}
