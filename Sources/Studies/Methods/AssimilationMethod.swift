import Assimilation
import Tensors

/// A method of data assimilation: its stored properties are its parameters.
///
/// One method is one file of `Methods`, and one line in ``Methods``.
public protocol AssimilationMethod: Parameterized {
    /// The properties that a problem must have.
    static var requirements: [Requirement] { get }
    static var costs: CostTerms { get }
    /// Whether it stands in every table, since any method must beat it.
    static var isBaseline: Bool { get }
    /// Whether it forecasts with a model that is given to it.
    static var takesModel: Bool { get }
    /// Whether that model may have a memory.
    static var takesMemory: Bool { get }

    func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun
}

extension AssimilationMethod {
    public static var requirements: [Requirement] { [] }
    public static var costs: CostTerms { [] }
    public static var isBaseline: Bool { false }
    public static var takesModel: Bool { true }
    public static var takesMemory: Bool { false }

    public var isBaseline: Bool { Self.isBaseline }
}

/// A particle filter, which resamples after its analysis.
public protocol ParticleMethod: AssimilationMethod {
    associatedtype ParticleAnalysis: Analysis where ParticleAnalysis.State == Particles
    var members: Int { get }
    var threshold: Double { get }
    var jitter: Double { get }
    func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> ParticleAnalysis
    /// Whether the analysis draws the model error itself.
    static var drawsModelError: Bool { get }
}

extension ParticleMethod {
    public static var drawsModelError: Bool { false }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let forecast = EachParticle(problem.model, modelError: Self.drawsModelError ? nil : problem.modelError)
        let resampled = Resampled(analysis(problem), threshold: threshold, jitter: Tensor(jitter))
        return problem.run(Cycle(forecast, resampled), from: Particles(problem.ensemble(members)))
    }
}

// MARK: - Parameters that many have

extension Parameter where Subject: AssimilationMethod {
    static func members(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("members", path, 2...1_000_000, "Members of the ensemble, or particles.")
    }
    static func inflation(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real(
            "inflation", path, 0.5...10, unit: "factor of standard deviations",
            "Factor of the anomalies after each analysis; the variance is multiplied by its square.")
    }
    static func radius(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real(
            "radius", path, 0.1...1e6, unit: "distances of neighbouring variables",
            "Radius of Gaspari and Cohn's weights: about exp(-1/2) there, 0 from 3.64 radii on.")
    }
    static func scale(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real(
            "scale", path, 1e-6...1e3, unit: "share of a variance",
            "Background covariance, as a share of the climate's or of another one.")
    }
    static func lag(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("lag", path, 0...1000, unit: "observation times", "Length of the window, less one.")
    }
    static func iterations(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("iterations", path, 1...1000, "Most iterations of one analysis.")
    }
    static func threshold(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real(
            "threshold", path, 0...1, unit: "share of the particles",
            "Particles are resampled where fewer than this share are effective.")
    }
    static func jitter(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real(
            "jitter", path, 0...100, unit: "widths of Scott's kernel",
            "Width of the noise that separates copies of a particle; 0: none.")
    }
}
