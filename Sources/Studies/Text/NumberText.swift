import Foundation

/// Numbers as people read them.
public enum NumberText {
    /// So many decimals with a true minus sign; a dash for an unknown number.
    public static func fixed(_ value: Double?, decimals: Int) -> String {
        guard let value, value.isFinite else { return "–" }
        return plain(value, decimals: decimals).replacing("-", with: "−")
    }

    /// Six digits at most, with a true minus sign.
    public static func short(_ value: Double) -> String { String(format: "%.6g", value).replacing("-", with: "−") }

    /// So many decimals in ASCII, never a negative zero.
    public static func plain(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        return text.contains { ("1"..."9").contains($0) } || !text.hasPrefix("-") ? text : String(text.dropFirst())
    }
}

extension Double {
    /// The number, nil where it is not finite.
    public var finite: Double? { isFinite ? self : nil }
}

/// Whether two numbers are the same but for rounding.
public func isSame(_ a: Double, _ b: Double) -> Bool { a == b || abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }
