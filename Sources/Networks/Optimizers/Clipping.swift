import Tensors

/// An optimizer that sees gradients no larger than a limit.
public struct Clipped<Base: Optimizer>: Optimizer {
    public enum Limit: Sendable, Equatable, Codable {
        /// All gradients together are scaled down to this euclidean norm.
        case norm(Double)
        /// Each element is held between `−limit` and `limit`.
        case value(Double)
    }

    public var base: Base
    public let limit: Limit

    public init(_ base: Base, to limit: Limit) {
        switch limit {
        case .norm(let size), .value(let size): precondition(size > 0, "Clipped: a limit of \(size)")
        }
        self.base = base
        self.limit = limit
    }

    public var memory: Int { base.memory }

    public func update(
        _ parameters: [Tensor], gradients: [Tensor], memory: [[Tensor]], step: Tensor
    ) -> (parameters: [Tensor], memory: [[Tensor]]) {
        let clipped: [Tensor] =
            switch limit {
            case .norm(let size): scaledDown(gradients, to: size)
            case .value(let size): gradients.map { held($0, within: size) }
            }
        return base.update(parameters, gradients: clipped, memory: memory, step: step)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&base, "base") }
}

extension Optimizer {
    /// The same optimizer, with gradients no larger than a limit.
    public func clipped(to limit: Clipped<Self>.Limit) -> Clipped<Self> { Clipped(self, to: limit) }
}

/// `g · size / max(‖g‖, size)`, the norm over all tensors.
private func scaledDown(_ gradients: [Tensor], to size: Double) -> [Tensor] {
    let squares = gradients.map { $0.squared().sum().cast(to: .float64) }
    guard let first = squares.first else { return gradients }
    let largest = squares.dropFirst().reduce(first, +).maximum(Tensor(size * size))
    let scale = size / largest.sqrt()
    return gradients.map { $0 * scale.cast(to: $0.type) }
}

private func held(_ gradient: Tensor, within size: Double) -> Tensor {
    gradient.clipped(from: Tensor(floatLiteral: -size), to: Tensor(floatLiteral: size))
}
