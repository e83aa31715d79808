/// Applies an operation: at once if its operands are known, into the graph if one of them is traced, or both.
func applyAll(_ operation: Operation, _ operands: [Tensor]) -> [Tensor] {
    let results = operation.results(operands)
    let values = operands.allSatisfy(\.isKnown) ? operation.value(operands, results) : nil
    guard let graph = operands.lazy.compactMap(\.trace).first?.graph else {
        return zip(results, values ?? []).map { Tensor(shape: $0.shape, type: $0.type, storage: $1, trace: nil) }
    }
    return graph.record(operation, operands, results, values)
}

func apply(_ operation: Operation, _ operands: Tensor...) -> Tensor { applyAll(operation, operands)[0] }

/// The shape and element type of a tensor.
public struct Signature: Sendable, Equatable, CustomStringConvertible {
    public let shape: [Int]
    public let type: ElementType
    public init(_ shape: [Int], _ type: ElementType = .float64) {
        self.shape = shape
        self.type = type
    }
    public var description: String { "\(type)\(shape)" }
}

extension Tensor {
    public var signature: Signature { Signature(shape, type) }
}
