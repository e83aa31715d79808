/// Whether a filter lost the truth: its numbers are finite, and say no more of the truth than the climate does.
///
/// Over a window of a tenth of the scored times (at least 10), with the mean error E and the mean spread S of the
/// analyses and the mean error C of the climate's mean at the same times, the truth is lost where
///
///     E > C and E > 1.5 S      the error passes the climate's, and the spread does not own up to it
///     E > C / 2 and E > 3 S    or it is near that of the climate, and far larger than the spread
///
/// in any window. A free run, whose spread is the climate's, has lost nothing; a method without a spread is judged by
/// the first condition alone, with S = 0.
public enum LostTruth {
    public static func isLost(_ run: TwinRunRecord, climate: TwinRunRecord?, spinup: Int) -> Bool {
        guard run.outcome == .completed, let climate, climate.outcome == .completed else { return false }
        let errors = run.errors.dropFirst(spinup).map { $0 ?? .nan }
        let reference = climate.errors.dropFirst(spinup).map { $0 ?? .nan }
        let spreads = run.hasSpread ? run.spreads.dropFirst(spinup).map { $0 ?? .nan } : nil
        guard errors.count == reference.count, !errors.isEmpty else { return false }
        let width = min(errors.count, max(10, errors.count / 10))
        let (e, c) = (sums(errors, width), sums(reference, width))
        let s = spreads.map { sums($0, width) } ?? [Double](repeating: 0, count: e.count)
        return e.indices.contains { k in
            (e[k] > c[k] && e[k] > 1.5 * s[k]) || (run.hasSpread && e[k] > 0.5 * c[k] && e[k] > 3 * s[k])
        }
    }

    /// The sums over windows that begin at each time and end within the series.
    private static func sums(_ values: [Double], _ width: Int) -> [Double] {
        var before = [0.0]
        for value in values { before.append(before[before.count - 1] + value) }
        return (width..<before.count).map { before[$0] - before[$0 - width] }
    }
}
