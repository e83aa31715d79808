import Tensors

/// The loss of a filter at each time. Those against observations are of the background, which has not seen them:
/// no truth is needed.
public enum FilterLoss: String, Sendable, Codable, CaseIterable {
    /// `−log p(y | background)`, as the analysis gives it: the objective of auto-differentiated Kalman filters.
    case likelihood
    /// The mean squared error of the mean of the analysis against the truth, over the variables.
    case squaredError
    /// The continuous ranked probability score of the analysis against the truth, the mean over the variables.
    case crps
    /// The energy score of the analysis against the truth.
    case energyScore
    /// The mean squared error of the background, seen through the operator, against the observation.
    case predictionError
    /// The continuous ranked probability score of the background's forecast of the observation, errors included.
    case predictionCRPS
    /// The energy score of the background's forecast of the observation, errors included.
    case predictionEnergyScore

    /// Whether it asks for the truth.
    public var needsTruth: Bool { self == .squaredError || self == .crps || self == .energyScore }
}

/// The units in which errors of states and of forecasts of observations count, where they have several.
public struct LossScale: Sendable {
    /// Of each variable, `[n]`.
    public var state: Tensor
    /// Of each observed value, `[m]`.
    public var observed: Tensor
    public init(state: Tensor, observed: Tensor) { (self.state, self.observed) = (state, observed) }
}

