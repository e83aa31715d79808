import Assimilation
import Experiments
import Foundation
import RealModule
import Tensors

/// A number with few digits, the same on any machine.
func rounded(_ value: Double, _ digits: Int = 3) -> String { String(format: "%.\(digits)f", value) }

/// The handwritten digits of the examples: pictures `[1, 8, 8]` in [0, 1], and their names.
func digits() throws -> (pictures: [Tensor], names: [Int]) {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Data/digits.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    let rows = lines.map { $0.split(separator: ",").map { Double($0) ?? .nan } }
    return (rows.map { Tensor($0.prefix(64).map { $0 / 16 }, shape: [1, 8, 8]) }, rows.map { Int($0[64]) })
}

/// A figure of one pair of axes.
func chart(_ horizontal: PanelAxis, _ vertical: PanelAxis, _ layers: [PanelLayer]) -> Figure {
    Figure(panels: [Panel(horizontal: horizontal, vertical: vertical, layers: layers)])
}

func chart(_ horizontal: PanelAxis, _ vertical: PanelAxis, _ layers: PanelLayer...) -> Figure {
    chart(horizontal, vertical, layers)
}

func curve(
    _ name: String?, _ x: [Double], _ y: [Double], _ color: FigureColor, _ marker: Marker? = nil
) -> PanelLayer {
    .line(name: name, x: x, y: y, style: LineStyle(color, marker: marker))
}

func points(_ name: String?, _ x: [Double], _ y: [Double], _ color: FigureColor) -> PanelLayer {
    .points(name: name, x: x, y: y, marker: .circle, color: color)
}

func band(_ name: String?, _ x: [Double], _ low: [Double], _ high: [Double]) -> PanelLayer {
    .band(name: name, x: x, low: low, high: high, color: .sky, opacity: 0.3)
}

/// Bars with names below.
func bars(_ names: [String], _ heights: [Double], _ vertical: PanelAxis) -> Figure {
    let places = names.indices.map(Double.init)
    let ticks = zip(places, names).map { PanelAxis.Tick($0, $1) }
    let axis = PanelAxis("", low: -0.5, high: Double(names.count) - 0.5, ticks: ticks)
    return chart(axis, vertical, .bars(name: nil, x: places, height: heights, width: 0.6, color: .blue))
}

func upright(_ place: Double) -> PanelLayer { .upright(place, name: nil, style: LineStyle(.gray, dash: .dashed)) }

/// A function of rows of two variables from −2.5 to 2.5 as colours, and a path on it from the circle to the disk.
func landscape(_ title: String, limit: Double, path: [Tensor] = [], _ function: (Tensor) -> Tensor) -> Panel {
    let places = (0..<50).map { -2.45 + 0.1 * Double($0) }
    let values = function(Tensor(rows: places.flatMap { y in places.map { [$0, y] } })).values
    let rows = (0..<50).map { i in (0..<50).map { Optional(min(limit, values[50 * i + $0])) } }
    var layers: [PanelLayer] = [.field(rows: rows, x: -2.5, width: 0.1, y: -2.5, height: 0.1, limit: limit)]
    let inside = path.map(\.values).filter { $0.allSatisfy { abs($0) <= 2.5 } }
    if let first = inside.first, let last = inside.last {
        layers.append(curve(nil, inside.map { $0[0] }, inside.map { $0[1] }, .ink))
        layers.append(.points(name: nil, x: [first[0]], y: [first[1]], marker: .circle, color: .ink))
        layers.append(.points(name: nil, x: [last[0]], y: [last[1]], marker: .disk, color: .ink))
    }
    let axis = PanelAxis("", low: -2.5, high: 2.5)
    return Panel(title: title, horizontal: axis, vertical: axis, layers: layers)
}

extension Figure {
    /// A figure without a caption: the page has one.
    init(panels: [Panel], columns: Int = 1, rowHeight: Int = 320) {
        self.init(caption: "", panels: panels, columns: columns, rowHeight: rowHeight)
    }

    /// An SVG document that stands alone, with the legend below.
    func document() throws -> String {
        var svg = try Gnuplot().draw(self, identifier: "tour")
        let entries = legend.map { ($0.name, $0.layer.color) }
        let height = Double(rowHeight * ((panels.count + columns - 1) / columns))
        let full = entries.isEmpty ? height : height + 30
        svg = svg.replacing(#/ aria-label="[^"]*"/#, with: "")
        svg = svg.replacing(#/viewBox="0 0 900 \d+"/#, with: "viewBox=\"0 0 900 \(Int(full))\"")
        svg = svg.replacing("<svg", with: "<svg style=\"color: #1b1f24\"", maxReplacements: 1)
        svg = svg.replacing("rgb(  2,   2,   2)", with: "#d8dee4")
        let ground = "<rect width=\"900\" height=\"\(Int(full))\" fill=\"white\"/>\n"
        var key = "<g font-family=\"sans-serif\" font-size=\"13\" fill=\"#1b1f24\">\n"
        var x = 70.0
        for (name, color) in entries {
            key += "<rect x=\"\(x)\" y=\"\(height + 4)\" width=\"14\" height=\"10\" fill=\"\(color)\"/>\n"
            key += "<text x=\"\(x + 20)\" y=\"\(height + 14)\">\(name)</text>\n"
            x += 44 + 7.5 * Double(name.count)
        }
        let end = svg.firstRange(of: ">")
        if let end { svg.insert(contentsOf: "\n" + ground, at: end.upperBound) }
        return svg.replacing("</svg>", with: key + "</g>\n</svg>")
    }
}

extension PanelLayer {
    fileprivate var color: String {
        switch self {
        case .line(_, _, _, let style), .level(_, _, let style), .upright(_, _, let style): style.color.rawValue
        case .band(_, _, _, _, let color, _), .points(_, _, _, _, let color), .bars(_, _, _, _, let color):
            color.rawValue
        case .field: "none"
        }
    }
}

/// A truth of twelve variables, all observed with an error of 1.
func observed(_ model: some StateMap, steps: Int, key: Key) -> Twin<LinearOperator> {
    let keys = key.split(2)
    return simulate(
        model, from: model.repeated(200)(8 + keys[0].normal([12])), observing: LinearOperator(Tensor.identity(12)),
        errorCovariance: Tensor.identity(12), steps: steps, key: keys[1])
}

let climate = PointEstimate(Tensor([Double](repeating: 2.5, count: 12)))

func gain(_ matrix: Tensor) -> FixedGain<PointEstimate> { FixedGain(matrix) }

/// The mean error of the analyses after the first hundred cycles.
func mean<F: Forecast, A: Analysis>(_ twin: Twin<LinearOperator>, _ cycle: Cycle<F, A>) -> Double
where F.State == PointEstimate, A.State == PointEstimate {
    let run = cycle(from: climate, twin.observations)
    return twin.errors(of: run.analyses.mean)[100..<twin.truth.shape[0]].mean().scalar
}
