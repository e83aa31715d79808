import Studies

/// A condition that is varied in the test of robustness, by its word in a configuration.
enum RobustnessKey: String, CaseIterable, Sendable, Codable {
    /// Members of ensembles, N.
    case members
    /// The standard deviation of the observations' errors, σ.
    case error
    /// Steps of the model between observations, which make Δt.
    case stepsBetween = "steps_between"
    /// The share of the observed values that is missing.
    case missing
    /// The forcing F of the truth and of every model of it.
    case forcing

    var title: String {
        switch self {
        case .members: "Members"
        case .error: "Observation error σ"
        case .stepsBetween: "Steps between observations"
        case .missing: "Share of values missing"
        case .forcing: "Forcing F"
        }
    }
}

/// The scores of a method in one condition.
struct RobustnessRecord: Codable, Sendable, Equatable {
    var method: String
    /// nil: that of tuning and training.
    var key: RobustnessKey?
    var value: Double?
    /// The mean over the seeds of the error of analyses; nil where it diverged on all.
    var error: Double?
    /// Seeds on which it diverged.
    var failed: Int
    /// Seeds on which it lost the truth with finite numbers.
    var lost: Int
    /// Seeds on which the truth itself diverged.
    var broken: Int
}
