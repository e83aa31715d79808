import Studies
import Tensors

/// A part of samples to fit to, and one to judge on; no sample is in both.
public struct Fold: Sendable, Equatable, Codable {
    public let training: [Int]
    public let held: [Int]

    public init(training: [Int], held: [Int]) {
        precondition(
            Set(training).isDisjoint(with: held) && !training.isEmpty && !held.isEmpty,
            "Fold: \(training.count) samples of training and \(held.count) held out, of which some are in both, or none"
        )
        (self.training, self.held) = (training, held)
    }

    /// The same fold of samples that stand at `rows` of a larger whole.
    func among(_ rows: [Int]) -> Fold { Fold(training: training.map { rows[$0] }, held: held.map { rows[$0] }) }
}

/// How samples are shared out among folds.
public enum FoldKind: String, Sendable, Codable, CaseIterable {
    /// In random order.
    case random
    /// In random order, each class in equal parts; numbers by their rank.
    case stratified
    /// Samples of one group stay together.
    case grouped
    /// Contiguous blocks in the order of the samples, with a gap on both sides of the block that is held out.
    case blocked
    /// Each block is held out after training on all samples before it, less the gap.
    case expanding
}

/// Cross-validation as a value: how many folds of which kind, how often.
public struct Folds: Sendable, Codable, Equatable {
    public var kind: FoldKind
    public var count: Int
    /// How often the samples are shared out anew; blocks in time have one way alone.
    public var repeats: Int
    /// Samples left out between training and what is held out, of blocks in time.
    public var gap: Int
    public var seed: Int

    public init(_ kind: FoldKind = .random, count: Int = 5, repeats: Int = 1, gap: Int = 0, seed: Int = 1) {
        precondition(
            count > 1 && repeats > 0 && gap >= 0, "Folds: \(count) folds, \(repeats) repeats, a gap of \(gap)")
        (self.kind, self.count, self.repeats, self.gap, self.seed) = (kind, count, repeats, gap, seed)
    }

    private var isOrdered: Bool { kind == .blocked || kind == .expanding }

    /// The fault of cross-validating such targets, and the expectation; nil where there is none.
    public func fault(_ targets: Targets, groups: [Int]?) -> (problem: String, expected: String)? {
        let parts = kind == .expanding ? count + 1 : count
        if targets.count < parts { return ("\(count) folds of \(targets.count) samples", "at least \(parts) samples") }
        switch kind {
        case .random: break
        case .stratified:
            guard case .classes(let classes, let names) = targets else { break }
            let rare = names.indices.first { name in
                let size = classes.count { $0 == name }
                return size > 0 && size < count
            }
            if let rare {
                let size = classes.count { $0 == rare }
                return (
                    "\(count) stratified folds, and \(size) samples of the class '\(names[rare])'",
                    "a class in every fold: at most \(size) folds, or folds of another kind"
                )
            }
        case .grouped:
            guard let groups else { return ("grouped folds of samples without groups", "a column of groups") }
            let found = Set(groups).count
            if found < count { return ("\(count) folds of \(found) groups", "at least as many groups as folds") }
        case .blocked, .expanding:
            if repeats > 1 { return ("\(repeats) repeats of blocks in time", "1: blocks can be cut in one way alone") }
            let block = targets.count / parts
            if gap >= (kind == .expanding ? block : targets.count - block) {
                return ("a gap of \(gap) samples beside blocks of \(block)", "a gap that leaves samples for training")
            }
        }
        return nil
    }

    /// The folds of samples with these targets, in the order of repeats.
    ///
    /// - Precondition: no ``fault(_:groups:)``.
    public func all(_ targets: Targets, groups: [Int]? = nil) -> [Fold] {
        if let fault = fault(targets, groups: groups) { preconditionFailure("Folds: \(fault.problem)") }
        let n = targets.count
        if isOrdered { return ordered(n) }
        return (0..<repeats).flatMap { turn -> [Fold] in
            let key = Key(seed).folding(turn)
            let place = places(targets, groups, key)
            return (0..<count).map { fold in
                Fold(
                    training: (0..<n).filter { place[$0] != fold }, held: (0..<n).filter { place[$0] == fold })
            }
        }
    }

