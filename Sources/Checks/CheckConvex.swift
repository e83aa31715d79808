import Tensors

/// Checks that a function of a vector is convex about given points: the function lies below its chords between pairs of
/// points, above its tangents, and its Hessian has no negative eigenvalue.
///
/// - Parameters:
///   - points: `[count, n]`, in double precision, at least two; a grid or a sample of the set in question.
///   - tolerance: of rounding, in units of the largest value, slope or curvature met.
///
/// Cost: a Hessian for each point, and all pairs of points. Reference: Boyd & Vandenberghe 2004, *Convex optimization*,
/// section 3.1.
public func checkConvex(
    _ name: String, at points: Tensor, tolerance: Double = 1e-9, _ function: @escaping (Tensor) -> Tensor
) -> [Violation] {
    precondition(
        points.rank == 2 && points.shape[0] > 1 && points.type == .float64,
        "checkConvex: points \(points.signature), not two or more rows in double precision")
    var findings = Findings(name)
    let x = (0..<points.shape[0]).map { points[$0] }
    let values = x.map { function($0).scalar }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
        findings.add("values are finite", at: "\(x[place].values)", measured: values[place], allowed: 0)
        return findings.violations
    }
    let slope = gradient(of: function)
    let slopes = x.map { slope($0) }
    let scale = max(1, values.map(abs).max() ?? 0)
    let curvature = hessian(of: function)
    for i in x.indices {
        let matrix = curvature(x[i])
        let eigenvalues = (0.5 * (matrix + matrix.transposed)).symmetricEigen().values.values
        let least = eigenvalues.min() ?? 0
        let allowed = tolerance * max(1, eigenvalues.map(abs).max() ?? 0)
        if !(least >= -allowed) {
            findings.add("the Hessian is not negative", at: "\(x[i].values)", measured: -least, allowed: allowed)
        }
        for j in x.indices where j != i {
            let tangent = values[i] + slopes[i].dot(x[j] - x[i]).scalar
            if !(values[j] >= tangent - tolerance * max(scale, abs(tangent))) {
                findings.add(
                    "above its tangents", at: "from \(x[i].values) to \(x[j].values)", measured: tangent - values[j],
                    allowed: tolerance * max(scale, abs(tangent)))
            }
            guard j > i else { continue }
            for share in [0.25, 0.5, 0.75] {
                let chord = (1 - share) * values[i] + share * values[j]
                let between = function((1 - share) * x[i] + share * x[j]).scalar
                if !(between <= chord + tolerance * scale) {
                    findings.add(
                        "below its chords", at: "between \(x[i].values) and \(x[j].values)", measured: between - chord,
                        allowed: tolerance * scale)
                }
            }
        }
    }
    return findings.violations
}
