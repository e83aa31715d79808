import Learning
import Tensors

/// A sum of monomials of near variables, its coefficients by regression and thresholds.
public struct DictionarySurrogate: Surrogate {
    public static let name = "dictionary"
    public static let summary = "a sum of monomials of near variables, its coefficients by regression and thresholds"
    public static let reference =
        "Bocquet, Brajard, Carrassi & Bertino, Data assimilation as a learning tool, NPG 26 (2019)"
    public static let tensorName = "dictionary"
    public static let parameters: [Parameter<Self>] = [
        .length(\.length), .reach(\.reach),
        .real("sparsity", \.sparsity, 0...1e6, "Coefficients smaller than this are left out."),
    ]

    public var length = 2000, reach = 2, sparsity = 0.1

    public init() {}

    public func fewestNumbers(_ variables: Int) -> Int { min(reach, (variables - 1) / 2) }
    public func arrays(_ variables: Int) -> [ArraySizes] {
        let terms = (2 * reach + 1) * (reach + 1) + 1
        return [
            ArraySizes(["length": length, "variables": variables, "terms": terms]),
            ArraySizes(["terms": terms, "terms": terms], copies: 4),
        ]
    }

    public func start(_ task: SurrogateTask, _ description: ModelDescription) -> TendencyModel<MonomialDictionary> {
        let count = description.variables
        let reach = task.hasCoordinates ? min(reach, (count - 1) / 2) : count / 2
        let monomials = MonomialDictionary.all(degree: 2, reach: reach)
        let field = MonomialDictionary(
            monomials, coefficients: task.hasCoordinates ? nil : Tensor.zeros([monomials.count, count]))
        return TendencyModel(field: field, physics: task.physics?.map, interval: description.interval)
    }

    public func learned<Keeper: TrainingKeeper>(
        from start: TendencyModel<MonomialDictionary>, _ task: SurrogateTask, _ draw: TwinDraw,
        _ description: inout ModelDescription, _ keeper: Keeper
    ) -> LearnedSurrogate<TendencyModel<MonomialDictionary>> {
        let regression = DictionaryRegression(ridge: 1e-9, threshold: sparsity)
        let states = task.learned(draw)
        var result = LearnedSurrogate.direct {
            var model = start
            if let physics = task.physics {
                let count = states.shape[0]
                let before = states[0..<(count - 1)]
                let missing = (states[1..<count] - ensemble(physics.map, before)) / Tensor(model.interval)
                model.field = regression(model.field, states: before, tendencies: missing)
            } else {
                model.field = regression(model.field, trajectory: states, step: model.interval)
            }
            return model
        }
        result.found = result.model.field.text
        return result
    }

    private func ensemble<M: ForecastMap>(_ map: M, _ states: Tensor) -> Tensor { map.ensemble(states) }
}

extension MonomialDictionary {
    /// `1.00 x[-1] x[1] − …`, of terms that are there; of coefficients for every place, how many there are.
    fileprivate var text: String {
        let values = coefficients.values
        guard coefficients.rank == 1 else { return "\(values.count { $0 != 0 }) terms" }
        let terms = zip(monomials, values).filter { $0.1 != 0 }
        return terms.prefix(8).map { "\(NumberFormat([$1]).text($1)) \(MonomialDictionary.name($0))" }
            .joined(separator: ", ") + (terms.count > 8 ? ", … \(terms.count) terms" : "")
    }
}
