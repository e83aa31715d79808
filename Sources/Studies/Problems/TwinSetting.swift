import Assimilation
import Tensors

/// A twin experiment: a model, what is observed of it, and how long; everything but the method and the seed.
///
/// The settings of papers are files of `Literature`.
public struct TwinSetting: Sendable {
    public var name: String
    public var title: String
    /// The paper that published it; empty for a setting of one's own.
    public var reference: String
    public var model: SteppedModel
    /// Which variables are observed.
    public var observed: [Int]
    public var function: ObservedFunction
    /// The standard deviation of the observations' errors.
    public var error: Double
    /// The standard deviation of the errors of the first states, in units of the state; nil: that of an observation.
    public var startError: Double?
    /// The share of the observed values that is missing at random.
    public var missing: Double
    /// The variance that model error adds to every variable between observations, in truth and filters alike.
    public var modelError: Double
    /// The number of observation times of one seed.
    public var cycles: Int
    /// How many of them are not scored.
    public var spinUp: Int
    /// Methods with their parameters, and the scores that were published for them.
    public var expectations: [Expectation]
    /// Methods without a published score that are compared as well.
    public var alsoCompared: [ComparedMethod]

    /// - Parameters:
    ///   - steps: of the model, from one observation to the next.
    ///   - observed: the numbers of the observed variables; all by default.
    public init(
        name: String, title: String = "", reference: String = "", model: any TestModel, steps: Int = 1,
        observed: [Int]? = nil, function: ObservedFunction = .identity, error: Double,
        startError: Double? = nil, missing: Double = 0, modelError: Double = 0, cycles: Int, spinUp: Int,
        expectations: [Expectation] = [],
        alsoCompared: [ComparedMethod] = []
    ) {
        (self.name, self.title, self.reference) = (name, title, reference)
        (self.model, self.observed) = (SteppedModel(model, steps: steps), observed ?? Array(0..<model.variables))
        (self.function, self.error, self.missing, self.modelError) = (function, error, missing, modelError)
        (self.startError, self.cycles, self.spinUp) = (startError, cycles, spinUp)
        (self.expectations, self.alsoCompared) = (expectations, alsoCompared)
        precondition(
            0 <= spinUp && spinUp < cycles && error > 0 && !self.observed.isEmpty
                && self.observed.allSatisfy { 0 <= $0 && $0 < model.variables },
            "TwinSetting: \(cycles) cycles with spin-up \(spinUp), error \(error), observing \(self.observed)")
    }

    /// The setting as changed from this published one: nothing was published for it, and it has another name.
    ///
    /// - Parameter original: the setting before the change.
    public func renamed(from original: TwinSetting) -> TwinSetting {
        let changes: [(String, Bool)] = [
            ("model", model != original.model), ("observed variables", observed != original.observed),
            ("function of the observations", function != original.function),
            ("observation error", error != original.error), ("start error", startError != original.startError),
            ("missing values", missing != original.missing),
            ("model error", modelError != original.modelError), ("cycles", cycles != original.cycles),
            ("spin-up", spinUp != original.spinUp),
        ]
        let changed = changes.filter(\.1).map(\.0)
        // A setting of one's own has neither.
        guard !changed.isEmpty, !original.reference.isEmpty else { return self }
        var setting = self
        setting.name = "changed"
        setting.title = "\(original.name) with another \(changed.joined(separator: ", "))"
        setting.reference = "Changed from the setting of \(original.reference)"
        (setting.expectations, setting.alsoCompared) = ([], [])
        return setting
    }

    /// The methods that 'apus compare' runs: those with a published score, but for baselines, and some more.
    ///
    /// Of several of one kind the first has its name, the others are numbered: `etkf`, `etkf-2`.
    public var methods: [ComparedMethod] {
        let published = expectations.map(\.method).filter { !$0.isBaseline }
        return published.indices.map { place in
            let method = published[place]
            let number = published[...place].count { $0.name == method.name }
            return ComparedMethod(method, name: number == 1 ? nil : "\(method.name)-\(number)")
        } + alsoCompared
    }

    public var operation: ObservedPart {
        ObservedPart(indices: observed, function: function, variables: model.variables)
    }
    public var errorCovariance: Tensor { Tensor(error * error) * Tensor.identity(observed.count) }

    /// Of model error over one interval; nil without any.
    public var noise: ModelError? {
        modelError > 0
            ? ModelError(factors: Tensor(modelError.squareRoot()) * Tensor.identity(model.variables)) : nil
    }

    /// Where variables and observations are; on a line where the variables have no coordinates.
    public var geometry: Geometry {
        Geometry(
            coordinates: model.coordinates ?? .line(model.variables), observed: observed,
            isLinear: function == .identity)
    }

    /// The properties by which methods are admitted.
    public var traits: ProblemTraits {
        ProblemTraits(
            model: model.name, variables: model.variables, hasCoordinates: model.coordinates != nil,
            hasModelError: modelError > 0, isHomogeneous: true, isTwin: true, function: function)
    }

    /// The number of variables after which the pattern of the observations repeats itself.
    public var period: Int {
        let (count, seen) = (model.variables, Set(observed))
        return (1...count).first { period in
            count % period == 0 && seen.allSatisfy { seen.contains(($0 + period) % count) }
        } ?? count
    }
}
