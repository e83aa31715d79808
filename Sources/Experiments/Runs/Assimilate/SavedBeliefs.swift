import Foundation
import Networks
import Studies
import Tensors

/// The checkpoint of a filter on disk, and the observations that it has seen.
struct SavedBelief: Codable {
    /// Of the sizes of errors and all observations before; the folder is that of one configuration.
    var fingerprint: String
    var time: Int
    /// Belief and records as safetensors.
    var tensors: Data

    init(_ checkpoint: BeliefCheckpoint, fingerprint: String) {
        var named: [String: Tensor] = [:]
        for (place, leaf) in checkpoint.belief.enumerated() { named["belief.\(place)"] = leaf }
        for (place, leaf) in checkpoint.records.enumerated() { named["records.\(place)"] = leaf }
        (self.fingerprint, time) = (fingerprint, checkpoint.time)
        tensors = Data(SafeTensors(named).encoded())
    }

    /// nil where the bytes are none.
    var checkpoint: BeliefCheckpoint? {
        guard let read = try? SafeTensors(decoding: Array(tensors)) else { return nil }
        func leaves(_ name: String) -> [Tensor] {
            let count = read.tensors.keys.count { $0.hasPrefix("\(name).") }
            return (0..<count).compactMap { read.tensors["\(name).\($0)"] }
        }
        return BeliefCheckpoint(time: time, belief: leaves("belief"), records: leaves("records"))
    }
}

/// The checkpoints of the filters of a run in its folder.
struct BeliefStore: Sendable {
    let folder: RunFolder

    /// Where a filter goes on from, if its folder has a checkpoint that agrees with the observations.
    ///
    /// - Returns: also whether an observation of the past has changed since the checkpoint.
    func keeping(
        _ method: String, _ problem: SystemProblem, sizes: [Double], observedCount: Int
    ) throws(InputError) -> (keeping: BeliefKeeping, pastChanged: Bool) {
        let name = ["beliefs", method]
        let saved: SavedBelief? = try folder.saved(name)
        let print = { @Sendable (time: Int) in fingerprint(problem.observations, sizes, before: time) }
        let fits = saved.map { $0.time < observedCount && $0.fingerprint == print($0.time) } ?? false
        let start = fits ? saved?.checkpoint : nil
        let keeping = BeliefKeeping(start: start, observedCount: observedCount) { checkpoint in
            // A checkpoint that cannot be written is one less; the results will tell of the disk.
            try? folder.keep(SavedBelief(checkpoint, fingerprint: print(checkpoint.time)), as: name)
        }
        return (keeping, saved != nil && !fits)
    }

    private func fingerprint(_ observations: SystemObservations, _ sizes: [Double], before time: Int) -> String {
        var print = Fingerprint()
        func combine(_ numbers: some Sequence<Double>) {
            print.combine(
                numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } })
        }
        combine(sizes)
        // The time of the checkpoint itself is that to which the belief was carried.
        combine(observations.times.prefix(time + 1))
        let length = time * observations.channels.count
        combine(observations.values.values.prefix(length))
        combine(observations.mask.values.prefix(length))
        combine(observations.deviations.values.prefix(length))
        return "\(print)"
    }
}
