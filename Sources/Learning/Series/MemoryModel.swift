import Networks
import Tensors

/// The shape of a state that holds the last `memory` values of several variables, newest first.
public struct MemoryLayout: Sendable, Hashable {
    public let variables: Int
    public let memory: Int
    public let season: Season

    public init(variables: Int, memory: Int, season: Season) {
        precondition(variables > 0 && memory > 0, "\(memory) steps of \(variables) variables")
        self.variables = variables
        self.memory = memory
        self.season = season
    }
    public init(variables: Int, memory: Int, period: Int, firstPhase: Int) {
        self.init(variables: variables, memory: memory, season: .phases(period: period, first: firstPhase))
    }

    /// The phases that coefficients may follow, 1 for none, and the phase of step 0.
    public var period: Int { season.period }
    public var firstPhase: Int { season.firstPhase }

    /// The layout with another length of memory.
    func remembering(_ memory: Int) -> MemoryLayout {
        MemoryLayout(variables: variables, memory: memory, season: season)
    }

    /// The season of a time.
    func phase(_ time: Int) -> Int { (firstPhase + time) % period }

    /// The length of the state.
    public var count: Int { variables * memory }

    /// The newest values of a state.
    var newest: FirstVariables<IdentityOperator> { FirstVariables(variables) }

    /// The same as a matrix.
    public var observation: LinearOperator { LinearOperator.first(variables, of: count) }

    /// Reorders `[phase of the target, …]` so that element `step mod period` belongs to the step that leaves `step`.
    func byStep(_ byPhase: Tensor) -> Tensor {
        byPhase.shape[0] == 1
            ? byPhase : byPhase.taking(Tensor(integers: (0..<period).map { ($0 + 1 + firstPhase) % period }))
    }

    /// `cos` and `sin` of the first `harmonics` multiples of the season's phase, `[period, 2 · harmonics]`.
    func seasons(harmonics: Int) -> Tensor {
        let phases = (0..<period).map { 2 * Double.pi * Double($0) / Double(period) }
        let columns = (1..<(harmonics + 1)).flatMap { k in
            [Tensor(phases.map { $0 * Double(k) }).cos(), Tensor(phases.map { $0 * Double(k) }).sin()]
        }
        return columns.isEmpty ? Tensor.zeros([period, 0]) : Tensor.stacked(columns).transposed
    }

    /// The state at `time`, from a series without gaps.
    func state<Rows: RandomAccessCollection>(_ values: Rows, at time: Int) -> [Double]
    where Rows.Index == Int, Rows.Element: Sequence<Double> {
        (0..<memory).flatMap { values[time - $0] }
    }
}

/// A learned forecast model with memory: a linear part whose coefficients follow the seasons, and the mean of networks.
///
///     z[t+1] = W[season] (z[t], …, z[t−τ+1]) + b[season] + mean over networks of g(z[t], …, season)
///
/// Without networks it is a linear inverse model; with networks added to persistence, a neural network of the change;
/// with networks added to a regression, a network that corrects a linear model.
public struct MemoryModel: ForecastModel {
    /// `[period, τ · d, d]`, by the step that is left.
    public var coefficients: Tensor
    /// `[period, d]`
    public var offsets: Tensor
    public var networks: [DenseNetwork]
    public let layout: MemoryLayout
    /// The number of newest values among the inputs of the networks.
    public let networkMemory: Int

    public init(layout: MemoryLayout, coefficients: Tensor, offsets: Tensor) {
        self.layout = layout
        self.coefficients = layout.byStep(coefficients)
        self.offsets = layout.byStep(offsets)
        networks = []
        networkMemory = 0
    }

    private init(
        _ base: MemoryModel, layout: MemoryLayout? = nil, networks: [DenseNetwork]? = nil, memory: Int? = nil
    ) {
        self.layout = layout ?? base.layout
        coefficients = base.coefficients
        offsets = base.offsets
        self.networks = networks ?? base.networks
        networkMemory = memory ?? base.networkMemory
    }

    /// The model that forecasts the last values.
    public static func persistence(_ layout: MemoryLayout) -> MemoryModel {
        let newest = Tensor.identity(layout.count).slice(axis: 1, from: 0, to: layout.variables)
        return MemoryModel(
            layout: layout, coefficients: newest.expanded(axis: 0), offsets: Tensor.zeros([1, layout.variables]))
    }

    /// The same model with networks added to it.
    public func adding(_ networks: [DenseNetwork], memory: Int) -> MemoryModel {
        precondition(memory <= layout.memory, "networks that see \(memory) steps of a memory of \(layout.memory)")
        return MemoryModel(self, networks: networks, memory: memory)
    }

    public var isLinear: Bool { networks.isEmpty }

