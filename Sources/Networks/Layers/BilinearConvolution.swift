import Tensors

/// Convolutions along a periodic last axis, some as they are and some as products of two:
/// `[..., inputs, length] → [..., linear + products, length]`.
///
/// `y = (a(x), b(x) ∘ c(x))` for periodic convolutions `a`, `b`, `c`: what quadratic advection between neighbours
/// needs. Reference: Brajard et al. 2020, J. Comput. Sci. 44, 101171, section 3.
public struct BilinearConvolution: Map {
    /// `a`
    public var linear: PeriodicConvolution
    /// `b` and `c`
    public var left: PeriodicConvolution
    public var right: PeriodicConvolution

    public init(
        _ inputs: Int, linear: Int, products: Int, width: Int, key: Key, type: ElementType = .float64
    ) {
        let keys = key.split(3)
        self.linear = PeriodicConvolution(inputs, linear, width: width, key: keys[0], type: type)
        left = PeriodicConvolution(inputs, products, width: width, key: keys[1], type: type)
        right = PeriodicConvolution(inputs, products, width: width, key: keys[2], type: type)
    }

    public var outputs: Int { linear.weight.shape[0] + left.weight.shape[0] }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        Tensor.concatenated([linear(x), left(x) * right(x)], axis: -2)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&linear, "linear")
        visitor.visit(&left, "left")
        visitor.visit(&right, "right")
    }
}
