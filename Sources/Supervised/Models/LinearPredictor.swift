import Networks
import Tensors

/// A linear predictor, the identity or an inverse link behind it.
public struct LinearPredictor: Predictor {
    public enum Link: String, Sendable {
        /// The sum itself.
        case identity
        /// Its exponential.
        case exponential
        /// The softmax of the sums of all classes.
        case softmax
    }

    public var map: Dense
    public let link: Link

    init(_ map: Dense, _ link: Link) { (self.map, self.link) = (map, link) }

    /// Of a layout, with coefficients of zero.
    init(_ layout: SampleLayout, _ link: Link) {
        let zero = Dense(
            weight: Tensor.zeros([layout.features, layout.outputs]), bias: Tensor.zeros([layout.outputs]))
        self.init(zero, link)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let sums = map(x.reshaped([x.shape[0], map.inputs]).cast(to: .float64))
        switch link {
        case .identity: return sums.reshaped([x.shape[0]])
        case .exponential: return sums.reshaped([x.shape[0]]).exp()
        case .softmax: return sums.softmax()
        }
    }

    public var coefficients: Tensor? { map.weight }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&map, "map") }
}
