import Kernels
import Tensors

/// Newton's method in a trust region, with exact Hessians: for a few dozen unknowns at most.
///
/// Each step is the exact minimum of the quadratic model in a ball, by the eigenvalues of the scaled Hessian, so that
/// negative curvature is used, not feared. Unknowns are scaled by the roots of the largest curvatures met. It has
/// converged when the reduction that Newton's full step promises is below `tolerance² · |f|`.
///
/// Reference: Nocedal & Wright 2006, algorithm 4.1 and section 4.3. Cost of a step: as many gradients as unknowns.
public struct TrustRegionNewton: Minimizer {
    public var maximumSteps: Int
    public var tolerance: Double
    /// The first radius, as a fraction of the scaled length of the start. It is small because a long first step along a
    /// model that does not hold leads to other solutions; it doubles as long as the model predicts well.
    public var radius: Double

    /// A radius beyond which the search has run away.
    private static let horizon = 1e30

    public init(maximumSteps: Int = 2000, tolerance: Double = 1e-9, radius: Double = 1e-3) {
        precondition(
            maximumSteps > 0 && tolerance > 0 && radius > 0,
            "TrustRegionNewton: \(maximumSteps) steps, tolerance \(tolerance), radius \(radius)")
        self.radius = radius
        self.maximumSteps = maximumSteps
        self.tolerance = tolerance
    }

    public func minimum(from start: Tensor, of function: @escaping (Tensor) -> Tensor) -> Minimum {
        let slope = Tensors.gradient(of: function)
        return search(from: start, Curvature(value: function) { (slope($0), jacobian(of: slope)($0)) })
    }

    /// The local minima of a function of a vector, one from each start; value, gradient and Hessian are computed in
    /// machine code.
    ///
    /// The observations that a search is about belong into `data`: searches on data of the same shapes share the
    /// programs.
    public func compiledMinima<Data: Tree>(
        from starts: [Tensor], given data: Data, of function: @escaping (Tensor, Data) -> Tensor
    ) -> [Minimum] {
        guard let first = starts.first else { return [] }
        let value = compile(like: Pair(first, data)) { function($0.first, $0.second) }
        let both = compile(like: Pair(first, data)) { input in
            let slope = Tensors.gradient(of: { function($0, input.second) })
            return Pair(slope(input.first), jacobian(of: slope)(input.first))
        }
        let curvature = Curvature(
            value: { value(Pair($0, data)) },
            derivatives: {
                let found = both(Pair($0, data))
                return (found.first, found.second)
            })
        return starts.map { search(from: $0, curvature) }
    }

    private func search(from start: Tensor, _ function: Curvature) -> Minimum {
        precondition(start.rank == 1 && start.type == .float64, "TrustRegionNewton: a start of \(start.signature)")
        guard var point = Quadratic(start, function, scale: Tensor.zeros(start.shape)) else {
            return Minimum(
                point: start, value: function.value(start).scalar, gradient: Tensor.filled(.nan, start.shape),
                outcome: .diverged, steps: 0)
        }
        let length = (point.scale * start).norm().scalar
        var radius = self.radius * (length > 0 ? length : 1)
        for step in 0..<maximumSteps {
            if point.decrement <= tolerance * tolerance * point.value.magnitude { return point.ended(.converged, step) }
            guard let (next, nextRadius) = progress(from: point, radius, function) else {
                // Further decrease is below rounding; the decrement tells whether it is small.
                return point.ended(point.decrement <= 1e-10 * point.value.magnitude ? .converged : .stalled, step)
            }
            (point, radius) = (next, nextRadius)
            if radius > TrustRegionNewton.horizon { return point.ended(.diverged, step + 1) }
        }
        return point.ended(.unfinished, maximumSteps)
    }

    /// The next point and radius; nil if no step is seen to make progress.
    private func progress(
        from point: Quadratic, _ start: Double, _ function: Curvature
    ) -> (Quadratic, Double)? {
        var radius = start
        while true {
            let trial = point.step(within: radius)
            // Below this the values of the function, differences of rounded sums, say less than its derivatives.
            let noise = 1e-10 * point.value.magnitude
            let x = point.x + trial.p
            guard x.values != point.x.values else { return nil }
            if let next = Quadratic(x, function, scale: point.scale, limit: point.value + noise) {
                let gain = (point.value - next.value) / trial.predicted
                if trial.predicted <= noise { return next.decrement < 0.5 * point.decrement ? (next, radius) : nil }
                if gain > 0.75 && trial.length > 0.9 * radius { return (next, 2 * radius) }
                if gain > 0.1 { return (next, gain < 0.25 ? 0.5 * trial.length : radius) }
            } else if trial.predicted <= noise {
                return nil
            }
            radius = 0.25 * trial.length
        }
    }
}

