import Networks
import Studies
import Tensors

/// The mean of the targets, or the shares of the classes, of the nearest samples by Euclidean distance.
public struct NearestNeighbors: SupervisedModel {
    public static let name = "nearest-neighbors"
    public static let summary = "the mean of the nearest samples: a baseline without assumptions"
    public static let reference = "Cover & Hart, IEEE Trans. Inf. Theory 13 (1967), 21-27"
    public static let tasks = Set(SupervisedTask.allCases)
    public static let parameters: [Parameter<Self>] = [
        .integer("neighbors", \.neighbors, 1...100_000, "Number of nearest samples.")
    ]

    public var neighbors = 5

    public init() {}
    public init(neighbors: Int) { self.neighbors = neighbors }

    public var complexity: Double { -Double(neighbors) }

    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        neighbors <= layout.count
            ? nil : ("\(neighbors) neighbours among \(layout.count) samples of training", "at most as many")
    }

    public func template(_ layout: SampleLayout) -> NeighborPredictor {
        NeighborPredictor(
            points: Tensor.zeros([layout.count, layout.features]),
            values: Tensor.zeros([layout.count, layout.outputs]), neighbors: neighbors, task: layout.task)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<NeighborPredictor> {
        let targets = samples.targets.tensor
        let values =
            samples.layout.task == .regression
            ? targets.expanded(axis: -1) : targets.oneHot(samples.layout.outputs)
        return FittedModel(
            NeighborPredictor(
                points: samples.matrix, values: values, neighbors: neighbors, task: samples.layout.task))
    }
}

public struct NeighborPredictor: Predictor {
    /// `[M, features]`
    public var points: Tensor
    /// Targets, or one for the class, `[M, outputs]`.
    public var values: Tensor
    public let neighbors: Int
    let task: SupervisedTask

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let rows = x.reshaped([x.shape[0], points.shape[1]]).cast(to: .float64)
        let distances = squaredDistances(rows, points).values
        let (known, outputs, count) = (values.values, values.shape[1], points.shape[0])
        var found = [Double](repeating: 0, count: rows.shape[0] * outputs)
        for row in 0..<rows.shape[0] {
            let own = distances[(row * count)..<((row + 1) * count)]
            for sample in nearest(Array(own)) {
                for output in 0..<outputs { found[row * outputs + output] += known[sample * outputs + output] }
            }
        }
        let mean = Tensor(found, shape: [rows.shape[0], outputs]) / Tensor(Double(neighbors))
        return task == .regression ? mean.reshaped([rows.shape[0]]) : mean
    }

    /// The samples of the smallest distances, the first of equal ones, by a heap of so many.
    private func nearest(_ distances: [Double]) -> [Int] {
        var best: [(distance: Double, sample: Int)] = []
        for (sample, distance) in distances.enumerated() {
            if best.count == neighbors, let last = best.last, distance >= last.distance { continue }
            var place = best.count
            while place > 0, best[place - 1].distance > distance { place -= 1 }
            best.insert((distance, sample), at: place)
            if best.count > neighbors { best.removeLast() }
        }
        return best.map(\.sample)
    }

    public func predictions(_ x: Tensor) -> Tensor { inParts(x, of: max(1, 4_000_000 / points.shape[0])) { self($0) } }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&points, "points")
        visitor.visit(&values, "values")
    }
}

/// `|a − b|²` between rows, `[n, p]` and `[m, p]` to `[n, m]`, never negative.
func squaredDistances(_ a: Tensor, _ b: Tensor) -> Tensor {
    let squares = a.squared().sum(axes: [1]).expanded(axis: 1) + b.squared().sum(axes: [1])
    return (squares - 2 * a.matrixProduct(b.transposed)).maximum(0)
}

/// The results of parts of so many rows, one after the other.
func inParts(_ x: Tensor, of size: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    let count = x.shape[0]
    if count <= size { return body(x) }
    return Tensor.concatenated(stride(from: 0, to: count, by: size).map { body(x[$0..<min(count, $0 + size)]) })
}
