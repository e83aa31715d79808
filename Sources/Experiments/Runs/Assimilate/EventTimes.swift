import Studies

/// The times of an assimilation: those of all observations, of the start, of the steps of a map, and of forecasts.
struct EventTimes: Sendable {
    let times: [Double]
    /// How many of them are not forecasts.
    let observed: Int
    /// The length of a step of a map, and the first time; nil where times are as they are.
    private let grid: (start: Double, step: Double)?
    private let numbers: [Double: Int]

    /// The largest difference to a step of a map, as a share of it.
    private static let tolerance = 1e-6
    private static let most = 1_000_000

    init(
        _ read: ReadSystem, _ node: ConfigurationNode, times all: [Double], leads: Int, every: Double?
    ) throws(InputError) {
        let sorted = Set(all).sorted()
        guard let first = sorted.first, let last = sorted.last else {
            throw node.error("no table has a row", expected: "at least one")
        }
        let start = read.startTime ?? first
        if case .map(let step) = read.system.integrator {
            let count = ((last - start) / step).rounded()
            guard count < Double(Self.most) else {
                throw node.error("\(count) steps of the map", expected: "at most \(Self.most)")
            }
            let ahead = every.map { Int(($0 / step).rounded()) } ?? 1
            if let every, abs(every / step - Double(ahead)) > Self.tolerance || ahead < 1 {
                throw read.node.error("leads every \(every) of a map", expected: "a multiple of its step, \(step)")
            }
            observed = Int(count) + 1
            times = (0...(Int(count) + leads * ahead)).map { start + Double($0) * step }
            (grid, numbers) = ((start, step), [:])
            return
        }
        var times = start < first ? [start] + sorted : sorted
        observed = times.count
        guard times.count <= Self.most else {
            throw node.error("\(times.count) times of observations", expected: "at most \(Self.most)")
        }
        let gaps = zip(sorted, sorted.dropFirst()).map { $1 - $0 }.sorted()
        let length = every ?? (gaps.isEmpty ? 1 : gaps[gaps.count / 2])
        if leads > 0 { times += (1...leads).map { last + Double($0) * length } }
        (self.times, grid) = (times, nil)
        numbers = Dictionary(times.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The number of the time of an observation.
    func number(_ time: Double, _ table: ObservedTable) throws(InputError) -> Int {
        guard let grid else { return numbers[time] ?? 0 }
        let place = (time - grid.start) / grid.step
        guard abs(place - place.rounded()) <= Self.tolerance else {
            throw table.node.error(
                "a value at \(time), between two steps of the map", expected: "times \(grid.start) + k · \(grid.step)")
        }
        return Int(place.rounded())
    }
}
