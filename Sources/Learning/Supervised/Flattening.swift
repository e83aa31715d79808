import Tensors

extension Tree {
    /// All real leaves one after another as a vector.
    var flattened: Tensor {
        Tensor.concatenated(leaves.filter(\.type.isReal).map { $0.flattened() })
    }

    /// The same tree with its real leaves from such a vector.
    func unflattened(_ vector: Tensor) -> Self {
        var next = 0
        return mappingLeaves { leaf in
            guard leaf.type.isReal else { return leaf }
            defer { next += leaf.count }
            return vector[next..<(next + leaf.count)].reshaped(leaf.shape)
        }
    }
}
