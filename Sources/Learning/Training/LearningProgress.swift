/// How far learning has come.
public struct LearningProgress: Sendable, Equatable, Codable {
    /// Steps taken, epochs as a rule.
    public var step: Int
    /// Steps at most.
    public var of: Int
    /// The last loss.
    public var loss: Double
    /// The last score on data that is not learned from, if there is such data.
    public var score: Double?

    public init(step: Int, of: Int, loss: Double, score: Double? = nil) {
        (self.step, self.of, self.loss, self.score) = (step, of, loss, score)
    }
}
