import Tensors

/// Time-blocked k-fold cross-validation: times are cut into contiguous blocks, and each in turn is held out. Shuffling
/// would let a model see the neighbours of its targets.
public struct TimeBlocks: Sendable {
    public struct Fold: Sendable {
        public let training: [Int]
        public let heldOut: [Int]
    }
    public let folds: [Fold]

    /// - Precondition: at least `count` times.
    public init(_ times: [Int], count: Int) {
        precondition(count > 1 && times.count >= count, "\(count) folds of \(times.count) times")
        let bounds = (0...count).map { $0 * times.count / count }
        folds = (0..<count).map { fold in
            let held = bounds[fold]..<bounds[fold + 1]
            return Fold(
                training: times.indices.filter { !held.contains($0) }.map { times[$0] }, heldOut: Array(times[held]))
        }
    }
}
