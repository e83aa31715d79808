import Tensors

/// Brings the last axis to mean zero and variance one, then scales and shifts each element:
/// `y = gain ∘ (x − mean x) / √(var x + ε) + offset`, of any shape `[..., elements]`.
///
/// Reference: Ba, Kiros & Hinton 2016, arXiv 1607.06450.
public struct LayerNormalization: Map {
    /// `[elements]`
    public var gain: Tensor
    /// `[elements]`
    public var offset: Tensor
    /// `ε`
    public let epsilon: Double

    public init(_ elements: Int, epsilon: Double = 1e-5, type: ElementType = .float64) {
        precondition(elements > 0 && epsilon > 0, "LayerNormalization: \(elements) elements, ε \(epsilon)")
        gain = Tensor.ones([elements], type: type)
        offset = Tensor.zeros([elements], type: type)
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(
            x.shape.last == gain.count,
            "a normalisation of \(gain.count) elements was given the shape \(x.shape)")
        let deviation = x - x.mean(axes: [-1]).expanded(axis: -1)
        let variance = deviation.squared().mean(axes: [-1]).expanded(axis: -1)
        return gain * deviation / (variance + Tensor(floatLiteral: epsilon)).sqrt() + offset
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&gain, "gain")
        visitor.visit(&offset, "offset")
    }
}
