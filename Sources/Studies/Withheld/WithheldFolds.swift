import Tensors

/// Values of observations that are withheld from methods, fold by fold, to judge these by.
public struct WithheldFolds: Sendable {
    /// How values are put into folds.
    public enum Grouping: String, CaseIterable, Sendable, Codable {
        /// Blocks of neighbouring times, of all channels; the first block is never withheld.
        case time
        /// All values of a place or of a channel.
        case place
        /// Single values at random.
        case value
    }

    public let grouping: Grouping
    public let count: Int
    /// The fold of each value, `[T × m]`; −1 where there is none, or where it is never withheld.
    let folds: [Int]
    /// The block of time that each time belongs to; intervals are by blocks, within which errors are alike.
    let blocks: [Int]

    /// Blocks of time that intervals rest on where values or places are withheld.
    private static let blocksOfTime = 20

    /// - Parameter blocks: blocks of time in a fold; of no effect for places and values.
    public init(
        _ observations: SystemObservations, by grouping: Grouping, folds count: Int, blocks: Int, key: Key
    ) {
        (self.grouping, self.count) = (grouping, count)
        let (mask, m) = (observations.mask.values, observations.channels.count)
        let times = observations.times.count
        let isObserved = (0..<times).map { time in (0..<m).contains { mask[time * m + $0] > 0 } }
        let observed = isObserved.count { $0 }
        let parts = grouping == .time ? min(count * blocks + 1, observed) : min(Self.blocksOfTime, observed)
        var (seen, block) = (0, [Int]())
        for time in 0..<times {
            block.append(min(seen * parts / max(observed, 1), parts - 1))
            if isObserved[time] { seen += 1 }
        }
        self.blocks = block
        let random = key.folding(31)
        let fold: (Int, Int) -> Int
        switch grouping {
        case .time:
            fold = { time, _ in block[time] == 0 ? -1 : (block[time] - 1) % count }
        case .place:
            let places = Self.places(observations.channels)
            let order = random.permutation((places.max() ?? 0) + 1).values.map { Int($0) }
            fold = { _, channel in order[places[channel]] % count }
        case .value:
            let draws = random.uniform([times, m]).values
            fold = { time, channel in min(Int(draws[time * m + channel] * Double(count)), count - 1) }
        }
        folds = (0..<(times * m)).map { mask[$0] > 0 ? fold($0 / m, $0 % m) : -1 }
    }

    /// The number of the place of each channel: repeated measurements share that of the first.
    static func places(_ channels: [SystemChannel]) -> [Int] {
        var kinds: [(text: String, points: [SystemChannel.Point])] = []
        return channels.map { channel in
            if let known = kinds.firstIndex(where: { $0.text == channel.formula.text && $0.points == channel.points }) {
                return known
            }
            kinds.append((channel.formula.text, channel.points))
            return kinds.count - 1
        }
    }

    /// The folds that have a value.
    public var used: [Int] { (0..<count).filter(folds.contains) }

    /// The positions of the values of a fold among all, `[T × m]` row by row.
    public func places(_ fold: Int) -> [Int] { folds.indices.filter { folds[$0] == fold } }

    /// The observations without those of a fold.
    public func observations(_ all: SystemObservations, without fold: Int) -> SystemObservations {
        let mask = all.mask.values
        var rest = all
        rest.mask = Tensor(mask.indices.map { folds[$0] == fold ? 0 : mask[$0] }, shape: all.mask.shape)
        rest.values = select(rest.mask .> 0, all.values, 0)
        rest.deviations = all.deviations
        return rest
    }
}
