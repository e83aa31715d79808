import Assimilation
import Learning
import Networks
import Studies
import Tensors

/// Logistic regression, of more than two classes by the softmax of as many sums:
///
///     − Σ log p[class] / n + penalty |W|² / 2   made least,   p = softmax(x W + b)
///
/// The intercepts are not penalised, and sum to zero. Two classes have the coefficients ± β / 2 for the `β` that one sum
/// would have, under the same penalty of `β`. By Newton's method, or by a quasi-Newton method where there are many
/// coefficients. Reference: Hastie, Tibshirani & Friedman 2009, section 4.4.
public struct LogisticModel: SupervisedModel {
    public static let name = "logistic"
    public static let summary = "logistic regression, of several classes by softmax"
    public static let reference = "Hastie, Tibshirani & Friedman, The elements of statistical learning (2009), 4.4"
    public static let tasks: Set<SupervisedTask> = [.classification]
    public static let parameters: [Parameter<Self>] = [
        .penalty(\.penalty)
    ]

    public var penalty = 1e-3

    public init() {}
    public init(penalty: Double) { self.penalty = penalty }

    public var complexity: Double { -penalty }

    public func template(_ layout: SampleLayout) -> LinearPredictor { LinearPredictor(layout, .softmax) }

    /// More coefficients are found by the quasi-Newton method.
    static let mostOfNewton = 2000

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        let (p, classes) = (samples.layout.features, samples.layout.outputs)
        let problem = SoftmaxProblem(samples, penalty: classes == 2 ? 2 * penalty : penalty)
        let start = Tensor.zeros([classes * (p + 1)])
        let point: Tensor
        let outcome: Outcome
        if start.count <= Self.mostOfNewton {
            (point, _, outcome) = NewtonSearch().minimum(from: start) { problem.secondOrder($0) }
        } else {
            let search = QuasiNewton(maximumSteps: 1000, tolerance: 1e-6)
            let found = search.compiledMinimum(from: start, given: Pair(problem.rows, problem.truth)) { now, data in
                problem.value(now, rows: data.first, truth: data.second)
            }
            (point, outcome) = (
                found.point, found.search.outcome == .diverged ? .diverged(step: found.search.steps) : .completed
            )
        }
        let all = point.reshaped([classes, p + 1]).transposed
        let map = Dense(weight: all[0..<p], bias: all[p] - all[p].mean())
        return FittedModel(LinearPredictor(map, .softmax), outcome: outcome)
    }
}

/// Softmax regression of coefficients `[classes, p + 1]` as a vector, the intercept last.
private struct SoftmaxProblem: Sendable {
    /// `[n, p + 1]`, a one at the end of each row.
    let rows: Tensor
    /// One for the class of each sample, `[n, classes]`.
    let truth: Tensor
    /// `[p + 1]`, zero for the intercept.
    let penalties: Tensor

    init(_ samples: Samples, penalty: Double) {
        let x = samples.matrix
        rows = Tensor.concatenated([x, Tensor.ones([x.shape[0], 1])], axis: 1)
        truth = samples.targets.tensor.oneHot(samples.layout.outputs)
        penalties = Tensor([Double](repeating: penalty, count: x.shape[1]) + [0])
    }

    private var classes: Int { truth.shape[1] }
    private var width: Int { rows.shape[1] }

    /// With half the square of the sum over the classes, which is zero at the minimum and takes away the freedom to add
    /// the same to all of them.
    func value(_ point: Tensor, rows: Tensor, truth: Tensor) -> Tensor {
        let w = point.reshaped([truth.shape[1], rows.shape[1]])
        let sums = rows.matrixProduct(w.transposed)
        let loss = (sums.logSumExp() - (sums * truth).sum(axes: [1])).mean()
        return loss + 0.5 * (penalties * w.squared()).sum() + 0.5 * w.sum(axes: [0]).squared().sum()
    }

    func secondOrder(_ point: Tensor) -> SecondOrder {
        let n = Double(rows.shape[0])
        let w = point.reshaped([classes, width])
        let sums = rows.matrixProduct(w.transposed)
        let p = sums.softmax()
        let common = w.sum(axes: [0])
        let gradient = (p - truth).transposed.matrixProduct(rows) / n + penalties * w + common
        let columns = (0..<classes).map { p.slice(axis: 1, from: $0, to: $0 + 1) }
        let ridge = penalties.diagonalMatrix()
        let identity = Tensor.identity(width)
        var blocks = [[Tensor]](repeating: [], count: classes)
        for i in 0..<classes {
            for j in 0..<classes {
                if j < i {
                    blocks[i].append(blocks[j][i].transposed)
                    continue
                }
                let weights = columns[i] * ((i == j ? 1 : 0) - columns[j])
                let block = (rows * weights).transposed.matrixProduct(rows) / n + identity
                blocks[i].append(i == j ? block + ridge : block)
            }
        }
        let hessian = Tensor.concatenated(blocks.map { Tensor.concatenated($0, axis: 1) }, axis: 0)
        return SecondOrder(
            value: value(point, rows: rows, truth: truth).scalar, gradient: gradient.flattened(), hessian: hessian)
    }
}