/// A function with its gradient and its Hessian.
private struct Curvature {
    let value: (Tensor) -> Tensor
    let derivatives: (Tensor) -> (gradient: Tensor, hessian: Tensor)

    init(
        value: @escaping (Tensor) -> Tensor, derivatives: @escaping (Tensor) -> (gradient: Tensor, hessian: Tensor)
    ) {
        (self.value, self.derivatives) = (value, derivatives)
    }
}

/// The quadratic model of a function about a point, in scaled unknowns.
private struct Quadratic {
    let x: Tensor
    let value: Double
    let gradient: Tensor
    let scale: Tensor
    /// Eigenvalues and eigenvectors of `D⁻¹ H D⁻¹`, and the scaled gradient along the latter.
    let eigenvalues: [Double]
    let eigenvectors: Tensor
    let slopes: [Double]
    /// The reduction that Newton's step promises; infinite where the function is not convex.
    let decrement: Double

    init?(_ x: Tensor, _ function: Curvature, scale: Tensor, limit: Double = .infinity) {
        self.x = x
        value = function.value(x).scalar
        guard value.isFinite && value <= limit else { return nil }
        let hessian: Tensor
        (gradient, hessian) = function.derivatives(x)
        guard (gradient.values + hessian.values).allSatisfy({ $0.isFinite }) else { return nil }
        self.scale = scale.maximum(hessian.diagonal().absolute().sqrt())
        let d = select(self.scale .> 0, self.scale, 1)
        let (values, vectors) = (hessian / d.outerProduct(d)).symmetricEigen()
        eigenvalues = values.values
        eigenvectors = vectors
        slopes = vectors.transposed.vectorProduct(gradient / d).values
        decrement =
            eigenvalues[0] <= 0
            ? .infinity : zip(slopes, eigenvalues).reduce(0.0) { $0 + 0.5 * $1.0 * $1.0 / $1.1 }
    }

    /// The minimum of the model in a ball of scaled unknowns.
    func step(within radius: Double) -> (p: Tensor, predicted: Double, length: Double) {
        var coordinates = coordinates(shift: max(0, -eigenvalues[0]))
        if eigenvalues[0] <= 0 || length(coordinates) > radius {
            coordinates = self.coordinates(shift: shift(for: radius))
            coordinates = filled(coordinates, to: radius)
        }
        let predicted = zip(coordinates, zip(slopes, eigenvalues)).reduce(0.0) {
            $0 - $1.0 * ($1.1.0 + 0.5 * $1.1.1 * $1.0)
        }
        let scaled = eigenvectors.vectorProduct(Tensor(coordinates))
        return (scaled / select(scale .> 0, scale, 1), predicted, length(coordinates))
    }

    private func length(_ coordinates: [Double]) -> Double {
        coordinates.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    }

    private func coordinates(shift: Double) -> [Double] {
        zip(slopes, eigenvalues).map { slope, eigenvalue in slope == 0 ? 0 : -slope / (eigenvalue + shift) }
    }

    /// The shift of the eigenvalues whose step is as long as the radius, by bisection on its logarithm.
    private func shift(for radius: Double) -> Double {
        let least = max(0, -eigenvalues[0])
        let (tiny, size) = (1e-16 * (eigenvalues.map(\.magnitude).max() ?? 1), length(slopes))
        var (low, high) = (tiny, max(size / radius, 2 * tiny))
        guard length(coordinates(shift: least + low)) > radius else { return least + low }
        for _ in 0..<100 where high > low * (1 + 1e-12) {
            let middle = (low * high).squareRoot()
            if length(coordinates(shift: least + middle)) > radius { low = middle } else { high = middle }
        }
        return least + high
    }

    /// In the hard case, where the gradient has no part along the lowest curvature, the rest of the radius goes there.
    private func filled(_ coordinates: [Double], to radius: Double) -> [Double] {
        let rest = radius * radius - coordinates.reduce(0.0) { $0 + $1 * $1 }
        guard eigenvalues[0] < 0, rest > 1e-3 * radius * radius else { return coordinates }
        var result = coordinates
        result[0] += (coordinates[0] < 0 ? -1 : 1) * rest.squareRoot()
        return result
    }

    func ended(_ outcome: SearchOutcome, _ steps: Int) -> Minimum {
        Minimum(point: x, value: value, gradient: gradient, outcome: outcome, steps: steps)
    }
}
