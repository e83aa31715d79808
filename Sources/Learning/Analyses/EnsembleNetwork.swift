import Networks
import Tensors

/// A network from fields of an ensemble to fields of the whole and a field of each member:
/// a set transformer along a periodic line.
///
///     eᵢ = a(W (fields of member i about the place)),   tᵢ = eᵢ + attention(eᵢ; e₁ … e_N),   dᵢ = V (tᵢ − mean t)
///     fields = output(features(s) ∘ gate(s)),   s = (shared fields, mean of tᵢ) about the place
///
/// A place holds `period` variables that follow each other, so that what is observed may repeat itself with that
/// period. The network does the same at every place: a shift of all fields by a period shifts the result. A permutation
/// of the members permutes `dᵢ` and leaves the fields as they are, and their number may be any.
/// It starts with fields and `dᵢ` of zero.
///
/// Shapes: fields of members `[N, n]`, others `[n]`. Reference: Lee et al. 2019 (set transformer), arXiv 1810.00825.
public struct EnsembleNetwork: Tree {
    public var embedding: Dense
    public var attention: Attention
    /// `V`, `[channels, period]`: without an offset, which would be the same for all members.
    public var deviation: Tensor
    public var features: DenseNetwork
    public var gate: Dense
    public var output: Dense
    public let period: Int
    /// How many places on each side are seen of a member, and of the shared fields.
    public let reach: (member: Int, shared: Int)

    /// - Parameters:
    ///   - memberFields: how many fields there are of each member.
    ///   - sharedFields: how many there are of the whole ensemble.
    ///   - outputs: how many fields are made.
    ///   - channels: of a member at a place; as many means over the members are added to the shared fields.
    ///   - width: of the hidden layers of the features, `depth` of them.
    public init(
        memberFields: Int, sharedFields: Int, outputs: Int, period: Int, channels: Int = 16, heads: Int = 2,
        width: Int = 32, depth: Int = 2, reach: (member: Int, shared: Int) = (1, 2), key: Key,
        type: ElementType = .float32
    ) {
        precondition(period > 0 && depth > 0, "EnsembleNetwork: a period of \(period), depth \(depth)")
        let keys = key.split(4)
        embedding = Dense((2 * reach.member + 1) * memberFields * period, channels, key: keys[0], type: type)
        attention = Attention(channels, heads: heads, key: keys[1], type: type)
        deviation = Tensor.zeros([channels, period], type: type)
        let inputs = (2 * reach.shared + 1) * (sharedFields * period + channels)
        features = DenseNetwork(
            widths: [inputs] + [Int](repeating: width, count: depth), activation: .silu, key: keys[2], type: type)
        gate = Dense(inputs, width, key: keys[3], type: type)
        output = Dense(width, outputs * period, key: key, initialization: .zeros, type: type)
        (self.period, self.reach) = (period, reach)
    }

    /// - Returns: the fields, `[n]` each, and the deviations of the members, `[N, n]`, whose mean is zero.
    public func callAsFunction(members: [Tensor], shared: [Tensor]) -> (fields: [Tensor], deviations: Tensor) {
        let type = output.weight.type
        let (count, n) = (members[0].shape[0], members[0].shape[1])
        let embedded = embedding(about(places(members, as: type).movingAxis(1, to: 0), reach.member)).silu()
        let tokens = embedded + attention(embedded)  // [places, N, channels]
        let mean = tokens.mean(axes: [1])
        let apart = (tokens - mean.expanded(axis: 1)).reshaped([n / period * count, deviation.shape[0]])
        let moved = apart.matrixProduct(deviation).reshaped([n / period, count, period])
        let deviations = moved.movingAxis(1, to: 0).reshaped([count, n])
        let whole = about(Tensor.concatenated([places(shared, as: type), mean], axis: -1), reach.shared)
        let made = output(features(whole).silu() * gate(whole))  // [places, outputs · period]
        let fields = (0..<(made.shape[1] / period)).map { number in
            made.slice(axis: 1, from: number * period, to: (number + 1) * period).reshaped([n])
        }
        return (fields, deviations)
    }

    /// Fields `[..., n]` as `[..., places, fields · period]`.
    private func places(_ fields: [Tensor], as type: ElementType) -> Tensor {
        let shape = fields[0].shape
        let n = shape[shape.count - 1]
        precondition(n % period == 0, "EnsembleNetwork: \(n) variables for a period of \(period)")
        let parts = fields.map { $0.cast(to: type).reshaped(shape.dropLast() + [n / period, period]) }
        return Tensor.concatenated(parts, axis: -1)
    }

    /// The values at each place and at those within `reach`, side by side; the places are the first axis.
    private func about(_ x: Tensor, _ reach: Int) -> Tensor {
        Tensor.concatenated((-reach...reach).map { $0 == 0 ? x : x.rolled(by: $0, axis: 0) }, axis: -1)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&embedding, "embedding")
        visitor.visit(&attention, "attention")
        visitor.visit(&deviation, "deviation")
        visitor.visit(&features, "features")
        visitor.visit(&gate, "gate")
        visitor.visit(&output, "output")
    }
}
