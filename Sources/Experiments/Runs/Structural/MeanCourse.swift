import Foundation
import Learning

/// The mean course of some cycles about a straight line in time, by least squares over any stretch of a series.
struct MeanCourse: Sendable {
    private let values: [Double]
    /// The origin of the values, so that a large offset costs no digits.
    private let center: Double
    private let angles: [Double]

    init(_ values: [Double], cycles: [StructuralCycle]) {
        self.values = values
        let known = values.filter { !$0.isNaN }
        let first = known.first ?? 0
        center = first + known.reduce(0) { $0 + ($1 - first) } / Double(max(known.count, 1))
        angles = cycles.flatMap { cycle in (1...cycle.harmonics).map { 2 * Double.pi * Double($0) / cycle.period } }
    }

    private var count: Int { 2 + 2 * angles.count }

    /// A fit, which goes on for ever.
    struct Fitted: Sendable {
        fileprivate let center: Double
        fileprivate let origin: Int
        fileprivate let unit: Double
        fileprivate let angles: [Double]
        fileprivate let coefficients: [Double]

        func value(at time: Int) -> Double {
            var sum = center + coefficients[0] + coefficients[1] * Double(time - origin) / unit
            for (h, angle) in angles.enumerated() {
                let turned = angle * Double(time)
                sum += coefficients[2 + 2 * h] * cos(turned) + coefficients[3 + 2 * h] * sin(turned)
            }
            return sum
        }
    }

    /// The fit over a stretch; nil if it holds fewer than twice as many values as coefficients.
    func fitted(over times: Range<Int>) -> Fitted? {
        var sums = Sums(count, origin: times.lowerBound)
        for time in times { sums.add(row(time), values[time] - center, time, sign: 1) }
        return fitted(sums, end: times.upperBound)
    }

    /// The fits over a window up to each time, or over everything before it; where a window holds too little, in or
    /// after a long gap, the last fit before it: less than half as many values as the fullest window before.
    ///
    /// - Parameters:
    ///   - window: in steps.
    ///   - least: a window begins to count when it spans twice as many steps.
    ///   - first: the first time with a value.
    func upToEach(window: Int?, least: Double, from first: Int) -> [Fitted?] {
        var sums = Sums(count, origin: first)
        var latest: Fitted?
        var earliest = first
        var most = 0.0
        return values.indices.map { time in
            sums.add(row(time), values[time] - center, time, sign: 1)
            while let window, earliest <= time - window {
                sums.add(row(earliest), values[earliest] - center, earliest, sign: -1)
                earliest += 1
            }
            most = max(most, sums.known)
            let isLong = Double(time + 1 - earliest) >= 2 * least
            if isLong, 2 * sums.known >= most, let next = fitted(sums, end: time + 1) { latest = next }
            return latest
        }
    }

    private func fitted(_ sums: Sums, end: Int) -> Fitted? {
        guard sums.known >= Double(2 * count), end > sums.origin else { return nil }
        // Time is counted from the middle of the stretch in units of its length.
        let middle = sums.origin + Int((sums.time / sums.known).rounded())
        let unit = Double(max(end - sums.origin, 1))
        let coefficients = sums.solved(shift: Double(middle - sums.origin), unit: unit)
        guard coefficients.allSatisfy(\.isFinite) else { return nil }
        return Fitted(center: center, origin: middle, unit: unit, angles: angles, coefficients: coefficients)
    }

    /// Cosines and sines of a time.
    private func row(_ time: Int) -> [Double] {
        angles.flatMap { angle in [cos(angle * Double(time)), sin(angle * Double(time))] }
    }

    /// The normal equations of a stretch.
    private struct Sums {
        private let k: Int
        /// The origin of time.
        let origin: Int
        /// Row-major, `[k, k + 1]`: products of the regressors with each other and with the values.
        private var products: [Double]
        private(set) var known = 0.0
        /// The sum of the times of values, from the origin.
        private(set) var time = 0.0

        init(_ count: Int, origin: Int) {
            (k, self.origin) = (count, origin)
            products = [Double](repeating: 0, count: count * (count + 1))
        }

        mutating func add(_ waves: [Double], _ value: Double, _ time: Int, sign: Double) {
            if value.isNaN { return }
            let row = [1, Double(time - origin)] + waves
            for a in 0..<k {
                let place = a * (k + 1)
                for b in 0..<k { products[place + b] += sign * row[a] * row[b] }
                products[place + k] += sign * row[a] * value
            }
            known += sign
            self.time += sign * Double(time - origin)
        }

        /// The coefficients with time counted from `shift` in units of `unit`, by Cholesky's factor with the smallest
        /// ridge.
        func solved(shift: Double, unit: Double) -> [Double] {
            var a = products
            for b in 0...k { a[k + 1 + b] = (a[k + 1 + b] - shift * a[b]) / unit }
            for b in 0..<k {
                let place = b * (k + 1)
                a[place + 1] = (a[place + 1] - shift * a[place]) / unit
            }
            for i in 0..<k { a[i * (k + 1) + i] += 1e-9 * max(known, 1) }
            for j in 0..<k {
                for i in j..<k {
                    var sum = a[i * (k + 1) + j]
                    for m in 0..<j { sum -= a[i * (k + 1) + m] * a[j * (k + 1) + m] }
                    a[i * (k + 1) + j] = i == j ? sum.squareRoot() : sum / a[j * (k + 1) + j]
                }
            }
            var x = (0..<k).map { a[$0 * (k + 1) + k] }
            for i in 0..<k {
                for m in 0..<i { x[i] -= a[i * (k + 1) + m] * x[m] }
                x[i] /= a[i * (k + 1) + i]
            }
            for i in (0..<k).reversed() {
                for m in (i + 1)..<max(k, i + 1) { x[i] -= a[m * (k + 1) + i] * x[m] }
                x[i] /= a[i * (k + 1) + i]
            }
            return x
        }
    }
}
