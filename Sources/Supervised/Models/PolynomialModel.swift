import Learning
import Networks
import Studies
import Tensors

/// Least squares on all products of powers of the inputs up to a degree, with a ridge.
public struct PolynomialModel: SupervisedModel {
    public static let name = "polynomial"
    public static let summary = "linear regression on all monomials of the inputs up to a degree"
    public static let reference = "Hastie, Tibshirani & Friedman, The elements of statistical learning (2009), 5.1"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .integer("degree", \.degree, 0...50, "Highest total degree of the monomials."),
        .real("penalty", \.penalty, 0...1e9, "Penalty of half the squared coefficients."),
    ]

    public var degree = 2, penalty = 0.0

    public init() {}
    public init(degree: Int, penalty: Double = 0) { (self.degree, self.penalty) = (degree, penalty) }

    public var complexity: Double { Double(degree) - penalty / (1 + penalty) }

    public static let mostMonomials = 5000

    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        let count = Monomials.count(layout.features, degree)
        return count <= Double(Self.mostMonomials)
            ? layout.fault(of: "monomials of \(layout.count) samples", numbers: count * Double(layout.count))
            : (
                "\(NumberText.short(count)) monomials of degree \(degree) in \(layout.features) inputs",
                "at most \(Self.mostMonomials)"
            )
    }

    public func template(_ layout: SampleLayout) -> PolynomialPredictor {
        PolynomialPredictor(Monomials(layout.features, degree: degree))
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<PolynomialPredictor> {
        var predictor = template(samples.layout)
        guard !predictor.monomials.exponents.isEmpty else {
            predictor.map.bias = samples.targets.tensor.mean().reshaped([1])
            return FittedModel(predictor)
        }
        let ridge = LinearRegression(penalties: Tensor(penalty * Double(samples.count)))
        predictor.map = ridge.fit(predictor.monomials(samples.matrix), samples.targets.tensor).map
        return FittedModel(predictor)
    }
}

/// All products of powers of some inputs up to a total degree, without the constant.
public struct Monomials: Sendable {
    /// The inputs of each factor of each monomial, in ascending order.
    let exponents: [[Int]]

    init(_ inputs: Int, degree: Int) {
        var all: [[Int]] = []
        var last: [[Int]] = [[]]
        for _ in 0..<degree {
            last = last.flatMap { factors in ((factors.last ?? 0)..<inputs).map { factors + [$0] } }
            all += last
        }
        exponents = all
    }

    /// Of a number of inputs, as a number that may be large.
    static func count(_ inputs: Int, _ degree: Int) -> Double {
        var count = 1.0
        for step in 0..<degree { count *= Double(inputs + step + 1) / Double(step + 1) }
        return count - 1
    }

    /// `[samples, inputs]` to `[samples, monomials]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let columns = (0..<x.shape[1]).map { x.slice(axis: 1, from: $0, to: $0 + 1) }
        var made: [[Int]: Tensor] = [:]
        let parts = exponents.map { factors -> Tensor in
            let before = made[Array(factors.dropLast())]
            let part = before.map { $0 * columns[factors[factors.count - 1]] } ?? columns[factors[0]]
            made[factors] = part
            return part
        }
        return Tensor.concatenated(parts, axis: 1)
    }
}

public struct PolynomialPredictor: Predictor {
    public let monomials: Monomials
    public var map: Dense

    init(_ monomials: Monomials) {
        self.monomials = monomials
        map = Dense(weight: Tensor.zeros([monomials.exponents.count, 1]), bias: Tensor.zeros([1]))
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let rows = x.reshaped([x.shape[0], -1]).cast(to: .float64)
        if monomials.exponents.isEmpty { return map.bias.broadcast(to: [x.shape[0]]) }
        return map(monomials(rows)).reshaped([x.shape[0]])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&map, "map") }
}
