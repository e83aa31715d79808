import Tensors

/// Properties of an operation that passes of native code ask for.
///
/// `Operation.traits` fills it by one exhaustive switch. Passes switch over its kinds, arithmetic and movements, and
/// read the other properties, so that a new operation has one line here, and its code in `Source.routine`.
struct OperationTraits {
    /// How the elements of the results come about.
    enum Kind {
        /// The operand under another name.
        case same
        /// Each element from those of the operands at the same place.
        case arithmetic(Arithmetic)
        /// The elements of the operands at other places.
        case movement(Movement)
        /// Sums and extrema over axes.
        case reduction(Reduction, axes: [Int])
        /// A routine of its own, on operands in memory.
        case routine
        /// A program that takes its place.
        case program
    }

    /// Where the axis of a batch goes in a routine.
    enum BatchAxis {
        /// Any axis but `axis`, along whose lines it works, and the `trailing` last ones; `at` is the operation along
        /// another axis.
        case lines(axis: Int, isRemoved: Bool = false, trailing: Int = 0, isTiled: Bool, at: (Int) -> Operation)
        /// Any axis before the `trailing` last ones, at the same place in all operands.
        case leading(trailing: Int)
        /// As in products of matrices.
        case product
        /// As its body says.
        case loop(Scan)
        /// Elements of a batch meet, or have no code of their own.
        case apart
    }

    /// Whether lanes, each with its own element of a batch, can compute a routine.
    enum Lanes {
        case always, never
        /// In double precision, where no axis is empty.
        case doubles
        /// Where the transform has code.
        case transforms
    }

    let kind: Kind
    let batch: BatchAxis
    let lanes: Lanes
    /// The length of the last axis from which on computing an element takes many times as long as fetching it.
    let dearFrom: Int?
    /// Where an operand may be the identity matrix, and the operand that is the result then.
    let identities: [(identity: Int, result: Int)]
    /// Whether it reads or makes the transpose of a matrix as easily as the matrix.
    let turnsForFree: Bool

    fileprivate init(_ kind: Kind, turnsForFree: Bool = false) {
        (self.kind, batch, lanes, dearFrom, identities) = (kind, .apart, .never, nil, [])
        self.turnsForFree = turnsForFree
    }

    private init(
        _ batch: BatchAxis, _ lanes: Lanes, dearFrom: Int?, identities: [(identity: Int, result: Int)],
        turnsForFree: Bool
    ) {
        (kind, self.batch, self.lanes, self.dearFrom) = (.routine, batch, lanes, dearFrom)
        (self.identities, self.turnsForFree) = (identities, turnsForFree)
    }

    fileprivate static func routine(
        _ batch: BatchAxis = .apart, _ lanes: Lanes = .never, dearFrom: Int? = nil,
        identities: [(identity: Int, result: Int)] = [], turnsForFree: Bool = false
    ) -> OperationTraits {
        OperationTraits(batch, lanes, dearFrom: dearFrom, identities: identities, turnsForFree: turnsForFree)
    }
}

/// The operations of which an element depends on the elements of the operands at the same place.
enum Arithmetic {
    case unary(Unary)
    case binary(Binary)
    case compare(Comparison)
    case select
    case cast(ElementType)
}

/// The operations whose results are elements of operands at other places, or zeros.
enum Movement {
    case broadcast([Int])
    case reshape([Int])
    case transpose([Int])
    case slice(starts: [Int], ends: [Int], steps: [Int])
    case pad(low: [Int], high: [Int], interior: [Int])
    case concatenate(axis: Int)
    case roll(shift: Int, axis: Int)
    case gather(axis: Int)
    case unfold(axis: Int, size: Int, stride: Int, dilation: Int)
}

extension Operation {
    var traits: OperationTraits {
        switch self {
        case .alias, .constant: .init(.same)
        case .unary(let f): .init(.arithmetic(.unary(f)))
        case .binary(let f): .init(.arithmetic(.binary(f)))
        case .compare(let f): .init(.arithmetic(.compare(f)))
        case .select: .init(.arithmetic(.select))
        case .cast(let type): .init(.arithmetic(.cast(type)))
        case .reduce(let reduction, let axes): .init(.reduction(reduction, axes: axes), turnsForFree: true)
        case .broadcast(let shape): .init(.movement(.broadcast(shape)))
        case .reshape(let shape): .init(.movement(.reshape(shape)))
        case .transpose(let order): .init(.movement(.transpose(order)), turnsForFree: true)
        case .slice(let starts, let ends, let steps):
            .init(.movement(.slice(starts: starts, ends: ends, steps: steps)))
        case .pad(let low, let high, let interior):
            .init(.movement(.pad(low: low, high: high, interior: interior)))
        case .concatenate(let axis): .init(.movement(.concatenate(axis: axis)))
        case .roll(let shift, let axis): .init(.movement(.roll(shift: shift, axis: axis)))
        case .gather(let axis): .init(.movement(.gather(axis: axis)))
        case .unfold(let axis, let size, let stride, let dilation):
            .init(.movement(.unfold(axis: axis, size: size, stride: stride, dilation: dilation)))
        case .argmax(let axis):
            .routine(.lines(axis: axis, isRemoved: true, isTiled: false) { .argmax(axis: $0) }, .always)
        case .cumulativeSum(let axis, let reversed):
            .routine(.lines(axis: axis, isTiled: true) { .cumulativeSum(axis: $0, reversed: reversed) }, .always)
        case .argsort(let axis): .routine(.lines(axis: axis, isTiled: false) { .argsort(axis: $0) }, .always)
        case .scatterAdd(let axis, let size):
            .routine(.lines(axis: axis, isTiled: true) { .scatterAdd(axis: $0, size: size) }, .always)
        case .fold(let axis, let length, let stride, let dilation):
            .routine(
                .lines(axis: axis, trailing: 1, isTiled: true) {
                    .fold(axis: $0, length: length, stride: stride, dilation: dilation)
                }, .always)
        case .matrixProduct:
            .routine(.product, .always, dearFrom: 16, identities: [(0, 1), (1, 0)], turnsForFree: true)
        case .cholesky: .routine(.leading(trailing: 2), .doubles, dearFrom: 16)
        case .triangularSolve: .routine(.leading(trailing: 2), .doubles, dearFrom: 16, identities: [(0, 1)])
        case .solve, .symmetricEigen: .routine(.leading(trailing: 2), dearFrom: 4)
        case .qr, .lu, .singularValueDecomposition, .sqrtm, .symmetricSylvester: .routine(dearFrom: 4)
        case .fourier, .realFourierTranspose: .routine(.leading(trailing: 2), .transforms)
        case .realFourier: .routine(.leading(trailing: 1), .transforms)
        case .random: .routine(.leading(trailing: 1), .always)
        case .scan(let scan): .routine(.loop(scan), .always)
        case .conditional, .whileLoop: .routine()
        case .fixedPoint, .custom: .init(.program)
        }
    }
}
