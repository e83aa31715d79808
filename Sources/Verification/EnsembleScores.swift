import Tensors

extension ProperScore {
    /// The continuous ranked probability score of an ensemble, in the unit of the variable; less is better.
    ///
    /// CRPS = mean |xᵢ − y| − ½ mean |xᵢ − xⱼ|, where the second mean is over N² pairs (plain) or over the N (N − 1)
    /// pairs of different members (fair). With sorted members ½ ΣΣ |xᵢ − xⱼ| = Σ (2i − N − 1) x₍ᵢ₎, so the cost is that
    /// of sorting, O(N log N), and O(N) here. Gneiting and Raftery 2007, *J. Am. Stat. Assoc.* 102, 359, eq. 21.
    public static func crps(
        sortedMembers: [Double], truth: Double, estimator: EnsembleEstimator = .fair
    ) -> Double {
        precondition(sortedMembers.count >= 2, "an ensemble needs two members or more, not \(sortedMembers.count)")
        return sortedMembers.withUnsafeBufferPointer { crps($0, truth, estimator) }
    }

    static func crps(
        _ members: UnsafeBufferPointer<Double>, _ truth: Double, _ estimator: EnsembleEstimator
    ) -> Double {
        let count = Double(members.count)
        var distance = 0.0
        var weighted = 0.0
        var weight = 1 - count
        for member in members {
            // About the truth, so that an offset costs no digits.
            let departure = member - truth
            distance += abs(departure)
            weighted += weight * departure
            weight += 2
        }
        let pairs = estimator == .plain ? count * count : count * (count - 1)
        return distance / count - weighted / pairs
    }

    /// The energy score of an ensemble of vectors, in the unit of the vectors' norm; less is better.
    ///
    /// ES = mean ‖xᵢ − y‖ − ½ mean ‖xᵢ − xⱼ‖, the CRPS of a vector (Gneiting and Raftery 2007, eq. 22). `members` is
    /// members × dimension in row-major order, `truth` has the dimension. Components in different units should be divided
    /// by their scales first. Cost O(N² dimension).
    public static func energy(members: [Double], truth: [Double], estimator: EnsembleEstimator = .fair) -> Double {
        let dimension = truth.count
        precondition(
            dimension > 0 && members.count % dimension == 0 && members.count >= 2 * dimension,
            "\(members.count) values are not two or more members of dimension \(dimension)")
        let count = members.count / dimension
        var distance = 0.0
        var pairDistance = 0.0
        for first in 0..<count {
            distance += norm { members[first * dimension + $0] - truth[$0] }
            for second in 0..<first {
                pairDistance += norm { members[first * dimension + $0] - members[second * dimension + $0] }
            }
        }
        let pairs = estimator == .plain ? count * count : count * (count - 1)
        return distance / Double(count) - pairDistance / Double(pairs)

        func norm(_ component: (Int) -> Double) -> Double {
            var sum = 0.0
            for index in 0..<dimension {
                let value = component(index)
                sum += value * value
            }
            return sum.squareRoot()
        }
    }

    /// The energy score at each time as a series; `members` is times × members × dimension, `truth` times × dimension.
    public static func energy(
        members: [Double], truth: [Double], dimension: Int, mask: [Bool], estimator: EnsembleEstimator = .fair
    ) -> ScoreSeries {
        precondition(
            truth.count == mask.count * dimension && !mask.isEmpty && members.count % truth.count == 0,
            "\(members.count) members and \(truth.count) truths do not make \(mask.count) times of dimension \(dimension)"
        )
        let size = members.count / mask.count
        let scores = mask.indices.map { time in
            guard mask[time] else { return 0.0 }
            return energy(
                members: Array(members[time * size..<(time + 1) * size]),
                truth: Array(truth[time * dimension..<(time + 1) * dimension]), estimator: estimator)
        }
        return ScoreSeries(.mean, terms: scores, mask: mask)
    }
}

/// The quantile of sorted members at a probability, linear between x₍ᵢ₎ at probability i / (N + 1), and the extreme
/// member beyond.
///
/// This is definition 6 of Hyndman and Fan 1996 (*Am. Stat.* 50, 361). The truth of a calibrated ensemble lies below
/// x₍ᵢ₎ with probability i / (N + 1), so intervals between such quantiles have the coverage that they claim.
public func sortedQuantile(_ members: [Double], _ probability: Double) -> Double {
    precondition(!members.isEmpty, "no members, no quantile")
    precondition(probability >= 0 && probability <= 1, "a probability lies in [0, 1], not \(probability)")
    return members.withUnsafeBufferPointer { sortedQuantile($0, probability) }
}

func sortedQuantile(_ members: UnsafeBufferPointer<Double>, _ probability: Double) -> Double {
    let position = probability * Double(members.count + 1) - 1
    if position <= 0 { return members[0] }
    let lower = Int(position)
    if lower + 1 >= members.count { return members[members.count - 1] }
    let fraction = position - Double(lower)
    return members[lower] + fraction * (members[lower + 1] - members[lower])
}

func average(_ members: UnsafeBufferPointer<Double>) -> Double {
    // About the first member, so that an offset costs no digits.
    var sum = 0.0
    for member in members { sum += member - members[0] }
    return members[0] + sum / Double(members.count)
}

func sampleVariance(_ members: UnsafeBufferPointer<Double>) -> Double {
    let center = average(members)
    var sum = 0.0
    for member in members { sum += (member - center) * (member - center) }
    return sum / Double(members.count - 1)
}
