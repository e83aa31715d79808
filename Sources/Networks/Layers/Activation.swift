import Tensors

/// The nonlinearity between two layers, applied to each element.
public enum Activation: String, Codable, CaseIterable, Sendable {
    case identity, tanh, relu, gelu, silu, softplus, logistic

    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .identity: x
        case .tanh: x.tanh()
        case .relu: x.maximum(0)
        case .gelu: x.gelu()
        case .silu: x.silu()
        case .softplus: x.softplus()
        case .logistic: x.logistic()
        }
    }
}
