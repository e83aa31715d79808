import Tensors

extension Tree {
    /// A tree like this one with standard normal numbers in its real leaves and zeros elsewhere:
    /// a direction to differentiate in.
    func randomDirection(_ key: Key) -> Self {
        var number = 0
        return mappingLeaves { leaf in
            number += 1
            return leaf.type.isReal
                ? key.folding(number).normal(leaf.shape).cast(to: leaf.type)
                : Tensor.zeros(leaf.shape, type: leaf.type)
        }
    }

    /// `self + factor · direction` in the real leaves.
    func moved(_ factor: Double, along direction: Self) -> Self {
        combiningLeaves(direction) { $0.type.isReal ? $0 + factor * $1 : $0 }
    }

    /// `factor · self` in the real leaves.
    func scaled(_ factor: Double) -> Self { mappingLeaves { $0.type.isReal ? factor * $0 : $0 } }

    /// The same tree with its real leaves in double precision.
    var inDoublePrecision: Self { mappingLeaves { $0.type.isReal ? $0.cast(to: .float64) : $0 } }

    var hasRealLeaves: Bool { leaves.contains { $0.type.isReal } }
    /// Whether every real leaf is in double precision.
    var isDoublePrecision: Bool { leaves.allSatisfy { !$0.type.isReal || $0.type == .float64 } }
    /// The largest finite magnitude of all real leaves.
    var magnitude: Double { leaves.filter(\.type.isReal).map(largest).max() ?? 0 }
    /// The euclidean norm of all real leaves.
    var length: Double { innerProduct(self, self).scalar.squareRoot() }
}

/// The sum of the products of all real leaves, in double precision.
func innerProduct<T: Tree>(_ a: T, _ b: T) -> Tensor {
    zip(a.leaves, b.leaves).filter { $0.0.type.isReal }.reduce(Tensor.zeros()) {
        $0 + $1.0.cast(to: .float64).dot($1.1.cast(to: .float64))
    }
}

/// The trees of a batch as one tree whose leaves have the batch as their first axis.
func stacked<T: Tree>(_ trees: [T]) -> T {
    let columns = trees.map(\.leaves)
    return trees[0].replacingLeaves(columns[0].indices.map { i in Tensor.stacked(columns.map { $0[i] }) })
}

/// The derivative of `f` at `x` along `direction` from central differences at steps `h`, `h/2`, `h/4`, extrapolated to
/// zero (Richardson; Press et al., *Numerical Recipes*, section 5.7): its error is of order `h⁶` and of `ε |f| / h`.
func finiteDifference<A: Tree, B: Tree>(_ f: (A) -> B, at x: A, along direction: A, step: Double) -> B {
    let h = step / max(direction.magnitude, 1e-300)
    let central = [h, h / 2, h / 4].map { h in
        f(x.moved(h, along: direction)).moved(-1, along: f(x.moved(-h, along: direction))).scaled(0.5 / h)
    }
    func extrapolated(_ coarse: B, _ fine: B, _ ratio: Double) -> B {
        fine.moved(1 / (ratio - 1), along: fine.moved(-1, along: coarse))
    }
    let second = (extrapolated(central[0], central[1], 4), extrapolated(central[1], central[2], 4))
    return extrapolated(second.0, second.1, 16)
}
