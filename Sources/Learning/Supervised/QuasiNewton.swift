import Kernels
import Tensors

/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno, for many unknowns: one gradient a step.
///
/// Directions come from the last changes of gradient by the two-loop recursion, step lengths from a search for the
/// strong Wolfe conditions. It has converged when the reduction that the next step promises is below
/// `tolerance² · |f|`, with `|f|` no smaller than 10⁻¹⁰ of its first value.
/// Unknowns of very different sizes should be scaled by the caller.
///
/// Reference: Nocedal & Wright 2006, algorithms 7.4, 3.5 and 3.6.
public struct QuasiNewton: Minimizer {
    public var maximumSteps: Int
    public var tolerance: Double
    /// How many changes are remembered.
    public var memory: Int

    public init(maximumSteps: Int = 2000, tolerance: Double = 1e-7, memory: Int = 20) {
        precondition(
            maximumSteps > 0 && tolerance > 0 && memory > 0,
            "QuasiNewton: \(maximumSteps) steps, tolerance \(tolerance), memory of \(memory)")
        self.maximumSteps = maximumSteps
        self.tolerance = tolerance
        self.memory = memory
    }

    public func minimum(from start: Tensor, of function: @escaping (Tensor) -> Tensor) -> Minimum {
        search(from: start, slope: valueAndGradient(of: function))
    }

    /// The local minimum of a function of any tree, whose value and gradient are computed in machine code.
    ///
    /// The data of a search, such as observations, belong into `data`: searches on data of the same shapes share the
    /// program. Everything else that the function captures is constant in it.
    ///
    /// - Parameter eachEvaluation: called whenever value and gradient are asked for.
    public func compiledMinimum<T: Tree, Data: Tree>(
        from start: T, given data: Data, eachEvaluation: @escaping () -> Void = {},
        of function: @escaping (T, Data) -> Tensor
    ) -> (point: T, search: Minimum) {
        let slope = compile(like: Pair(start.flattened, data)) { input in
            let found = valueAndGradient(of: { function(start.unflattened($0), input.second) })(input.first)
            return Pair(found.value, found.gradient)
        }
        let found = search(from: start.flattened) { x in
            eachEvaluation()
            let found = slope(Pair(x, data))
            return (found.first, found.second)
        }
        return (start.unflattened(found.point), found)
    }

    private func search(
        from start: Tensor, slope: @escaping (Tensor) -> (value: Tensor, gradient: Tensor)
    ) -> Minimum {
        precondition(start.rank == 1 && start.type == .float64, "QuasiNewton: a start of \(start.signature)")
        let evaluate = { (x: Tensor) in Slope(x, slope(x)) }
        var point = evaluate(start)
        guard point.isFinite else { return point.ended(.diverged, 0) }
        var history = History(memory: memory)
        let least = 1e-10 * point.value.magnitude
        for step in 0..<maximumSteps {
            let direction = -history.inverseHessianProduct(point.gradient)
            let promised = -0.5 * point.along(direction) / max(point.value.magnitude, least)
            let isNear = !history.isEmpty && promised <= tolerance * tolerance
            if isNear || point.gradient.values.allSatisfy({ $0 == 0 }) { return point.ended(.converged, step) }
            let first = history.isEmpty ? min(1, 1 / point.gradient.norm().scalar) : 1
            if let next = LineSearch(start: point, direction: direction, evaluate: evaluate).run(first: first) {
                history.append(next.x - point.x, next.gradient - point.gradient)
                let hasRunAway = (next.x - point.x).norm().scalar > LineSearch.horizon * direction.norm().scalar
                point = next
                if hasRunAway { return point.ended(.diverged, step + 1) }
            } else if history.isEmpty || promised <= 1e-10 {
                // Further decrease is below rounding.
                return point.ended(!history.isEmpty ? .converged : .stalled, step)
            } else {
                history = History(memory: memory)  // once more along the gradient
            }
        }
        return point.ended(.unfinished, maximumSteps)
    }
}

/// A function's value and gradient at a point.
private struct Slope {
    let x: Tensor
    let value: Double
    let gradient: Tensor

