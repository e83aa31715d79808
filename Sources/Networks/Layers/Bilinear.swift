import Tensors

/// An affine map plus products of linear forms, `y = x W + b + ((x U) ∘ (x V)) P`: `[..., inputs] → [..., outputs]`.
///
/// With enough products it is any quadratic vector field, hence the tendency of Lorenz's models (Fablet, Ouala & Herzet
/// 2018, arXiv 1712.07003). The products' weights `P` start at zero when `initialization` is `.zeros`.
public struct Bilinear: Map {
    /// `W` and `b`.
    public var linear: Dense
    /// `U` and `V`, each of shape `[inputs, products]`.
    public var left: Tensor
    public var right: Tensor
    /// `P`, of shape `[products, outputs]`.
    public var mixing: Tensor

    public init(
        _ inputs: Int, _ outputs: Int, products: Int, key: Key, initialization: Initialization = .glorotUniform,
        type: ElementType = .float64
    ) {
        precondition(products > 0, "Bilinear: \(products) products")
        let keys = key.split(4)
        linear = Dense(inputs, outputs, key: keys[0], initialization: initialization, type: type)
        // Forms that both started at zero would have a gradient of zero for ever.
        let forms: Initialization = initialization == .zeros ? .glorotUniform : initialization
        left = forms.weights([inputs, products], inputs: inputs, outputs: products, key: keys[1], type: type)
        right = forms.weights([inputs, products], inputs: inputs, outputs: products, key: keys[2], type: type)
        mixing = initialization.weights(
            [products, outputs], inputs: products, outputs: outputs, key: keys[3], type: type)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        linear(x) + (x.mappingLastAxis(left) * x.mappingLastAxis(right)).mappingLastAxis(mixing)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&linear, "linear")
        visitor.visit(&left, "left")
        visitor.visit(&right, "right")
        visitor.visit(&mixing, "mixing")
    }
}
