import Studies
import Tensors

/// A drawing of one or more panels in a grid, described by its content; see ``FigureRenderer`` for drawing it.
public struct Figure: Sendable, Equatable {
    /// The content of the figure and how to read it, in a sentence or two.
    public var caption: String
    /// The panels, row by row.
    public var panels: [Panel]
    /// The number of panels in a row.
    public var columns: Int
    /// The height of a row, in units of which the whole width has 900.
    public var rowHeight: Int

    /// A figure of `panels` in rows of `columns`.
    public init(caption: String, panels: [Panel], columns: Int = 1, rowHeight: Int = 300) {
        precondition(columns > 0 && rowHeight >= 120, "a figure of \(columns) columns, rows of \(rowHeight)")
        self.caption = caption
        self.panels = panels
        self.columns = columns
        self.rowHeight = rowHeight
    }

    /// The named layers that have something to show, each name once, in the order of their first appearance.
    public var legend: [(name: String, layer: PanelLayer)] {
        var entries: [(name: String, layer: PanelLayer)] = []
        for layer in panels.flatMap(\.layers) {
            if let name = layer.name, layer.hasData, !entries.contains(where: { $0.name == name }) {
                entries.append((name, layer))
            }
        }
        return entries
    }
}

/// One pair of axes with its layers.
public struct Panel: Sendable, Equatable {
    /// The title above the panel.
    public var title: String
    /// The axis below.
    public var horizontal: PanelAxis
    /// The axis on the left.
    public var vertical: PanelAxis
    /// The layers, the first at the bottom.
    public var layers: [PanelLayer]

    /// A panel of `layers`.
    public init(title: String = "", horizontal: PanelAxis, vertical: PanelAxis, layers: [PanelLayer]) {
        self.title = title
        self.horizontal = horizontal
        self.vertical = vertical
        self.layers = layers
    }
}

/// An axis with its label, unit included.
public struct PanelAxis: Sendable, Equatable, ExpressibleByStringLiteral {
    /// A marked position.
    public struct Tick: Sendable, Equatable {
        /// Where.
        public var position: Double
        /// The label of the tick.
        public var label: String

        /// A mark at `position`.
        public init(_ position: Double, _ label: String) {
            self.position = position
            self.label = label
        }
    }

    /// The title of the axis.
    public var label: String
    /// The lower end; nil to fit the data.
    public var low: Double?
    /// The upper end; nil to fit the data.
    public var high: Double?
    /// The marked positions; empty to choose them from the range.
    public var ticks: [Tick]
    /// Whether the axis is logarithmic.
    public var isLogarithmic: Bool

    /// An axis labelled `label`.
    public init(
        _ label: String, low: Double? = nil, high: Double? = nil, ticks: [Tick] = [], isLogarithmic: Bool = false
    ) {
        self.label = label
        self.low = low
        self.high = high
        self.ticks = ticks
        self.isLogarithmic = isLogarithmic
    }

    /// An axis with a label, fitted to the data.
    public init(stringLiteral label: String) { self.init(label) }

    /// An axis of a quantity in a unit, written as in "RMSE (°C)".
    public static func quantity(_ name: String, units: String, low: Double? = nil, high: Double? = nil) -> PanelAxis {
        PanelAxis(UnitText.label(name, units: units), low: low, high: high)
    }

    /// An axis of whole numbers, each of which is marked.
    public static func whole(_ label: String, _ values: [Int]) -> PanelAxis {
        let low = Double(values.min() ?? 0)
        let high = Double(values.max() ?? 1)
        return PanelAxis(
            label, low: low - 0.3, high: max(high, low + 1) + 0.3, ticks: values.map { Tick(Double($0), "\($0)") })
    }
}

/// Something drawn into a panel; gaps (nil) interrupt it.
public enum PanelLayer: Sendable, Equatable {
    /// A line through points, with markers if its style has them.
    case line(name: String?, x: [Double], y: [Double?], style: LineStyle)
    /// The area between two lines.
    case band(name: String?, x: [Double], low: [Double?], high: [Double?], color: FigureColor, opacity: Double)
    /// Separate points.
    case points(name: String?, x: [Double], y: [Double?], marker: Marker, color: FigureColor)
    /// Bars from zero of a given width on the horizontal axis.
    case bars(name: String?, x: [Double], height: [Double?], width: Double, color: FigureColor)
    /// A line across the panel at a height.
    case level(Double, name: String?, style: LineStyle)
    /// A line across the panel at a place on the horizontal axis.
    case upright(Double, name: String?, style: LineStyle)
    /// Coloured cells, `rows[i][j]` at `x + j width` and `y + i height` to the next: blue at −limit, white at 0,
    /// red at limit.
    case field(rows: [[Double?]], x: Double, width: Double, y: Double, height: Double, limit: Double)

    /// Whether there is anything to draw.
    var hasData: Bool {
        switch self {
        case .line(_, _, let values, _), .band(_, _, let values, _, _, _), .points(_, _, let values, _, _),
            .bars(_, _, let values, _, _):
            values.contains { $0?.finite != nil }
        case .field(let rows, _, _, _, _, _): rows.contains { $0.contains { $0?.finite != nil } }
        case .level, .upright: true
        }
    }

    /// The name in the legend, if it has one.
    public var name: String? {
        switch self {
        case .line(let name, _, _, _), .band(let name, _, _, _, _, _), .points(let name, _, _, _, _),
            .bars(let name, _, _, _, _), .level(_, let name, _), .upright(_, let name, _):
            name
        case .field: nil
        }
    }
}

extension PanelLayer {
    /// The bars of a histogram of counts, `low...high` being divided evenly among them.
    public static func histogram(
        name: String? = nil, counts: [Int], from low: Double = 0, to high: Double = 1, color: FigureColor
    ) -> PanelLayer {
        let width = (high - low) / Double(max(1, counts.count))
        return .bars(
            name: name, x: counts.indices.map { low + (Double($0) + 0.5) * width }, height: counts.map { Double($0) },
            width: width * 0.9, color: color)
    }
}
