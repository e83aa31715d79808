import Foundation
import Studies

extension [Panel] {
    /// The panels with heights of at least 10⁶ or below 10⁻³ in a power of ten, which their labels tell; panels with
    /// one label have one power.
    func inReadableUnits() -> [Panel] {
        let groups = Dictionary(grouping: self, by: \.vertical.label).mapValues { panels in
            panels.flatMap(\.vertical.reached).compactMap(\.self) + panels.flatMap(\.layers).flatMap(\.heights)
        }
        return map { panel in
            let largest = (groups[panel.vertical.label] ?? []).map(abs).max() ?? 0
            let canScale = panel.vertical.ticks.isEmpty && !panel.vertical.isLogarithmic && !panel.hasField
            guard canScale, largest > 0, largest < 1e-3 || largest >= 1e6 else { return panel }
            return panel.inPower(3 * Int((log10(largest) / 3).rounded(.down)))
        }
    }
}

extension Panel {
    fileprivate var hasField: Bool { layers.contains { if case .field = $0 { true } else { false } } }

    /// The panel with heights in 10 to the `power` of their unit.
    fileprivate func inPower(_ power: Int) -> Panel {
        let scale = pow(10, Double(-power))
        var panel = self
        panel.layers = layers.map { $0.scaled(by: scale) }
        panel.vertical.low = vertical.low.map { $0 * scale }
        panel.vertical.high = vertical.high.map { $0 * scale }
        let factor = "10" + UnitText.superscript(power)
        if let bracket = vertical.label.lastIndex(of: "("), vertical.label.hasSuffix(")") {
            panel.vertical.label.insert(contentsOf: factor + " ", at: vertical.label.index(after: bracket))
        } else {
            panel.vertical.label += " (\(factor))"
        }
        return panel
    }

    /// The characters of the longest number at the vertical axis, as far as they can be told before it is drawn.
    var widthOfNumbers: Int {
        if let widest = vertical.ticks.map(\.label.count).max() { return widest }
        let heights = vertical.reached.compactMap(\.self) + layers.flatMap(\.heights)
        guard let low = heights.min(), let high = heights.max(), low < high, !vertical.isLogarithmic else { return 5 }
        let decimals = max(0, -Int(log10((high - low) / 6).rounded(.down)))
        let whole = max(0, Int(log10(max(abs(low), abs(high), 1)).rounded(.down))) + 1
        return (low < 0 ? 1 : 0) + whole + (decimals > 0 ? decimals + 1 : 0)
    }
}

extension PanelAxis {
    /// The ends that are set.
    fileprivate var reached: [Double?] { [low, high] }
}

extension PanelLayer {
    /// The layer with all heights multiplied.
    fileprivate func scaled(by scale: Double) -> PanelLayer {
        func scaled(_ values: [Double?]) -> [Double?] { values.map { $0.map { $0 * scale } } }
        switch self {
        case .line(let name, let x, let y, let style): return .line(name: name, x: x, y: scaled(y), style: style)
        case .band(let name, let x, let low, let high, let color, let opacity):
            return .band(name: name, x: x, low: scaled(low), high: scaled(high), color: color, opacity: opacity)
        case .points(let name, let x, let y, let marker, let color):
            return .points(name: name, x: x, y: scaled(y), marker: marker, color: color)
        case .bars(let name, let x, let height, let width, let color):
            return .bars(name: name, x: x, height: scaled(height), width: width, color: color)
        case .level(let y, let name, let style): return .level(y * scale, name: name, style: style)
        case .upright, .field: return self
        }
    }
}
