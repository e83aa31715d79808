import Tensors

/// How the weights of a layer are drawn: mean zero, and a variance that keeps the size of signals from layer to layer.
public enum Initialization: String, Codable, CaseIterable, Sendable {
    /// Variance `2 / (inputs + outputs)`, uniform (Glorot & Bengio 2010, eq. 16).
    case glorotUniform
    /// Variance `2 / (inputs + outputs)`, normal.
    case glorotNormal
    /// Variance `2 / inputs`, normal, for rectifiers (He et al. 2015, arXiv 1502.01852).
    case heNormal
    /// Variance `1 / inputs`, normal (LeCun et al. 1998).
    case lecunNormal
    /// All zero: a layer that starts as nothing.
    case zeros

    /// Weights of `shape`, each output a sum over `inputs` elements and each input a part of `outputs` sums.
    public func weights(
        _ shape: [Int], inputs: Int, outputs: Int, key: Key, type: ElementType = .float64
    ) -> Tensor {
        let drawn: Tensor =
            switch self {
            case .glorotUniform: (2 * key.uniform(shape) - 1) * (6 / Double(inputs + outputs)).squareRoot()
            case .glorotNormal: key.normal(shape) * (2 / Double(inputs + outputs)).squareRoot()
            case .heNormal: key.normal(shape) * (2 / Double(inputs)).squareRoot()
            case .lecunNormal: key.normal(shape) * (1 / Double(inputs)).squareRoot()
            case .zeros: Tensor.zeros(shape)
            }
        return drawn.cast(to: type)
    }
}
