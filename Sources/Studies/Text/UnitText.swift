/// Units as readers write them.
public enum UnitText {
    /// A UDUNITS unit for readers: `degC` is °C, `m s-1` is m s⁻¹, a pure number has none.
    public static func display(_ units: String) -> String {
        switch units {
        case "degC", "celsius", "Celsius", "degree_Celsius", "degrees_Celsius", "deg_C": "°C"
        case "degF": "°F"
        case "percent": "%"
        case "1", "": ""
        default: superscripted(units)
        }
    }

    /// A name with its unit in parentheses, as in "RMSE (°C)".
    public static func label(_ name: String, units: String) -> String {
        let unit = display(units)
        return unit.isEmpty ? name : "\(name) (\(unit))"
    }

    private static let digits: [Character: Character] = [
        "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]

    /// A whole number as an exponent, `⁻⁶`.
    public static func superscript(_ number: Int) -> String { String("\(number)".map { digits[$0] ?? $0 }) }

    /// Numbers behind a letter become superscripts.
    private static func superscripted(_ units: String) -> String {
        var text = ""
        var isExponent = false
        for character in units {
            isExponent =
                digits[character] != nil && (isExponent || (text.last.map { $0.isLetter } ?? false))
            text.append(isExponent ? digits[character] ?? character : character)
        }
        return text
    }
}
