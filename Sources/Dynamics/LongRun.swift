import Foundation
import Tensors

/// What a model does in the long run, to be held against what another does: how often its values are where, at which
/// frequencies they vary, and whether it stays where states are.
/// A surrogate may forecast well for a while and have another climate, or none.
public struct LongRun: Sendable, Codable, Equatable {
    /// The share of the values in each of equal bins; what lies outside of the bounds is counted with the nearest.
    public let density: [Double]
    /// The mean power at the frequencies `k / (segment · interval)`, `k = 1, 2, … segment / 2`,
    /// over variables and segments.
    public let spectrum: [Double]
    /// After how many steps a value is not finite, or farther outside of the bounds than they are wide; nil: it stays.
    public let end: Int?

    /// The measurements of an earlier run.
    public init(density: [Double], spectrum: [Double], end: Int?) {
        (self.density, self.spectrum, self.end) = (density, spectrum, end)
    }

    /// - Parameters:
    ///   - trajectory: states `[T, n]`; those after the end do not count.
    ///   - bounds: between which values of the true model lie.
    ///   - segment: how many steps are transformed together, under Hann's window.
    public init(
        of trajectory: Tensor, within bounds: ClosedRange<Double>, bins: Int = 50, segment: Int = 256
    ) {
        let width = bounds.upperBound - bounds.lowerBound
        precondition(
            trajectory.rank == 2 && bins > 0 && segment >= 4 && width > 0,
            "\(trajectory.signature) in \(bins) bins between \(bounds), segments of \(segment)")
        let (values, n) = (trajectory.values, trajectory.shape[1])
        let left = values.firstIndex { !(abs($0 - bounds.lowerBound - width / 2) <= 1.5 * width) }
        end = left.map { $0 / n }
        let steps = end ?? trajectory.shape[0]
        var counts = [Double](repeating: 0, count: bins)
        for value in values.prefix(steps * n) {
            let place = (value - bounds.lowerBound) / width * Double(bins)
            counts[min(max(Int(place.rounded(.down)), 0), bins - 1)] += 1
        }
        density = counts.map { $0 / Double(max(steps * n, 1)) }
        spectrum = LongRun.spectrum(trajectory[0..<steps], segment)
    }

    private static func spectrum(_ trajectory: Tensor, _ segment: Int) -> [Double] {
        let (count, n) = (trajectory.shape[0] / segment, trajectory.shape[1])
        guard count > 0, n > 0 else { return [] }
        let parts = trajectory[0..<(count * segment)].reshaped([count, segment, n]).transposed(to: [0, 2, 1])
        let window = Tensor((0..<segment).map { 1 - cos(2 * Double.pi * (Double($0) + 0.5) / Double(segment)) })
        let modes = ((parts - parts.mean(axes: [2]).expanded(axis: -1)) * window).realFourier()
        return Array(modes.squared().sum(axes: [3]).mean(axes: [0, 1]).values.dropFirst())
    }

    /// `½ Σ |p − q|`, the total variation between the densities: 0 where they are the same,
    /// 1 where they have no bin in common.
    public func densityDistance(to other: LongRun) -> Double {
        precondition(density.count == other.density.count, "\(density.count) bins and \(other.density.count)")
        return zip(density, other.density).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
    }

    /// The root of the mean square over the frequencies of the logarithm, to base 10, of the ratio of powers: decades.
    public func spectralDistance(to other: LongRun) -> Double {
        precondition(
            spectrum.count == other.spectrum.count && !spectrum.isEmpty,
            "\(spectrum.count) frequencies and \(other.spectrum.count)")
        let squares = zip(spectrum, other.spectrum).map { pow(log10($0 / $1), 2) }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
}
