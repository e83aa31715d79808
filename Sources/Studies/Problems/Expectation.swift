/// The score that a paper, or a package, reports for a method with its parameters.
public struct Expectation: Sendable {
    public let method: any AssimilationMethod
    /// The mean error of the analyses.
    public let error: Double
    /// The uncertainty of the publication: two standard deviations of single runs of its length.
    public let tolerance: Double

    public init(_ method: any AssimilationMethod, _ error: Double, within tolerance: Double) {
        (self.method, self.error, self.tolerance) = (method, error, tolerance)
    }

    /// Whether a median over seeds is within the tolerance.
    public func holds(_ median: Double) -> Bool { abs(median - error) <= tolerance }
}

extension TwinSetting {
    /// The published score of a method with exactly these parameters; nil where there is none.
    public func expectation(of method: any AssimilationMethod) -> Expectation? {
        expectations.first { $0.method.name == method.name && $0.method.values == method.values }
    }
}

/// A method under a name of its own, with the values that may be chosen from and the forecast model.
public struct ComparedMethod: Sendable {
    public let name: String
    /// The method with each combination of the listed values; tuning chooses one.
    public var candidates: [any AssimilationMethod]
    /// The name of the forecast model; nil: that of the truth.
    public let model: String?

    public init(name: String? = nil, _ candidates: [any AssimilationMethod], model: String? = nil) {
        guard let first = candidates.first else { preconditionFailure("ComparedMethod: no candidates") }
        self.name = name ?? (first.name + (model.map { "-\($0)" } ?? ""))
        (self.candidates, self.model) = (candidates, model)
    }

    public init(_ method: any AssimilationMethod, name: String? = nil, model: String? = nil) {
        self.init(name: name, [method], model: model)
    }

    /// - Parameter lists: values of parameters to choose from.
    public init(
        _ method: any AssimilationMethod, choosingFrom lists: KeyValuePairs<String, [Double]>, name: String? = nil,
        model: String? = nil
    ) {
        let candidates = lists.reduce([method]) { candidates, list in
            candidates.flatMap { candidate in list.value.map { candidate.changed(list.key, $0) } }
        }
        self.init(name: name, candidates, model: model)
    }

    public var method: any AssimilationMethod { candidates[0] }
    public var type: any AssimilationMethod.Type { Swift.type(of: candidates[0]) }
    public var isLearned: Bool { candidates[0] is any TrainableMethod }

    /// The folders and the name of the files of one training.
    public func trainingPlace(_ number: Int) -> [String] {
        candidates.count == 1 ? [name] : [name, "\(number + 1)"]
    }
    public func trainingName(_ number: Int) -> String { trainingPlace(number).joined(separator: "/") }
}

extension AssimilationMethod {
    /// The same with another value of a parameter.
    public func changed(_ parameter: String, _ value: Double) -> any AssimilationMethod { with(parameter, value) }
}