    /// The fold that each sample is held out in.
    private func places(_ targets: Targets, _ groups: [Int]?, _ key: Key) -> [Int] {
        let n = targets.count
        var order = key.permutation(n).integers
        var place = [Int](repeating: 0, count: n)
        switch kind {
        case .grouped:
            // The largest groups first, each to the smallest fold; equal ones in random order.
            var sizes = [Int](repeating: 0, count: count)
            let members = Dictionary(grouping: 0..<n) { groups?[$0] ?? $0 }
            var rank = [Int](repeating: 0, count: n)
            for (i, sample) in order.enumerated() { rank[sample] = i }
            let sorted = members.values.sorted { ($1.count, rank[$0[0]]) < ($0.count, rank[$1[0]]) }
            for group in sorted {
                let fold = sizes.indices.min { (sizes[$0], $0) < (sizes[$1], $1) } ?? 0
                sizes[fold] += group.count
                for sample in group { place[sample] = fold }
            }
            return place
        case .stratified:
            switch targets {
            case .classes(let classes, _):
                var rank = [Int](repeating: 0, count: n)
                for (i, sample) in order.enumerated() { rank[sample] = i }
                order.sort { (classes[$0], rank[$0]) < (classes[$1], rank[$1]) }
            case .numbers(let values):
                // Among neighbours in rank, as many as folds, the order is random.
                let ranked = (0..<n).sorted { (values[$0], $0) < (values[$1], $1) }
                var block = [Int](repeating: 0, count: n)
                for (i, sample) in ranked.enumerated() { block[sample] = i / count }
                var rank = [Int](repeating: 0, count: n)
                for (i, sample) in order.enumerated() { rank[sample] = i }
                order.sort { (block[$0], rank[$0]) < (block[$1], rank[$1]) }
            }
            for (i, sample) in order.enumerated() { place[sample] = i % count }
        case .random, .blocked, .expanding:
            for (i, sample) in order.enumerated() { place[sample] = i * count / n }
        }
        return place
    }

    private func ordered(_ n: Int) -> [Fold] {
        let parts = kind == .expanding ? count + 1 : count
        let bounds = (0...parts).map { $0 * n / parts }
        return (kind == .expanding ? 1..<parts : 0..<parts).map { part in
            let held = bounds[part]..<bounds[part + 1]
            let before = 0..<max(0, held.lowerBound - gap)
            let after = kind == .expanding ? n..<n : min(n, held.upperBound + gap)..<n
            return Fold(training: Array(before) + Array(after), held: Array(held))
        }
    }
}

/// A share of samples kept from everything but the last judgement.
public struct Split: Sendable, Codable, Equatable {
    public var kind: FoldKind
    /// The share of the samples that is held out, in (0, 1).
    public var share: Double
    public var gap: Int
    public var seed: Int

    public init(_ kind: FoldKind = .random, share: Double = 0.2, gap: Int = 0, seed: Int = 1) {
        precondition(share > 0 && share < 1 && gap >= 0, "Split: a share of \(share), a gap of \(gap)")
        (self.kind, self.share, self.gap, self.seed) = (kind, share, gap, seed)
    }

    /// As few folds as the share needs, of which the first ones are held out.
    private func folds(of count: Int) -> Folds {
        let wanted =
            (2...20).first { count in
                let held = share * Double(count)
                return held.rounded() >= 1 && abs(held - held.rounded()) < 1e-9
            } ?? 20
        return Folds(kind, count: max(2, min(wanted, count)), seed: seed)
    }

    /// The fault of such a test of these targets, and the expectation; nil where there is none.
    public func fault(_ targets: Targets, groups: [Int]?) -> (problem: String, expected: String)? {
        let test = "a \(kind.rawValue) test of \(NumberText.short(share))"
        if kind == .blocked || kind == .expanding {
            let start = targets.count - Int((share * Double(targets.count)).rounded())
            return start - gap > 0 && start < targets.count
                ? nil : ("\(test) of \(targets.count) samples, and a gap of \(gap)", "samples for training and test")
        }
        if targets.count < 2 { return ("\(test) of \(targets.count) samples", "at least 2") }
        guard let fault = folds(of: targets.count).fault(targets, groups: groups) else { return nil }
        return ("\(test): \(fault.problem)", "a larger share, more samples, or another kind of 'test'")
    }

    /// Training and test; nil where there is a ``fault(_:groups:)``. Of kinds in time the test comes last.
    public func fold(_ targets: Targets, groups: [Int]? = nil) -> Fold? {
        let n = targets.count
        if fault(targets, groups: groups) != nil { return nil }
        if kind == .blocked || kind == .expanding {
            let start = n - Int((share * Double(n)).rounded())
            return Fold(training: Array(0..<(start - gap)), held: Array(start..<n))
        }
        let all = folds(of: n).all(targets, groups: groups)
        let wanted = max(1, min(all.count - 1, Int((share * Double(all.count)).rounded())))
        let held = all.prefix(wanted).flatMap(\.held).sorted()
        let isHeld = Set(held)
        return Fold(training: (0..<n).filter { !isHeld.contains($0) }, held: held)
    }
}
