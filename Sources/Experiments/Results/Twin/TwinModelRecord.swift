import Studies

/// A forecast model of a twin experiment by itself: how long its forecasts have skill, and its long run.
struct TwinModelRecord: Codable, Sendable, Equatable {
    var name: String
    /// nil: the model of the truth.
    var kind: String?
    var description: String
    /// The standard deviation of its error in an interval, estimated from times that it was not fitted to.
    var modelError: Double?
    /// Root-mean-square errors of forecasts from test truths at leads 1, 2, … intervals, over the standard deviation of
    /// the climate; empty for the model of the truth.
    var forecast: [Double?]
    /// The first lead, in Lyapunov times of the truth, at which a forecast is no better than the mean of the climate.
    var skill: Double?
    /// Whether all forecasts were better to their end, so that ``skill``, their longest lead, is a lower bound.
    var skillIsLeast: Bool
    /// The largest Lyapunov exponents in a unit of time, descending.
    var exponents: [Double?]
    /// The density of the values and the power of their variations in a long run, up to its end.
    var density: [Double]
    var spectrum: [Double?]
    /// Distances from the long run of the truth: total variation, and decades.
    var densityDistance: Double?
    var spectralDistance: Double?
    /// After how many steps the long run left the attractor; nil: it stayed.
    var end: Int?
    var training: TrainingRecord?
}

/// The dependence of a model learned from observations on their error and on how many are missing.
struct SensitivityRecord: Codable, Sendable, Equatable {
    var model: String
    /// nil: the usual condition.
    var key: RobustnessKey?
    var value: Double?
    /// As in `TwinModelRecord`.
    var skill: Double?
    var skillIsLeast: Bool
    /// The error of forecasts over one Lyapunov time, over the standard deviation of the climate.
    var error: Double?
    var modelError: Double?
}
