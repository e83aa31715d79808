import Tensors

/// An explicit Runge–Kutta method of order five with adaptive steps, for systems that are not stiff.
///
/// The error of each step, by the embedded method of order four, is kept below `absolute + tolerance |x|`. Each
/// trajectory has its own steps, also under `vmap`. Six evaluations of the tendency for a step. Memory of derivatives:
/// `most` states.
///
/// Reference: Tsitouras, *Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying assumption*
/// (Computers & Mathematics with Applications, 2011).
public struct Tsitouras5: AdaptiveIntegrator {
    /// The relative error of a step.
    public let tolerance: Double
    /// The absolute error of a step, in the unit of the state.
    public let absolute: Double
    /// The most steps of an interval that are tried; beyond it the state is NaN.
    public let most: Int

    /// - Parameter absolute: by default a thousandth of the relative error.
    public init(tolerance: Double = 1e-6, absolute: Double? = nil, most: Int = 10_000) {
        let absolute = absolute ?? tolerance / 1000
        precondition(
            tolerance > 0 && absolute >= 0 && most > 0,
            "Tsitouras5: errors of \(tolerance) and \(absolute), at most \(most) steps")
        (self.tolerance, self.absolute, self.most) = (tolerance, absolute, most)
    }

    public func integration<F: Tendency>(
        _ f: F, from state: Tensor, at start: Tensor, to end: Tensor
    ) -> Integration {
        StepControl(method: Tsitouras54(), tolerance: tolerance, absolute: absolute, most: most)
            .integration(f, from: state, at: start, to: end)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// A step of the pair of order 5(4).
struct Tsitouras54: EmbeddedMethod {
    var order: Double { 5 }

    static let times = [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1]
    /// The weights of the stages before each stage; the last row is the result.
    static let weights: [[Double]] = [
        [], [0.161], [-0.008480655492356989, 0.335480655492357],
        [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
        [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
        [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
        [
            0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774,
        ],
    ]
    /// The weights of the difference of the two results.
    static let error = [
        -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
        0.5823571654525552, -0.45808210592918697, 0.015151515151515152,
    ]

    /// The coefficients of the first four powers of the part of a step that has passed in the weight of each stage.
    static let interpolant: [[Double]] = [
        [1, -2.763706197274826, 2.9132554618219126, -1.0530884977290216],
        [0, 0.13169999999999998, -0.2234, 0.1017], [0, 3.9302962368947516, -5.941033872131505, 2.490627285651253],
        [0, -12.411077166933676, 30.33818863028232, -16.548102889244902],
        [0, 37.50931341651104, -88.1789048947664, 47.37952196281928],
        [0, -27.896526289197286, 65.09189467479366, -34.87065786149661], [0, 1.5, -4, 2.5],
    ]

    /// The stages after the first, which is given, and the result.
    private func stages<F: Tendency>(
        _ f: F, _ x: Tensor, _ slope: Tensor, _ time: Tensor, _ h: Tensor
    ) -> (slopes: [Tensor], state: Tensor) {
        let step = h.cast(to: x.type)
        func moved(_ slopes: [Tensor], _ weights: [Double]) -> Tensor { x + step * Self.sum(weights, slopes) }
        let slopes = (1..<6).reduce(into: [slope]) { slopes, stage in
            slopes.append(f(moved(slopes, Self.weights[stage]), time: time + Self.times[stage] * h))
        }
        return (slopes, moved(slopes, Self.weights[6]))
    }
    private static func sum(_ weights: [Double], _ slopes: [Tensor]) -> Tensor {
        let terms = zip(weights, slopes).map { $0 * $1 }
        return terms.dropFirst().reduce(terms[0], +)
    }

    func advanced<F: Tendency>(_ f: F, _ x: Tensor, _ time: Tensor, _ h: Tensor) -> Tensor {
        stages(f, x, f(x, time: time), time, h).state
    }

    /// The seven stages, `[7, n]`, of which the last is the tendency at the end.
    func slopes<F: Tendency>(_ f: F, _ x: Tensor, _ time: Tensor, _ h: Tensor) -> Tensor {
        let (slopes, state) = stages(f, x, f(x, time: time), time, h)
        return Tensor.stacked(slopes + [f(state, time: time + h)])
    }

    func trial<F: Tendency>(
        _ f: F, _ x: Tensor, slope: Tensor, _ time: Tensor, _ h: Tensor
    ) -> (state: Tensor, error: Tensor, slope: Tensor) {
        let (slopes, state) = stages(f, x, slope, time, h)
        let last = f(state, time: time + h)
        return (state, h.cast(to: x.type) * Self.sum(Self.error, slopes + [last]), last)
    }
}
