import Tensors

/// Checks that the error of a method shrinks with the power `order` of its step.
///
/// - Parameters:
///   - name: the name of the method in violations.
///   - order: the order that theory gives.
///   - steps: from coarse to fine; the observed order is the slope between each two neighbours.
///   - exact: the solution, or one by a much finer step.
///   - solution: by the method with a given step.
public func checkOrderOfConvergence(
    _ name: String, order: Double, steps: [Double], tolerance: Double = 0.2, exact: Tensor,
    _ solution: (Double) -> Tensor
) -> [Violation] {
    var findings = Findings(name)
    let errors = steps.map { (solution($0) - exact).norm().scalar }
    for i in steps.indices.dropFirst() {
        let slope = observedOrder(Array(errors[(i - 1)...i]), steps: Array(steps[(i - 1)...i]))
        findings.equal("order of convergence \(order), observed \(slope)", slope, order, allowed: tolerance)
    }
    return findings.violations
}

/// The slope of the logarithm of two errors over that of two steps.
func observedOrder(_ errors: [Double], steps: [Double]) -> Double {
    let (error, step) = (Tensor(errors).log(), Tensor(steps).log())
    return ((error[0] - error[1]) / (step[0] - step[1])).scalar
}
