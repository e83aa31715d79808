import Tensors

/// The nonlinearity between two layers, applied to each element.
public enum Activation: String, Codable, CaseIterable, Sendable {
    case identity, tanh, relu, gelu, silu, softplus, logistic

    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .identity: x
        case .tanh: x.tanh()
        case .relu: x.maximum(0)
        // x Φ(x), not its approximation by tanh (Hendrycks & Gimpel 2016, arXiv 1606.08415).
        case .gelu: 0.5 * x * (1 + (x * 0.5.squareRoot()).erf())
        // x / (1 + exp(−x)) (Elfwing et al. 2018, arXiv 1702.03118).
        case .silu: x * x.logistic()
        case .softplus: x.softplus()
        case .logistic: x.logistic()
        }
    }
}
