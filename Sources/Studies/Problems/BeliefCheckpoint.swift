import Tensors

/// A filter on real observations at the beginning of one of its segments: from here it goes on to the same bits.
public struct BeliefCheckpoint: Sendable {
    /// The number of the first time that the records do not have.
    public var time: Int
    /// The leaves of the belief before the observations of that time.
    public var belief: [Tensor]
    /// The leaves of the records of all times before.
    public var records: [Tensor]

    public init(time: Int, belief: [Tensor], records: [Tensor]) {
        (self.time, self.belief, self.records) = (time, belief, records)
    }

    /// Whether beliefs and records have the form of others.
    func fits(belief other: [Tensor], records others: [Tensor]) -> Bool {
        belief.map(\.signature) == other.map(\.signature) && (time == 0 || records.count == others.count)
            && zip(records, others).allSatisfy {
                $0.type == $1.type && $0.shape.first == time && $0.shape.dropFirst() == $1.shape.dropFirst()
            }
    }
}

/// Where a filter on real observations goes on from, and where its checkpoints go.
public struct BeliefKeeping: Sendable {
    public var start: BeliefCheckpoint?
    /// Called with the last checkpoint that holds observed times alone, and now and then before.
    public var keep: @Sendable (BeliefCheckpoint) -> Void
    /// Times before this one are not forecasts.
    public var observedCount: Int

    public init(
        start: BeliefCheckpoint?, observedCount: Int, keep: @escaping @Sendable (BeliefCheckpoint) -> Void
    ) {
        (self.start, self.observedCount, self.keep) = (start, observedCount, keep)
    }
}
