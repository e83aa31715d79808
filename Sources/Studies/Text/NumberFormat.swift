import Foundation
import Tensors

/// How the numbers of one quantity are written: all to the same place, which follows from their sizes and intervals, so
/// that they have as many digits in every unit.
///
/// The smallest number has three significant digits and the largest at most four, or six where the smallest would have
/// fewer than two; numbers that would still have fewer have two digits of their own. A confidence interval has two
/// digits of its width, as long as the largest number has at most six. From 10⁶, and where more than five decimals are
/// needed, numbers are written as 1.26e-4.
public struct NumberFormat: Sendable, Equatable {
    /// The power of ten of the last digit that is written.
    let lastDigit: Int
    let isScientific: Bool
    /// The significant digits that a number has at least.
    private let fewestDigits: Int

    /// - Parameters:
    ///   - values: the numbers that are compared.
    ///   - widths: the widths of their confidence intervals.
    public init(_ values: [Double?], widths: [Double?] = []) {
        func exponents(_ numbers: [Double?]) -> [Int] {
            numbers.compactMap { $0?.finite }.filter { $0 != 0 }.map { Self.exponent(of: $0) }
        }
        let sizes = exponents(values)
        guard let largest = sizes.max(), let smallest = sizes.min() else {
            self.init(lastDigit: -2, isScientific: false)
            return
        }
        var last = max(smallest - 2, largest - 3)
        if smallest <= last { last = max(smallest - 1, largest - 5) }
        let intervals = exponents(widths).sorted()
        // Half of the intervals show two digits of their widths.
        if !intervals.isEmpty { last = min(last, max(intervals[intervals.count / 2] - 1, largest - 5)) }
        self.init(lastDigit: last, isScientific: largest >= 6 || last < -5, fewestDigits: 2)
    }

    /// A difference, which may be near zero: two digits of the width of its interval,
    /// or three of its size where it has none.
    public init(difference: Double?, low: Double?, high: Double?) {
        guard let low, let high, high > low, (high - low).isFinite else {
            self.init([difference])
            return
        }
        let last = Self.exponent(of: high - low) - 1
        let largest = [difference ?? 0, low, high].map(abs).max() ?? 0
        self.init(lastDigit: last, isScientific: last < -5 || Self.exponent(of: largest) >= 6)
    }

    /// So many decimals.
    public init(decimals: Int) { self.init(lastDigit: -decimals, isScientific: false) }

    private init(lastDigit: Int, isScientific: Bool, fewestDigits: Int = 0) {
        (self.lastDigit, self.isScientific, self.fewestDigits) = (lastDigit, isScientific, fewestDigits)
    }

    /// A number with a true minus sign; a dash for one that is not known.
    /// One that would be rounded to zero has digits of its own.
    public func text(_ value: Double?) -> String {
        guard let value = value?.finite else { return "–" }
        let sign = value < 0 ? "−" : ""
        if value == 0 { return isScientific ? "0" : NumberText.fixed(0, decimals: max(0, -lastDigit)) }
        let size = Self.exponent(of: value)
        if Self.rounded(abs(value), to: isScientific ? lastDigit : min(0, lastDigit)) == 0 {
            return sign + String(format: "%.1e", abs(value)).shortExponent
        }
        let last = min(lastDigit, size - fewestDigits + 1)
        if !isScientific, last >= -5 { return NumberText.fixed(value, decimals: max(0, -last)) }
        return sign + String(format: "%.\(max(0, size - last))e", abs(value)).shortExponent
    }

    /// A number with its sign, also where it is positive.
    public func signed(_ value: Double?) -> String { ((value ?? 0) > 0 ? "+" : "") + text(value) }

    /// A number and its interval.
    public func text(_ value: Double?, low: Double?, high: Double?) -> String {
        low == nil || high == nil ? text(value) : "\(text(value)) [\(text(low)), \(text(high))]"
    }

    private static func exponent(of value: Double) -> Int { Int(log10(abs(value)).rounded(.down)) }

    private static func rounded(_ value: Double, to place: Int) -> Double {
        (value / pow(10, Double(place))).rounded()
    }
}

extension String {
    /// `1.26e-04` as `1.26e-4`.
    fileprivate var shortExponent: String {
        guard let e = lastIndex(of: "e"), let power = Int(self[index(after: e)...]) else { return self }
        return "\(self[..<e])e\(power)"
    }
}
