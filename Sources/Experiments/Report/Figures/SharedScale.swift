import Foundation
import Studies

extension [Panel] {
    /// The panels with one vertical range for all whose axes have the same label, so that they can be compared.
    func sharingScales() -> [Panel] {
        let groups = Dictionary(grouping: self, by: \.vertical.label)
        return map { panel in
            let group = groups[panel.vertical.label] ?? []
            let values = group.flatMap(\.layers).flatMap(\.heights)
            var panel = panel
            let isLogarithmic = panel.vertical.isLogarithmic
            let shown = isLogarithmic ? values.filter { $0 > 0 } : values
            guard group.count > 1, let low = shown.min(), let high = shown.max(), low < high else { return panel }
            let margin = isLogarithmic ? pow(high / low, 0.04) : 0.04 * (high - low)
            panel.vertical.low = panel.vertical.low ?? (isLogarithmic ? low / margin : low - margin)
            panel.vertical.high = panel.vertical.high ?? (isLogarithmic ? high * margin : high + margin)
            return panel
        }
    }
}

extension PanelLayer {
    /// All heights that the layer reaches.
    var heights: [Double] {
        switch self {
        case .line(_, _, let y, _), .points(_, _, let y, _, _), .bars(_, _, let y, _, _): y.compactMap { $0?.finite }
        case .band(_, _, let low, let high, _, _): (low + high).compactMap { $0?.finite }
        case .level(let y, _, _): [y]
        case .upright, .field: []
        }
    }
}
