import Tensors

/// Sums of products of the regressors of waves and the known values of several variables.
///
/// All variables share the products of the regressors, less those of times at which one is missing. A penalty of 10⁻⁶
/// of the number of values keeps waves small that the stretch cannot tell apart. Cost: times × regressors × (regressors
/// + variables).
struct WaveSums {
    private let size: Int
    private let variables: Int
    /// `[regressor][regressor]` of all times, the lower triangle.
    private var gram: [Double]
    /// The part of it at times at which a variable is missing, `[variable][regressor][regressor]`.
    private var missing: [Double]
    /// `[variable][regressor]`
    private var cross: [Double]
    private var counts: [Double]
    /// The first values: sums are of differences from them, so that a large offset costs no digits.
    private var origins: [Double]

    init(_ size: Int, variables: Int) {
        (self.size, self.variables) = (size, variables)
        gram = [Double](repeating: 0, count: size * size)
        missing = [Double](repeating: 0, count: variables * size * size)
        cross = [Double](repeating: 0, count: variables * size)
        counts = [Double](repeating: 0, count: variables)
        origins = [Double](repeating: .nan, count: variables)
    }

    mutating func add(_ regressors: UnsafeBufferPointer<Double>, _ values: SeriesTable.Row) {
        gram.withUnsafeMutableBufferPointer { Self.addSquares(regressors, to: $0.baseAddress!) }
        for v in 0..<variables {
            let value = values[v]
            guard !value.isNaN else {
                missing.withUnsafeMutableBufferPointer {
                    Self.addSquares(regressors, to: $0.baseAddress! + v * size * size)
                }
                continue
            }
            if origins[v].isNaN { origins[v] = value }
            counts[v] += 1
            let deviation = value - origins[v]
            cross.withUnsafeMutableBufferPointer { cross in
                let own = cross.baseAddress! + v * regressors.count
                for i in 0..<regressors.count { own[i] += regressors[i] * deviation }
            }
        }
    }

    private static func addSquares(_ regressors: UnsafeBufferPointer<Double>, to sums: UnsafeMutablePointer<Double>) {
        let size = regressors.count
        for i in 0..<size {
            let (wave, row) = (regressors[i], sums + i * size)
            for j in 0...i { row[j] += wave * regressors[j] }
        }
    }

    /// `[regressor][variable]`
    func coefficients() -> [[Double]] {
        let columns = (0..<variables).map { coefficients($0) }
        return (0..<size).map { i in columns.map { $0[i] } }
    }

    private func coefficients(_ variable: Int) -> [Double] {
        guard !origins[variable].isNaN else { return [Double](repeating: 0, count: size) }
        var system = [Double](repeating: 0, count: size * size)
        let first = variable * size * size
        for i in 0..<size {
            for j in 0...i {
                let sum = gram[i * size + j] - missing[first + i * size + j]
                (system[i * size + j], system[j * size + i]) = (sum, sum)
            }
            if i > 0 { system[i * size + i] += 1e-6 * counts[variable] }
        }
        let right = Array(cross[(variable * size)..<((variable + 1) * size)])
        var solution = Tensor(system, shape: [size, size]).symmetricSolve(Tensor(right, shape: [size, 1])).values
        solution[0] += origins[variable]
        return solution
    }
}
