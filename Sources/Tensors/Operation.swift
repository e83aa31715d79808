/// The closed set of primitive operations. Every question about them is one exhaustive `switch` in `Rules/`, so that
/// the compiler lists what a new operation owes: its shape, value, tangent, adjoint, batched form and text.
public enum Operation: Sendable {
    /// The value itself under a new name: how a transform gives a parameter to a function.
    case alias
    /// The value itself, with derivative zero.
    case constant
    case unary(Unary)
    case binary(Binary)
    case compare(Comparison)
    /// `select(condition, a, b)`.
    case select
    case cast(ElementType)

    case reduce(Reduction, axes: [Int])
    /// The index of the first largest element along an axis.
    case argmax(axis: Int)
    case cumulativeSum(axis: Int, reversed: Bool)
    /// The indices that sort along an axis, ascending and stable.
    case argsort(axis: Int)

    case broadcast([Int])
    case reshape([Int])
    case transpose([Int])
    case slice(starts: [Int], ends: [Int], steps: [Int])
    /// Zeros before, after and between (`interior`) the elements of each axis.
    case pad(low: [Int], high: [Int], interior: [Int])
    case concatenate(axis: Int)
    /// Element `i` moves to `i + shift`, periodically.
    case roll(shift: Int, axis: Int)
    /// `gather(x, indices)`: along one axis, all other axes aligned.
    case gather(axis: Int)
    /// `scatterAdd(updates, indices)`: the transpose of `gather` onto an axis of length `size`.
    case scatterAdd(axis: Int, size: Int)
    /// Windows along an axis, their elements as a new last axis:
    /// `y[..., i, ..., k] = x[..., i · stride + k · dilation, ...]`.
    case unfold(axis: Int, size: Int, stride: Int, dilation: Int)
    /// The transpose of `unfold` onto an axis of length `length`: adds overlapping windows.
    case fold(axis: Int, length: Int, stride: Int, dilation: Int)

    /// Over the last two axes; the others broadcast.
    case matrixProduct
    /// The lower factor of a symmetric positive definite matrix; NaN where it is not.
    case cholesky
    /// `X` in `L X = B` or, transposed, `Lᵀ X = B`, with `L` lower triangular.
    case triangularSolve(transposed: Bool)
    /// `X` in `A X = B`; NaN where `A` is singular.
    case solve
    /// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix.
    case symmetricEigen
    /// `Q` with orthonormal columns and `R` upper triangular, its diagonal not negative,
    /// of `A` with no fewer rows than columns.
    case qr
    /// The factors of `A[order] = L U`, packed into one matrix without the ones on the diagonal of `L`, and `order`,
    /// the rows of `A` as partial pivoting takes them.
    case lu
    /// `U`, `s` and `V` in `A = U diag(s) Vᵀ`, thin, `s` descending.
    case singularValueDecomposition
    /// `A^½` or `A^-½` of a symmetric positive (semi)definite matrix.
    case sqrtm(inverse: Bool)
    /// `X` in `A X + X A = B` with `A` symmetric positive semidefinite; zero between eigenvectors of eigenvalue zero.
    case symmetricSylvester

    /// `Yₖ = Σ xⱼ exp(∓2πijk/n)` along the second last axis, of pairs (real, imaginary) along the last; the inverse is
    /// not divided by `n`, so that the two are each other's transpose.
    case fourier(inverse: Bool)
    /// The modes `0...n/2` of real numbers along the last axis: `[..., n] → [..., n/2 + 1, 2]`.
    case realFourier
    /// The transpose of `realFourier`: `yⱼ = Σ Re(cₖ exp(2πijk/n))`, `[..., n/2 + 1, 2] → [..., n]`.
    case realFourierTranspose(length: Int)

    case random(RandomDraw)
    case scan(Scan)
    /// One of two programs, by the first operand.
    case conditional(Conditional)
    case whileLoop(While)
    /// The solution of `x = f(x)`; its `solution` is a program that takes its place where values are needed.
    case fixedPoint(FixedPoint)
    /// A program with a tangent rule of its own; its `body` takes its place where values are needed.
    case custom(Custom)
}

public enum Unary: String, Sendable, CaseIterable {
    case negative, absolute, sign, floor, ceiling, rounded, logicalNot
    case exp, expMinusOne, log, logOnePlus, sqrt, sin, cos, tanh, erf, logistic, reciprocal
}

public enum Binary: String, Sendable, CaseIterable {
    case add, subtract, multiply, divide, power, maximum, minimum
    /// `a − b ⌊a / b⌋`, without the rounding of that formula: zero, or of the sign of `b`.
    case remainder
    /// `atan2(y, x)`: the angle of the point `(x, y)`, in (−π, π].
    case atan2
}

public enum Comparison: String, Sendable, CaseIterable {
    case less, lessOrEqual, equal, notEqual, greater, greaterOrEqual
}

public enum Reduction: String, Sendable, CaseIterable {
    case sum, maximum, minimum
}

/// A draw from a key of random numbers.
public enum RandomDraw: Sendable {
    case uniform([Int])
    case normal([Int])
    /// New keys.
    case split(Int)
    /// A key made from a key and an integer.
    case fold
}
