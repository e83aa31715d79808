import Networks
import Tensors

/// The shape of a state that holds the last `memory` values of several variables, newest first.
public struct MemoryLayout: Sendable, Hashable, Codable {
    public let variables: Int
    public let memory: Int
    /// Steps in the cycle of the seasons, and the phase of step 0.
    public let period: Int
    public let firstPhase: Int

    public init(variables: Int, memory: Int, period: Int, firstPhase: Int) {
        precondition(variables > 0 && memory > 0, "\(memory) steps of \(variables) variables")
        self.variables = variables
        self.memory = memory
        self.period = period
        self.firstPhase = firstPhase
    }

    /// The length of the state.
    public var count: Int { variables * memory }

    /// The operator that sees the newest values.
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
    func state(_ values: [[Double]], at time: Int) -> [Double] { (0..<memory).flatMap { values[time - $0] } }
}

/// A learned forecast model with memory: a linear part whose coefficients follow the seasons, and the mean of networks.
///
///     z[t+1] = W[season] (z[t], …, z[t−τ+1]) + b[season] + mean over networks of g(z[t], …, season)
///
/// Without networks it is a linear inverse model; with networks added to persistence, a neural network of the change; with
/// networks added to a regression, a network that corrects a linear model.
public struct MemoryModel: ForecastModel {
    /// `[period, τ · d, d]`, by the step that is left.
    public var coefficients: Tensor
    /// `[period, d]`
    public var offsets: Tensor
    public var networks: [DenseNetwork]
    public let layout: MemoryLayout
    /// How many of the newest values the networks see.
    public let networkMemory: Int

    public init(layout: MemoryLayout, coefficients: Tensor, offsets: Tensor) {
        self.layout = layout
        self.coefficients = layout.byStep(coefficients)
        self.offsets = layout.byStep(offsets)
        networks = []
        networkMemory = 0
    }

    private init(_ base: MemoryModel, networks: [DenseNetwork], memory: Int) {
        layout = base.layout
        coefficients = base.coefficients
        offsets = base.offsets
        self.networks = networks
        networkMemory = memory
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
        let seasons = layout.byStep(layout.seasons(harmonics: MemoryModel.networkHarmonics)).cyclic(step)
        let input = Tensor.concatenated([state[0..<(networkMemory * layout.variables)], seasons])
        let corrections = networks.map { $0(input) }
        return linear + Tensor.stacked(corrections).mean(axes: [0])
    }

    public func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor {
        let next = prediction(state, step: step)
        return Tensor.concatenated([next, state[0..<(layout.count - layout.variables)]])
    }

    /// Networks see the season as one and two waves a year.
    public static let networkHarmonics = 2

    /// The linear part as a model of the whole state, for exact Kalman filtering and smoothing.
    public var companion: LinearModel { companion(remembering: layout) }

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
