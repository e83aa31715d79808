import Foundation
import Tensors

/// The cycles that a climatology follows, by the index of a step.
public enum Season: Sendable, Hashable {
    /// A mean for each of `period` phases of a cycle; step 0 has the phase `first`.
    case phases(period: Int, first: Int)
    /// A regression on waves; the cycles need not be whole numbers of steps.
    case waves([SeasonalCycle])

    /// No season at all.
    public static let none = Season.phases(period: 1, first: 0)

    /// The number of phases with means of their own; 1 for waves.
    public var period: Int { if case .phases(let period, _) = self { period } else { 1 } }
    public var firstPhase: Int { if case .phases(_, let first) = self { first } else { 0 } }
    public func phase(_ time: Int) -> Int { (firstPhase + time) % period }

    /// The waves, none for phases.
    public var cycles: [SeasonalCycle] { if case .waves(let cycles) = self { cycles } else { [] } }

    /// The number of coefficients of a variable's normal course.
    public var coefficientCount: Int {
        switch self {
        case .phases(let period, _): period
        case .waves(let cycles):
            1
                + cycles.map { cycle in
                    2 * cycle.harmonics * (1 + 2 * min(cycle.modulation, longest?.harmonics ?? 0))
                }.reduce(0, +)
        }
    }

    /// `1, cos, sin, cos, sin, …` of every cycle and harmonic at a step, then the products of modulated cycles with the
    /// waves of the longest: the regressors of waves.
    public func regressors(at time: Int) -> [Double] {
        var result: [Double] = []
        eachRegressors(CollectionOfOne(time)) { result = Array($1) }
        return result
    }

    /// The regressors of one step after another, in one buffer.
    func eachRegressors(_ times: some Sequence<Int>, _ body: (Int, UnsafeBufferPointer<Double>) -> Void) {
        let cycles = cycles
        // The places of each cycle's waves, and for each product those of its factors.
        var own: [Range<Int>] = []
        for cycle in cycles {
            let first = own.last?.upperBound ?? 1
            own.append(first..<(first + 2 * cycle.harmonics))
        }
        let longest = zip(cycles, own).max { $0.0.length < $1.0.length }?.1 ?? 1..<1
        let products = zip(cycles, own).flatMap { cycle, own in
            longest.prefix(2 * cycle.modulation).flatMap { factor in own.map { (factor, $0) } }
        }
        let waves = own.last?.upperBound ?? 1
        withUnsafeTemporaryAllocation(of: Double.self, capacity: waves + products.count) { regressors in
            regressors.initialize(repeating: 1)
            for time in times {
                var place = 1
                for cycle in cycles {
                    cycle.eachWave(at: time, most: .max) { cosine, sine in
                        (regressors[place], regressors[place + 1]) = (cosine, sine)
                        place += 2
                    }
                }
                for (i, (factor, wave)) in products.enumerated() {
                    regressors[waves + i] = regressors[factor] * regressors[wave]
                }
                body(time, UnsafeBufferPointer(regressors))
            }
        }
    }

    private var longest: SeasonalCycle? { cycles.max { $0.length < $1.length } }
}

/// A cycle and the number of its harmonics.
public struct SeasonalCycle: Sendable, Hashable, Codable {
    /// In steps.
    public let length: Double
    /// The place of step 0 in the cycle, 0 ..< 1.
    public let start: Double
    public let harmonics: Int
    /// How many harmonics of the longest cycle multiply the waves of this one: with one or more, the course of the day
    /// changes with the time of year.
    public let modulation: Int

    public init(length: Double, start: Double, harmonics: Int, modulation: Int = 0) {
        precondition(length > 0 && harmonics >= 0, "\(harmonics) harmonics of a cycle of \(length) steps")
        precondition(modulation >= 0, "a modulation by \(modulation) harmonics")
        (self.length, self.start, self.harmonics, self.modulation) = (length, start, harmonics, modulation)
    }

    /// Reads a cycle of any version: those of 0.1.0 and before have no modulation.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        length = try values.decode(Double.self, forKey: .length)
        start = try values.decode(Double.self, forKey: .start)
        harmonics = try values.decode(Int.self, forKey: .harmonics)
        modulation = try values.decodeIfPresent(Int.self, forKey: .modulation) ?? 0
    }

    /// Whether the numbers can be those of a cycle.
    public var isValid: Bool {
        length > 0 && length.isFinite && 0..<1 ~= start && 0...1000 ~= harmonics && 0...1000 ~= modulation
    }

    /// Whether another cycle has the same length and waves, wherever it starts.
    public func hasShape(of other: SeasonalCycle) -> Bool {
        harmonics == other.harmonics && modulation == other.modulation && abs(length - other.length) <= 1e-9 * length
    }

    /// The place of a step in the cycle, 0 ..< 1.
    public func place(of time: Int) -> Double {
        let place = start + Double(time) / length
        return place - place.rounded(.down)
    }

    /// `cos, sin` of the first harmonics.
    func waves(at time: Int, most: Int) -> [Double] {
        var waves: [Double] = []
        eachWave(at: time, most: most) { waves += [$0, $1] }
        return waves
    }

    /// `cos, sin` of one harmonic after another, by the addition of angles.
    @inline(__always)
    func eachWave(at time: Int, most: Int, _ body: (_ cosine: Double, _ sine: Double) -> Void) {
        let angle = 2 * Double.pi * place(of: time)
        let (c, s) = (cos(angle), sin(angle))
        var (a, b) = (1.0, 0.0)
        for _ in 0..<min(harmonics, most) {
            (a, b) = (a * c - b * s, b * c + a * s)
            body(a, b)
        }
    }

    /// The same of a step that is traced.
    func waves(at step: Tensor, most: Int) -> [Tensor] {
        let angle = 2 * Double.pi * (step.cast(to: .float64) / Tensor(length) + Tensor(start))
        return (0..<min(harmonics, most)).flatMap { k in
            [(Tensor(Double(k + 1)) * angle).cos(), (Tensor(Double(k + 1)) * angle).sin()]
        }
    }
}

extension Season {
    /// Groups of steps at a similar place in the cycles, for samples of a season's values: the phases, or twelfths of
    /// the longest cycle with eighths of the shortest.
    public var groupCount: Int {
        switch self {
        case .phases(let period, _): period
        case .waves(let cycles): groupedCycles(cycles).map(\.parts).reduce(1, *)
        }
    }

    public func group(_ time: Int) -> Int {
        switch self {
        case .phases: phase(time)
        case .waves(let cycles):
            groupedCycles(cycles).reduce(0) {
                $0 * $1.parts + min(Int($1.cycle.place(of: time) * Double($1.parts)), $1.parts - 1)
            }
        }
    }

    private func groupedCycles(_ cycles: [SeasonalCycle]) -> [(cycle: SeasonalCycle, parts: Int)] {
        let used = cycles.filter { $0.harmonics > 0 }.sorted { $0.length > $1.length }
        guard let longest = used.first, let shortest = used.last else { return [] }
        func parts(_ cycle: SeasonalCycle, _ most: Int) -> Int { max(1, min(most, Int(cycle.length))) }
        return used.count == 1
            ? [(longest, parts(longest, 12))] : [(longest, parts(longest, 12)), (shortest, parts(shortest, 8))]
    }
}