    init(_ x: Tensor, _ found: (value: Tensor, gradient: Tensor)) {
        self.x = x
        value = found.value.scalar
        gradient = found.gradient
    }
    var isFinite: Bool { value.isFinite && gradient.values.allSatisfy { $0.isFinite } }
    func along(_ direction: Tensor) -> Double { gradient.dot(direction).scalar }
    func ended(_ outcome: SearchOutcome, _ steps: Int) -> Minimum {
        Minimum(point: x, value: value, gradient: gradient, outcome: outcome, steps: steps)
    }
}

/// The last changes `s` of the point and `y` of the gradient.
private struct History {
    let memory: Int
    private var pairs: [(s: Tensor, y: Tensor, curvature: Double)] = []
    var isEmpty: Bool { pairs.isEmpty }

    init(memory: Int) { self.memory = memory }

    mutating func append(_ s: Tensor, _ y: Tensor) {
        let curvature = s.dot(y).scalar
        guard curvature > 1e-14 * s.norm().scalar * y.norm().scalar else { return }
        pairs.append((s, y, curvature))
        if pairs.count > memory { pairs.removeFirst() }
    }

    /// `H g` by the two-loop recursion.
    func inverseHessianProduct(_ gradient: Tensor) -> Tensor {
        var q = gradient
        var weights: [Double] = []
        for pair in pairs.reversed() {
            weights.append(pair.s.dot(q).scalar / pair.curvature)
            q = q - weights[weights.count - 1] * pair.y
        }
        if let last = pairs.last { q = q * (last.curvature / last.y.dot(last.y).scalar) }
        for (pair, weight) in zip(pairs, weights.reversed()) {
            q = q + (weight - pair.y.dot(q).scalar / pair.curvature) * pair.s
        }
        return q
    }
}

/// A step length that meets the strong Wolfe conditions, with constants 10⁻⁴ and 0.9.
private struct LineSearch {
    let start: Slope
    let direction: Tensor
    let evaluate: (Tensor) -> Slope
    /// A length at which a search that still descends has run away.
    static let horizon = 0x1p50

    private struct Trial {
        let length: Double
        let point: Slope
        let slope: Double
    }
    private func trial(_ length: Double) -> Trial {
        let point = evaluate(start.x + length * direction)
        return Trial(length: length, point: point, slope: point.isFinite ? point.along(direction) : .nan)
    }
    private var initialSlope: Double { start.along(direction) }
    private func isTooHigh(_ t: Trial, above low: Trial) -> Bool {
        !(t.point.isFinite && t.point.value <= start.value + 1e-4 * t.length * initialSlope
            && t.point.value < low.point.value)
    }
    private func isFlat(_ t: Trial) -> Bool { t.slope.magnitude <= -0.9 * initialSlope }

    /// Nil if the direction does not descend, or rounding hides the descent.
    func run(first: Double) -> Slope? {
        guard initialSlope < 0 else { return nil }
        var low = Trial(length: 0, point: start, slope: initialSlope)
        var length = first
        while length < 4 * LineSearch.horizon {
            let next = trial(length)
            if isTooHigh(next, above: low) { return zoom(low, next) }
            if isFlat(next) { return next.point }
            if next.slope >= 0 { return zoom(next, low) }
            low = next
            length *= 2
        }
        return low.point.value < start.value ? low.point : nil
    }

    /// Narrows an interval whose lower end is the better one.
    private func zoom(_ first: Trial, _ second: Trial) -> Slope? {
        var (low, high) = (first, second)
        for _ in 0..<60 where low.length != high.length {
            let next = trial(between(low, high))
            if isTooHigh(next, above: low) {
                high = next
            } else {
                if isFlat(next) { return next.point }
                if next.slope * (high.length - low.length) >= 0 { high = low }
                low = next
            }
        }
        return low.point.value < start.value ? low.point : nil
    }

    /// The minimum of the parabola through both values and the slope at the lower end, kept inside the interval.
    private func between(_ low: Trial, _ high: Trial) -> Double {
        let width = high.length - low.length
        let curvature = high.point.value - low.point.value - low.slope * width
        let fraction = -0.5 * low.slope * width / curvature
        return low.length + width * (fraction.isFinite ? min(max(fraction, 0.1), 0.9) : 0.5)
    }
}
