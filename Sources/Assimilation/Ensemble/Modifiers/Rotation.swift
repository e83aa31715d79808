import Tensors

/// A random rotation of the anomalies, which keeps their mean and covariance: it undoes the clusters and the outliers
/// that deterministic filters make.
///
/// Cost O(N³ + N² n). Reference: Sakov & Oke, *Implications of the form of the ensemble transformation in the ensemble
/// square root filters* (MWR 2008).
public struct Rotation: EnsembleModifier {
    public init() {}

    public func callAsFunction(_ analyzed: Ensemble, background: Ensemble) -> Ensemble {
        let keys = analyzed.key.split(2)
        let anomalies = randomRotation(analyzed.count, keys[0]).matrixProduct(analyzed.anomalies)
        return Ensemble(members: analyzed.mean + anomalies, key: keys[1])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// An analysis with a random rotation: `Rotated(ETKF())`.
public typealias Rotated<Base: Analysis> = Modified<Base, Rotation> where Base.State == Ensemble

extension Modified where Modifier == Rotation {
    public init(_ base: Base) { self.init(base, Rotation()) }
}

/// A random orthogonal matrix that leaves the vector of ones as it is: anomalies keep mean zero and their covariance.
func randomRotation(_ count: Int, _ key: Key) -> Tensor {
    // The polar factor of a normal matrix is uniform over rotations; acting beside the ones keeps the mean.
    let mean = Tensor.ones([count, count]) / Tensor(Double(count))
    let complement = Tensor.identity(count) - mean
    let noise = complement.matrixProduct(key.normal([count, count])).matrixProduct(complement)
    let gram = noise.transposed.matrixProduct(noise) + mean
    return noise.matrixProduct(gram.inverseSqrtm()) + mean
}
