import Studies
import Tensors

/// Correlations of the errors of some tables at the same time.
struct ErrorCorrelation: Sendable {
    let names: [String]
    let matrix: Tensor
    let node: ConfigurationNode

    static let keys = KeyTable(
        ConfigurationKey("of", .list(.text), .required, "The names of the observations."),
        ConfigurationKey(
            "matrix", .list(.list(.number(.within(-1...1)))), .required,
            "Their correlations, a row each; 1 on the diagonal."
        ))

    init(_ node: ConfigurationNode, among all: [String]) throws(InputError) {
        let (names, matrix) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let place = try keys.required("of")
            var names: [String] = []
            for entry in try place.nonEmptyList() {
                let name = try entry.choice(among: all)
                if names.contains(name) { throw entry.error("\(name.quoted) is listed twice", expected: "each once") }
                names.append(name)
            }
            let node = try keys.required("matrix")
            let matrix = try node.covariance(names.count)
            guard matrix.diagonal().values.allSatisfy({ $0 == 1 }) else {
                throw node.error("a diagonal of \(matrix.diagonal().values)", expected: "1 everywhere on it")
            }
            return (names, matrix)
        }
        (self.names, self.matrix, self.node) = (names, matrix, node)
    }
}

extension ConfigurationNode {
    /// A covariance of so many variables, as a list of rows.
    func covariance(_ count: Int) throws(InputError) -> Tensor {
        var rows: [[Double]] = []
        for row in try nonEmptyList() {
            var values: [Double] = []
            for entry in try row.nonEmptyList() { values.append(try entry.number()) }
            rows.append(values)
        }
        guard rows.count == count, rows.allSatisfy({ $0.count == count }) else {
            throw error(
                "rows of \(rows.map { "\($0.count)" }.joined(separator: ", ")) numbers", expected: "\(count) × \(count)"
            )
        }
        let matrix = Tensor(rows: rows)
        let size = matrix.absolute().maximum().scalar
        guard (matrix - matrix.transposed).absolute().maximum().scalar <= 1e-9 * size else {
            throw error("a covariance that is not symmetric", expected: "the same numbers above and below the diagonal")
        }
        let symmetric = 0.5 * (matrix + matrix.transposed)
        guard symmetric.symmetricEigen().values.values[0] >= -1e-9 * size else {
            throw error("a covariance with a negative eigenvalue", expected: "a positive semidefinite matrix")
        }
        return symmetric
    }
}
