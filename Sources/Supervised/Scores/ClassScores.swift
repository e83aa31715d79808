import Foundation

/// Scores of probabilities of classes.
struct ClassScores {
    /// Row by row.
    let probabilities: [Double]
    let classes: Int
    let truth: [Int]

    init(_ probabilities: [Double], _ classes: Int, _ truth: [Int]) {
        (self.probabilities, self.classes, self.truth) = (probabilities, classes, truth)
    }

    private var found: [Int] { Predictions.probabilities(probabilities, classes: classes).classes ?? [] }

    var hits: [Double] { zip(found, truth).map { $0 == $1 ? 1 : 0 } }

    var logLosses: [Double] {
        truth.indices.map { -log(max(probabilities[$0 * classes + truth[$0]], 1e-15)) }
    }

    var squares: [Double] {
        truth.indices.map { row in
            let errors = (0..<classes).map { probabilities[row * classes + $0] - (truth[row] == $0 ? 1 : 0) }
            return classes == 2 ? errors[1] * errors[1] : errors.reduce(0) { $0 + $1 * $1 }
        }
    }

    /// Samples by true and found class, `[true][found]`.
    var confusion: [[Int]] {
        var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (truth, found) in zip(truth, found) { counts[truth][found] += 1 }
        return counts
    }

    /// Of the classes that occur.
    var balancedAccuracy: Double {
        let confusion = confusion
        let present = confusion.indices.filter { confusion[$0].reduce(0, +) > 0 }
        return present.map { Double(confusion[$0][$0]) / Double(confusion[$0].reduce(0, +)) }.mean
    }

    /// Of the classes that occur or are found.
    var f1: Double {
        let confusion = confusion
        return confusion.indices.compactMap { name -> Double? in
            let (real, found) = (confusion[name].reduce(0, +), confusion.reduce(0) { $0 + $1[name] })
            return real + found == 0 ? nil : 2 * Double(confusion[name][name]) / Double(real + found)
        }.mean
    }

    /// The mean over the classes of which some samples are and some are not; of two classes the second alone.
    func overClasses(_ area: ([Double], [Bool]) -> Double?) -> Double? {
        let areas = (classes == 2 ? [1] : Array(0..<classes)).compactMap { name in
            area(truth.indices.map { probabilities[$0 * classes + name] }, truth.map { $0 == name })
        }
        return areas.isEmpty ? nil : areas.mean
    }

    var calibrationError: Double {
        reliability(bins: 15).reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) }
            / Double(truth.count)
    }

    /// Confidence, the probability of the most probable class, beside the share that was right, by confidence.
    func reliability(bins: Int) -> [ReliabilityBin] {
        let (found, hits) = (found, hits)
        let confidence = found.indices.map { probabilities[$0 * classes + found[$0]] }
        return (0..<bins).compactMap { bin in
            let rows = confidence.indices.filter { min(Int(confidence[$0] * Double(bins)), bins - 1) == bin }
            guard !rows.isEmpty else { return nil }
            return ReliabilityBin(
                confidence: rows.map { confidence[$0] }.mean, accuracy: rows.map { hits[$0] }.mean, count: rows.count)
        }
    }
}

/// A bin of a reliability diagram.
public struct ReliabilityBin: Sendable, Codable, Equatable {
    /// The mean probability of the most probable class.
    public let confidence: Double
    /// The share of samples whose most probable class was right.
    public let accuracy: Double
    public let count: Int
}

extension Predictions {
    /// Samples by true and found class, `[true][found]`; nil of numbers.
    public func confusion(_ targets: Targets) -> [[Int]]? {
        guard case .probabilities(let values, let classes) = self, case .classes(let truth, _) = targets else {
            return nil
        }
        return ClassScores(values, classes, truth).confusion
    }

    /// A reliability diagram; nil of numbers.
    public func reliability(_ targets: Targets, bins: Int = 10) -> [ReliabilityBin]? {
        guard case .probabilities(let values, let classes) = self, case .classes(let truth, _) = targets else {
            return nil
        }
        return ClassScores(values, classes, truth).reliability(bins: bins)
    }
}

/// Samples in the order of falling scores, those of equal ones together.
struct Ranking {
    /// True and false positives so far, at the end of each group of equal scores.
    private var steps: [(hits: Double, alarms: Double)] = [(0, 0)]

    init(_ scores: [Double], _ isPositive: [Bool]) {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var (hits, alarms) = (0.0, 0.0)
        for (place, sample) in order.enumerated() {
            if isPositive[sample] { hits += 1 } else { alarms += 1 }
            let isLast = place + 1 == order.count || scores[order[place + 1]] != scores[sample]
            if isLast { steps.append((hits, alarms)) }
        }
    }

    /// By trapezoids; nil where all are positive, or none.
    var rocArea: Double? {
        guard let last = steps.last, last.hits > 0, last.alarms > 0 else { return nil }
        let area = zip(steps, steps.dropFirst()).reduce(0) { area, step in
            area + 0.5 * (step.1.alarms - step.0.alarms) * (step.0.hits + step.1.hits)
        }
        return area / (last.hits * last.alarms)
    }

    /// The sum over the steps of the gain in recall times the precision; nil where none is positive.
    var averagePrecision: Double? {
        guard let last = steps.last, last.hits > 0 else { return nil }
        return zip(steps, steps.dropFirst()).reduce(0) { sum, step in
            sum + (step.1.hits - step.0.hits) / last.hits * step.1.hits / (step.1.hits + step.1.alarms)
        }
    }
}