/// How badly a filter does, as a function of parameters that it is made of.
///
/// An epoch runs through all trajectories side by side, cut in time into segments, a step each. A segment starts from
/// the belief that the one before has left behind, without its derivative: back-propagation is truncated. The value of
/// a segment is the sum of the losses over its times, the mean over the trajectories. The last segment is filled up
/// with times at which nothing counts.
///
/// Reference: Chen, Sanz-Alonso & Willett, *Autodifferentiable ensemble Kalman filters*, SIAM J. Math. Data Sci.
/// 4 (2022), 801–833.
public struct FilterObjective<Parameters: Tree, F: Forecast, A: Analysis, H: StateMap>: Objective
where F.State == A.State {
    /// Values and masks `[segments, trajectories, length, m]`, the truth where it is known `[…, n]`, and
    /// `[segments, trajectories, length]`, 1 at the times that count.
    public var segments: FilterSegment
    /// The number of validation trajectories, by which weights are chosen.
    public var held: FilterSegment?
    public let errorCovariance: Tensor
    public let `operator`: H
    public let loss: FilterLoss
    private let filter: @Sendable (Parameters) -> Cycle<F, A>
    private let learnedError: (@Sendable (Parameters) -> Tensor)?
    private let scale: LossScale?
    /// Draws the belief before the first observation of a trajectory, by a key and the number of the trajectory.
    public var start: @Sendable (Key, Tensor) -> F.State

    /// - Parameters:
    ///   - trajectories: observations of one length, with one error covariance and operator.
    ///   - truths: of the trajectories, `[T, n]` each, where the loss needs them.
    ///   - length: the number of times in a segment; nil: all, nothing is truncated.
    ///   - spinUp: how many times of each trajectory do not count.
    ///   - scale: the units of errors; nil: those of the variables. Energy scores have none.
    ///   - held: how many trajectories, the last ones, no gradient sees: what is kept is chosen by them.
    ///   - start: draws the belief before the first observation, of all trajectories alike.
    ///   - errorCovariance: of the observations, where it is learned too.
    ///   - filter: the filter with given parameters.
    public init(
        _ trajectories: [Observations<H>], truths: [Tensor] = [], loss: FilterLoss = .likelihood,
        segment length: Int? = nil, spinUp: Int = 0, held: Int = 0, scale: LossScale? = nil,
        start: @escaping @Sendable (Key) -> F.State,
        errorCovariance: (@Sendable (Parameters) -> Tensor)? = nil,
        filter: @escaping @Sendable (Parameters) -> Cycle<F, A>
    ) {
        let counts = trajectories.map(\.count) + truths.map { $0.shape[0] }
        let count = counts.first ?? 0
        let length = length ?? count
        precondition(
            counts.allSatisfy { $0 == count } && length > 0 && 0 <= held && held < trajectories.count
                && (!loss.needsTruth || truths.count == trajectories.count),
            "FilterObjective: trajectories and truths of lengths \(counts) in segments of \(length)")
        func cut(_ parts: [Tensor]) -> Tensor {
            let segments = (count + length - 1) / length
            let filled = Tensor.stacked(parts).padded(axis: 1, before: 0, after: segments * length - count)
            return filled.reshaped([parts.count, segments, length] + filled.shape.dropFirst(2)).movingAxis(1, to: 0)
        }
        let learned = 0..<(trajectories.count - held)
        let varies = trajectories[0].errorCovariance.rank == 3
        // Times that fill the last segment have no errors.
        let isComplete = !varies && trajectories.allSatisfy { $0.mask.values.allSatisfy { $0 == 1 } }
        let counted = Tensor((0..<count).map { $0 < spinUp ? 0 : 1 })
        func segments(_ numbers: Range<Int>) -> FilterSegment {
            let part = trajectories[numbers]
            return FilterSegment(
                values: cut(part.map(\.values)), mask: isComplete ? nil : cut(part.map(\.mask)),
                counted: cut(part.map { _ in counted }),
                errorCovariance: varies ? cut(part.map(\.errorCovariance)) : nil,
                truth: loss.needsTruth ? cut(Array(truths[numbers])) : nil)
        }
        self.segments = segments(learned)
        self.held = held > 0 ? segments(learned.upperBound..<trajectories.count) : nil
        self.errorCovariance = trajectories[0].errorCovariance
        `operator` = trajectories[0].operator
        (self.loss, self.filter, learnedError, self.scale) = (loss, filter, errorCovariance, scale)
        self.start = { key, _ in start(key) }
    }

    public var stepsPerEpoch: Int { segments.values.shape[0] }
    private var trajectories: Int { segments.values.shape[1] }
    private var length: Int { segments.values.shape[2] }

    /// The beliefs and the number of the next step.
    public struct Carry: Tree {
        var beliefs: F.State
        var step: Tensor
        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&beliefs, "beliefs")
            visitor.visit(&step, "step")
        }
    }

    public func epoch(_ key: Key) -> (carry: Carry, steps: FilterSegment) {
        (carry(key, 0..<trajectories), segments)
    }

    private func carry(_ key: Key, _ numbers: Range<Int>) -> Carry {
        let beliefs = vmap { (number: Tensor) in start(key.folding(number), number) }(
            Tensor(integers: Array(numbers)))
        return Carry(beliefs: beliefs, step: Tensor(integer: 0))
    }

    /// Of the trajectories that are held back, which all start as in every other epoch.
    public func validation(_ parameters: Parameters) -> Tensor? {
        held.map { held in
            let count = held.values.shape[1]
            return value(parameters, over: held, from: carry(Key(0), trajectories..<(trajectories + count)))
        }
    }

    public func loss(
        _ parameters: Parameters, _ carry: Carry, _ step: FilterSegment, key: Key
    ) -> (value: Tensor, carry: Carry) {
        let cycle = filter(parameters)
        let error = learnedError.map { $0(parameters) } ?? errorCovariance
        let run = vmap { (belief: F.State, segment: FilterSegment) -> Pair<F.State, Tensor> in
            let observations = Observations(
                values: segment.values, mask: segment.mask, errorCovariance: segment.errorCovariance ?? error,
                operator: `operator`)
            let (next, losses) = cycle.run(
                from: belief, observations, beside: segment, firstStep: carry.step
            ) { background, analyzed, observation, now in
                now.counted * loss.value(background, analyzed, observation, now.truth, scale)
            }
            return Pair(next, losses.sum())
        }(carry.beliefs, step)
        let next = Carry(beliefs: run.first, step: carry.step + Tensor(integer: length))
        return (run.second.mean(), next)
    }

    /// The sum of the losses over all times, the mean over the trajectories, nothing truncated.
    public func value(_ parameters: Parameters, key: Key) -> Tensor {
        let (carry, steps) = epoch(key)
        return value(parameters, over: steps, from: carry)
    }

    private func value(_ parameters: Parameters, over segments: FilterSegment, from carry: Carry) -> Tensor {
        scan(over: segments, from: carry) { carry, step in
            let (value, next) = loss(parameters, carry, step, key: Key(0))
            return (next, value)
        }.outputs.sum()
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&segments, "segments")
        visitor.visit(&held, "held")
    }
}

