import Tensors

/// Minimises a smooth function of a few dozen parameters, from values and gradients alone.
///
/// Broyden, Fletcher, Goldfarb and Shanno's method on a dense approximation of the inverse Hessian, with a step that is never
/// longer than `longestStep`, shortened by cubic interpolation until Armijo's condition holds; updates without positive
/// curvature are left out. The function need not be convex; it must be finite at the start. Reference: Nocedal & Wright,
/// *Numerical Optimization* (2006), §3.1, §6.1.
public struct QuasiNewton: Sendable {
    public var iterations: Int
    /// The search ends when no component of the gradient is larger than this ...
    public var gradientTolerance: Double
    /// ... or when twice in a row the value falls by less than this.
    public var valueTolerance: Double
    public var longestStep: Double

    public init(
        iterations: Int = 200, gradientTolerance: Double = 1e-3, valueTolerance: Double = 1e-5, longestStep: Double = 3
    ) {
        self.iterations = iterations
        self.gradientTolerance = gradientTolerance
        self.valueTolerance = valueTolerance
        self.longestStep = longestStep
    }

    /// Why the search ended.
    public enum Ending: String, Sendable, Codable {
        /// The gradient vanishes, or the value falls no more.
        case converged
        /// No step along the direction lowers the value, yet the gradient is not small.
        case stalled
        /// All iterations were used.
        case unfinished
        /// The function is not finite at the start.
        case notFinite
    }

    public struct Result<Parameters: Tree>: Sendable {
        public let parameters: Parameters
        public let value: Double
        public let ending: Ending
        public let iterations: Int
        /// How often the value and the gradient were computed.
        public let evaluations: Int
    }

    /// - Parameter eachIteration: called after each iteration with its number from 1 and the value.
    public func minimize<Parameters: Tree>(
        _ function: @escaping (Parameters) -> Tensor, from start: Parameters,
        eachIteration: (Int, Double) -> Void = { _, _ in }
    ) -> Result<Parameters> {
        let evaluate = valueAndGradient(of: function)
        func point(_ x: [Double]) -> Point {
            let (value, gradient) = evaluate(start.replacing(numbers: x))
            return Point(x: x, value: value.scalar, gradient: gradient.leaves.flatMap(\.values))
        }
        var search = Search(current: point(start.leaves.flatMap(\.values)), longestStep: longestStep)
        var small = 0
        var done = 0
        var ending = search.current.isFinite ? Ending.unfinished : .notFinite
        while ending == .unfinished && done < iterations {
            if search.current.gradient.allSatisfy({ abs($0) <= gradientTolerance }) {
                ending = .converged
                break
            }
            let before = search.current.value
            guard search.advance(point) else {
                ending = .stalled
                break
            }
            done += 1
            eachIteration(done, search.current.value)
            small = before - search.current.value < valueTolerance ? small + 1 : 0
            if small == 2 { ending = .converged }
        }
        return Result(
            parameters: start.replacing(numbers: search.current.x), value: search.current.value, ending: ending,
            iterations: done, evaluations: search.evaluations + 1)
    }
}

extension Tree {
    /// The same tree with the numbers of all its leaves, one after the other.
    fileprivate func replacing(numbers: [Double]) -> Self {
        var next = 0
        return mappingLeaves { leaf in
            defer { next += leaf.count }
            return Tensor(Array(numbers[next..<(next + leaf.count)]), shape: leaf.shape)
        }
    }
}

private struct Point {
    var x: [Double]
    var value: Double
    var gradient: [Double]
    var isFinite: Bool { value.isFinite && gradient.allSatisfy(\.isFinite) }
}

/// The state of a search: where it is, and what it knows of the curvature.
private struct Search {
    var current: Point
    let longestStep: Double
    /// The approximation of the inverse Hessian, row by row; nil before the first step.
    var inverse: [[Double]]?
    var evaluations = 0

    init(current: Point, longestStep: Double) {
        (self.current, self.longestStep) = (current, longestStep)
    }

    /// One step along the direction of the approximation, or if that fails of the gradient; false if none lowers the value.
    mutating func advance(_ point: ([Double]) -> Point) -> Bool {
        if step(point) { return true }
        guard inverse != nil else { return false }
        inverse = nil
        return step(point)
    }

    private mutating func step(_ point: ([Double]) -> Point) -> Bool {
        var direction = current.gradient.map { -$0 }
        if let inverse { direction = inverse.map { row in -dot(row, current.gradient) } }
        var slope = dot(direction, current.gradient)
        guard slope < 0 else { return false }
        let length = dot(direction, direction).squareRoot()
        let longest = inverse == nil ? min(longestStep, 1) : longestStep
        if inverse == nil || length > longest {
            direction = direction.map { $0 * longest / length }
            slope *= longest / length
        }
        var share = 1.0
        for _ in 0..<25 {
            let trial = point(zip(current.x, direction).map { $0 + share * $1 })
            evaluations += 1
            if trial.isFinite && trial.value <= current.value + 1e-4 * share * slope {
                update(to: trial)
                return true
            }
            // The minimum of the parabola through the value, the slope and the trial's value.
            let excess = trial.value - current.value - share * slope
            let next = trial.isFinite && excess > 0 ? -slope * share * share / (2 * excess) : 0
            share = min(max(next, 0.1 * share), 0.5 * share)
        }
        return false
    }

    private mutating func update(to next: Point) {
        let s = zip(next.x, current.x).map(-)
        let y = zip(next.gradient, current.gradient).map(-)
        let curvature = dot(s, y)
        current = next
        guard curvature > 1e-10 * (dot(s, s) * dot(y, y)).squareRoot() else { return }
        let n = s.count
        var h = inverse ?? (0..<n).map { i in (0..<n).map { $0 == i ? curvature / dot(y, y) : 0 } }
        let hy = h.map { dot($0, y) }
        let factor = (1 + dot(y, hy) / curvature) / curvature
        for i in 0..<n {
            for j in 0..<n { h[i][j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / curvature }
        }
        inverse = h
    }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
}
