import Tensors

/// The mean gain of an analysis: a matrix of variables and observed values, to be shown as a
/// picture.
struct GainRecord: Codable, Sendable, Equatable {
    var name: String
    /// `[n][m]`
    var rows: [[Double?]]

    init(_ name: String, _ gain: Tensor) {
        self.name = name
        rows = (0..<gain.shape[0]).map { gain[$0].values.map(\.finite) }
    }
}