    /// The next values, `[d]`.
    public func prediction(_ state: Tensor, step: Tensor) -> Tensor {
        let row = state.expanded(axis: -2).matrixProduct(coefficients.cyclic(step))
        let linear = row.reshaped([layout.variables]) + offsets.cyclic(step)
        if networks.isEmpty { return linear }
        let seasons = layout.networkSeasons(leaving: step)
        let input = Tensor.concatenated([state[0..<(networkMemory * layout.variables)], seasons])
        let corrections = networks.map { $0(input) }
        return linear + Tensor.stacked(corrections).mean(axes: [0])
    }

    public func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor {
        let next = prediction(state, step: step)
        return Tensor.concatenated([next, state[0..<(layout.count - layout.variables)]])
    }

    /// The linear part as a model of the whole state, for exact Kalman filtering and smoothing.
    public var companion: LinearModel {
        let (n, d) = (layout.count, layout.variables)
        let shift = Tensor.identity(n)[0..<(n - d)].broadcast(to: [coefficients.shape[0], n - d, n])
        return LinearModel(
            Tensor.concatenated([coefficients.transposed, shift], axis: 1),
            offsets: offsets.padded(axis: 1, before: 0, after: n - d))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&coefficients, "coefficients")
        visitor.visit(&offsets, "offsets")
        visitor.visit(&networks, "networks")
    }
}

extension MemoryLayout {
    /// Errors of the newest values as errors of the state: factors `[d, q]` padded to `[n, q]`.
    public func modelError(_ covariance: Tensor) -> ModelError {
        ModelError(factors: covariance.cholesky().padded(axis: 0, before: 0, after: count - variables))
    }

    /// A wide belief about the first state: the climatology, independent in time.
    public func climatology(_ covariance: Tensor) -> Gaussian {
        let blocks =
            Tensor.identity(memory).reshaped([memory, 1, memory, 1])
            * covariance.reshaped([1, variables, 1, variables])
        return Gaussian(mean: Tensor.zeros([count]), covariance: blocks.reshaped([count, count]))
    }
}

/// The season among the inputs of networks.
extension MemoryLayout {
    /// One and two waves of each cycle are inputs of networks.
    static let networkHarmonics = 2

    /// The number of inputs that are the season.
    public var networkSeasonCount: Int {
        guard case .waves(let cycles) = season else { return 2 * Self.networkHarmonics }
        return cycles.map { 2 * min($0.harmonics, Self.networkHarmonics) }.reduce(0, +)
    }

    /// The season of the step after `step`.
    func networkSeasons(leaving step: Tensor) -> Tensor {
        guard case .waves(let cycles) = season else {
            return byStep(seasons(harmonics: Self.networkHarmonics)).cyclic(step)
        }
        let next = step + Tensor(integer: 1)
        let waves = cycles.flatMap { $0.waves(at: next, most: Self.networkHarmonics) }
        return waves.isEmpty ? Tensor.zeros([0]) : Tensor.stacked(waves)
    }

    /// The seasons of some steps, `[steps, inputs]`.
    func networkSeasons(of times: [Int]) -> Tensor {
        guard case .waves(let cycles) = season else {
            return seasons(harmonics: Self.networkHarmonics).taking(Tensor(integers: times.map { season.phase($0) }))
        }
        let rows = times.map { time in cycles.flatMap { $0.waves(at: time, most: Self.networkHarmonics) } }
        return networkSeasonCount == 0 ? Tensor.zeros([times.count, 0]) : Tensor(rows: rows)
    }
}

extension MemoryLayout: Codable {
    private enum CodingKeys: String, CodingKey { case variables, memory, period, firstPhase, cycles }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        variables = try values.decode(Int.self, forKey: .variables)
        memory = try values.decode(Int.self, forKey: .memory)
        if let cycles = try values.decodeIfPresent([SeasonalCycle].self, forKey: .cycles) {
            season = .waves(cycles)
        } else {
            season = .phases(
                period: try values.decode(Int.self, forKey: .period),
                first: try values.decode(Int.self, forKey: .firstPhase))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(variables, forKey: .variables)
        try values.encode(memory, forKey: .memory)
        try values.encode(period, forKey: .period)
        try values.encode(firstPhase, forKey: .firstPhase)
        if case .waves(let cycles) = season { try values.encode(cycles, forKey: .cycles) }
    }
}

extension MemoryModel {
    /// The same model on a time axis whose step 0 has another place in the seasons.
    ///
    /// - Precondition: the same number of phases, or cycles of the same lengths and harmonics.
    public func moved(to season: Season) -> MemoryModel {
        let (period, old) = (layout.season.period, layout.season)
        precondition(season.period == period && season.cycles.count == old.cycles.count, "another kind of season")
        let shift = (season.firstPhase - old.firstPhase + period) % period
        var moved = MemoryModel(
            self, layout: MemoryLayout(variables: layout.variables, memory: layout.memory, season: season))
        if coefficients.shape[0] > 1 {
            let steps = Tensor(integers: (0..<period).map { ($0 + shift) % period })
            (moved.coefficients, moved.offsets) = (coefficients.taking(steps), offsets.taking(steps))
        }
        return moved
    }
}
