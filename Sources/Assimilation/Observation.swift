import Tensors

/// The measurements of one time: `values = operator(state) + error`, `error ~ N(0, errorCovariance)`.
///
/// `mask` is 1 where a value exists and 0 where it is missing; a missing value has no influence, whatever number stands
/// there (it must be finite: use 0).
public struct Observation<Operator: StateMap>: Tree {
    /// When, in steps of the model; a scalar.
    public var time: Tensor
    public var values: Tensor
    public var mask: Tensor
    public var errorCovariance: Tensor
    public var `operator`: Operator

    public init(
        time: Tensor = 0, values: Tensor, mask: Tensor? = nil, errorCovariance: Tensor, operator: Operator
    ) {
        let m = values.count
        precondition(
            errorCovariance.shape == [m, m], "\(m) values with an error covariance of shape \(errorCovariance.shape)")
        self.time = time
        self.values = values
        self.mask = mask ?? Tensor.ones(values.shape)
        self.errorCovariance = errorCovariance
        self.operator = `operator`
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&time, "time")
        visitor.visit(&values, "values")
        visitor.visit(&mask, "mask")
        visitor.visit(&errorCovariance, "errorCovariance")
        visitor.visit(&`operator`, "operator")
    }

    /// The likelihood of an innovation, zero where values are missing, if the state has no error: `log N(d; 0, R)`.
    public func logLikelihood(ofErrorFree innovation: Tensor) -> Tensor {
        gaussianLogLikelihood(innovation, maskedErrorCovariance, mask: mask)
    }

    /// The error covariance with the rows and columns of missing values replaced by those of the identity.
    ///
    /// With the innovation and the operator's rows set to zero there, a missing value leaves mean, covariance and
    /// likelihood untouched, while shapes stay fixed.
    public var maskedErrorCovariance: Tensor {
        if mask.isPlain, mask.values.allSatisfy({ $0 == 1 }) { return errorCovariance }
        return mask.outerProduct(mask) * errorCovariance + (1 - mask).diagonalMatrix()
    }
}

/// Observations on the steps of a model, stacked in time; a step at which nothing was measured is masked altogether.
public struct Observations<Operator: StateMap>: Tree {
    /// `[T, m]`
    public var values: Tensor
    /// `[T, m]`, 1 where a value exists.
    public var mask: Tensor
    /// `[m, m]`, the same at all times, or `[T, m, m]`.
    public var errorCovariance: Tensor
    public var `operator`: Operator

    public init(values: Tensor, mask: Tensor? = nil, errorCovariance: Tensor, operator: Operator) {
        precondition(
            values.rank == 2 && errorCovariance.shape.suffix(2) == [values.shape[1], values.shape[1]],
            "values \(values.shape) and error covariance \(errorCovariance.shape): expected [T, m] and [m, m]")
        self.values = values
        self.mask = mask ?? Tensor.ones(values.shape)
        self.errorCovariance = errorCovariance
        self.operator = `operator`
    }

    /// From numbers in which NaN means missing: `series[t][i]`.
    public init(_ series: [[Double]], errorCovariance: Tensor, operator: Operator) {
        let rows = Tensor(rows: series)
        let isThere = rows .== rows
        self.init(
            values: select(isThere, rows, 0), mask: isThere.cast(to: .float64), errorCovariance: errorCovariance,
            operator: `operator`)
    }

    /// The number of time steps.
    public var count: Int { values.shape[0] }
    /// Whether nothing is missing, known beforehand: what then depends on the error covariance
    /// alone is the same at all times.
    var isKnownComplete: Bool { mask.isPlain && mask.values.allSatisfy { $0 == 1 } }
    var hasVaryingError: Bool { errorCovariance.rank == 3 }

    public subscript(_ step: Int) -> Observation<Operator> {
        Observation(
            time: Tensor(Double(step)), values: values[step], mask: mask[step],
            errorCovariance: hasVaryingError ? errorCovariance[step] : errorCovariance, operator: `operator`)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&values, "values")
        visitor.visit(&mask, "mask")
        visitor.visit(&errorCovariance, "errorCovariance")
        visitor.visit(&`operator`, "operator")
    }
}

/// The observation operator `H x + d`.
public struct LinearOperator: Map {
    /// `[m, n]`
    public var matrix: Tensor
    /// `[m]`
    public var offset: Tensor

    public init(_ matrix: Tensor, offset: Tensor? = nil) {
        self.matrix = matrix
        self.offset = offset ?? Tensor.zeros([matrix.shape[0]])
    }
    /// The first `m` of `n` variables.
    public static func first(_ m: Int, of n: Int) -> LinearOperator {
        LinearOperator(Tensor.identity(n)[0..<m])
    }

    public func callAsFunction(_ state: Tensor) -> Tensor { matrix.vectorProduct(state) + offset }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&matrix, "matrix")
        visitor.visit(&offset, "offset")
    }
}