extension FilterObjective where Parameters == Cycle<F, A> {
    /// Forecast model and analysis learned together, end to end: every number of the cycle is a parameter. With a loss
    /// against observations nothing else is asked for, neither the truth nor the dynamics.
    ///
    /// What shall not change, the physical part of a hybrid, is to be captured by a function of the model or stopped
    /// from having a derivative. Reference: McCabe & Brown, *Learning to assimilate in chaotic dynamical
    /// systems*, NeurIPS 34 (2021).
    ///
    /// - Parameter cycle: of the shapes that are learned; its numbers do not matter here.
    public init(
        learning cycle: Cycle<F, A>, from trajectories: [Observations<H>], truths: [Tensor] = [],
        loss: FilterLoss = .predictionError,
        segment length: Int? = nil, spinUp: Int = 0, held: Int = 0, start: @escaping @Sendable (Key) -> F.State
    ) {
        self.init(
            trajectories, truths: truths, loss: loss, segment: length, spinUp: spinUp, held: held, start: start,
            filter: { $0 })
    }
}

/// Some times of observations, with their truth and masks.
public struct FilterSegment: Tree {
    public var values: Tensor
    /// nil where nothing is missing.
    public var mask: Tensor?
    /// 1 at the times that count, 0 at others.
    public var counted: Tensor
    /// `[…, m, m]` where it varies in time; nil where it does not.
    public var errorCovariance: Tensor?
    public var truth: Tensor?

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&values, "values")
        visitor.visit(&mask, "mask")
        visitor.visit(&counted, "counted")
        visitor.visit(&errorCovariance, "errorCovariance")
        visitor.visit(&truth, "truth")
    }
}

extension FilterLoss {
    fileprivate func value<State: Belief, H: StateMap>(
        _ background: State, _ analyzed: Analyzed<State>, _ observation: Observation<H>, _ truth: Tensor?,
        _ scale: LossScale?
    ) -> Tensor {
        func state(_ x: Tensor) -> Tensor { scale.map { x / $0.state } ?? x }
        func observed(_ x: Tensor) -> Tensor { scale.map { x / $0.observed } ?? x }
        switch self {
        case .likelihood: return -analyzed.logLikelihood
        case .squaredError: return truth.map { state(analyzed.belief.mean - $0).squared().mean() } ?? 0
        case .crps: return truth.map { state(analyzed.belief.crpsOfVariables(of: $0)).mean() } ?? 0
        case .energyScore: return truth.map { analyzed.belief.energyScore(of: $0) } ?? 0
        case .predictionError:
            let departure = observation.mask * (observation.values - observation.operator(background.mean))
            return observed(departure).squared().sum() / observation.mask.sum().maximum(1)
        case .predictionCRPS:
            let scores = background.predicting(observation).crpsOfVariables(of: observation.mask * observation.values)
            return (observation.mask * observed(scores)).sum() / observation.mask.sum().maximum(1)
        case .predictionEnergyScore:
            return background.predicting(observation).energyScore(of: observation.mask * observation.values)
        }
    }
}
