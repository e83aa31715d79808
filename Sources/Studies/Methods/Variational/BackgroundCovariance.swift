import Assimilation
import Tensors

/// The covariance that a variational method scales.
public enum BackgroundCovariance: String, CaseIterable, Sendable {
    case climate, identity

    func matrix(_ climate: Gaussian) -> Tensor {
        switch self {
        case .climate: climate.covariance
        case .identity: Tensor.identity(climate.mean.count)
        }
    }
}

extension Parameter where Subject: AssimilationMethod {
    static func covariance(_ path: WritableKeyPath<Subject, BackgroundCovariance> & Sendable) -> Self {
        .choice("covariance", path, "The covariance that is scaled: that of the climate, or the identity.")
    }
}
