/// Applies an operation: at once if its operands are known, into the graph if one of them is traced, or both.
func applyAll(_ operation: Operation, _ operands: [Tensor]) -> [Tensor] {
    var graph: Graph?
    var isKnown = true
    for operand in operands {
        isKnown = isKnown && operand.storage != nil
        if graph == nil, let tracer = operand.tracer { graph = tracer.graph }
    }
    let results = operation.results(operands)
    let values = isKnown ? operation.value(operands, results) : nil
    if let graph { return graph.record(operation, operands, results, values) }
    return zip(results, values ?? []).map { Tensor(shape: $0.shape, type: $0.type, storage: $1, tracer: nil) }
}

func apply(_ operation: Operation, _ operands: Tensor...) -> Tensor { applyAll(operation, operands)[0] }

/// An operation on one tensor. No lists are made for an elementwise function of known real
/// untraced tensors.
func apply(_ operation: Operation, _ x: Tensor) -> Tensor {
    if case .unary(let f) = operation, x.tracer == nil, let storage = x.storage, x.type.isReal, f != .logicalNot {
        return Tensor(shape: x.shape, type: x.type, storage: unaryValue(f, storage), tracer: nil)
    }
    return applyAll(operation, [x])[0]
}

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
