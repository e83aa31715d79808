import Studies

/// A figure in gnuplot's language: numbers in data blocks, text in single quotes, places computed here.
struct GnuplotScript {
    private static let width = 900.0
    private let figure: Figure
    private var lines: [String] = []
    private var blockCount = 0

    /// The script that draws `figure` to the standard output.
    init(_ figure: Figure) {
        self.figure = figure
        let rows = (figure.panels.count + figure.columns - 1) / figure.columns
        let height = max(1, rows) * figure.rowHeight
        lines = [
            "set terminal svg size \(Int(Self.width)),\(height) dynamic noenhanced font 'sans-serif,13'",
            "set encoding utf8", "unset key", "set border 3 linecolor rgb '#010101' linewidth 1",
            "set tics out nomirror scale 0.5 textcolor rgb '#010101'", "set xtics offset 0,0.35",
            "set ytics offset 0.5,0",
            "set grid ytics linecolor rgb '#020202' linewidth 1 linetype 1 dashtype 1", "set multiplot",
        ]
        for (index, panel) in figure.panels.inReadableUnits().enumerated() {
            add(panel, index, totalHeight: Double(height))
        }
        lines.append("unset multiplot")
    }

    /// The script's text.
    var text: String { lines.joined(separator: "\n") + "\n" }

    private mutating func add(_ panel: Panel, _ index: Int, totalHeight: Double) {
        lines += ["unset label", "unset arrow"]
        place(panel, index, totalHeight: totalHeight)
        set("x", panel.horizontal)
        set("y", panel.vertical)
        var plots: [String] = []
        for layer in panel.layers { plots += add(layer) }
        // A panel without data still shows its axes.
        if plots.isEmpty {
            for (name, axis) in [("x", panel.horizontal), ("y", panel.vertical)]
            where axis.low == nil || axis.high == nil {
                lines.append("set \(name)range [1:10]")
            }
            plots = ["NaN with lines"]
        }
        lines.append("plot " + plots.map { $0 + " notitle" }.joined(separator: ", "))
    }

    /// The margins, the title and the labels, at places of the whole drawing: gnuplot's own places depend on guesses
    /// of the width of text.
    private mutating func place(_ panel: Panel, _ index: Int, totalHeight: Double) {
        let cell = Self.width / Double(figure.columns)
        let left = Double(index % figure.columns) * cell
        let top = Double(index / figure.columns * figure.rowHeight)
        let (x0, x1) = (left + max(68, 30 + 7.6 * Double(panel.widthOfNumbers)), left + cell - 26)
        let (y0, y1) = (top + Double(figure.rowHeight) - 52, top + (panel.title.isEmpty ? 10 : 30))
        func screen(_ x: Double, _ y: Double) -> String {
            "screen \(x / Self.width), screen \(1 - y / totalHeight)"
        }
        lines += [
            "set lmargin at screen \(x0 / Self.width)", "set rmargin at screen \(x1 / Self.width)",
            "set bmargin at screen \(1 - y0 / totalHeight)", "set tmargin at screen \(1 - y1 / totalHeight)",
        ]
        let ink = "textcolor rgb '#010101'"
        let labels = [
            (panel.title, screen((x0 + x1) / 2, y1 - 16), "font 'sans-serif,14'"),
            (panel.horizontal.label, screen((x0 + x1) / 2, y0 + 38), ""),
            (panel.vertical.label, screen(left + 11, (y0 + y1) / 2), "rotate by 90"),
        ]
        for (text, place, look) in labels where !text.isEmpty {
            lines.append("set label \(quoted(text)) at \(place) center \(look) \(ink)")
        }
    }

    private mutating func set(_ name: String, _ axis: PanelAxis) {
        lines.append("set \(name)range [\(axis.low.map { "\($0)" } ?? "*"):\(axis.high.map { "\($0)" } ?? "*")]")
        lines.append(axis.isLogarithmic ? "set logscale \(name)" : "unset logscale \(name)")
        lines.append(axis.isLogarithmic ? "set format \(name) '%g'" : "set format \(name)")
        if axis.ticks.isEmpty {
            lines.append("set \(name)tics autofreq")
        } else {
            let ticks = axis.ticks.map { "\(quoted($0.label)) \($0.position)" }
            lines.append("set \(name)tics (\(ticks.joined(separator: ", ")))")
        }
    }

    private mutating func add(_ layer: PanelLayer) -> [String] {
        switch layer {
        case .line(_, let x, let y, let style):
            guard let block = dataBlock(x, [y]) else { return [] }
            let marks = style.marker.map { " pointtype \($0.gnuplot) pointsize 0.6" } ?? ""
            let kind = style.marker == nil ? "lines" : "linespoints"
            return ["\(block) using 1:2 with \(kind) \(pen(style))\(marks)"]
        case .band(_, let x, let low, let high, let color, let opacity):
            guard let block = dataBlock(x, [low, high]) else { return [] }
            let fill = "fillcolor rgb '\(color.rawValue)' fillstyle transparent solid \(opacity) noborder"
            return ["\(block) using 1:2:3 with filledcurves \(fill)"]
        case .points(_, let x, let y, let marker, let color):
            guard let block = dataBlock(x, [y]) else { return [] }
            let pen = "linecolor rgb '\(color.rawValue)' linewidth 1.2"
            return ["\(block) using 1:2 with points \(pen) pointtype \(marker.gnuplot) pointsize 0.6"]
        case .bars(_, let x, let height, let width, let color):
            guard let block = dataBlock(x, [height]) else { return [] }
            let box = "using 1:2:($1-\(width / 2)):($1+\(width / 2)):(0):2 with boxxyerror"
            return ["\(block) \(box) fillcolor rgb '\(color.rawValue)' fillstyle solid 0.75 noborder"]
        case .level(let y, _, let style):
            return ["\(y) with lines \(pen(style))"]
        case .upright(let x, _, let style):
            lines.append("set arrow from first \(x), graph 0 to first \(x), graph 1 nohead back \(pen(style))")
            return []
        case .field(let rows, let x, let width, let y, let height, let limit):
            lines += [
                "set palette defined (-1 '#2166AC', -0.5 '#92C5DE', 0 '#F7F7F7', 0.5 '#F4A582', 1 '#B2182B')",
                "set cbrange [\(-limit):\(limit)]", "unset colorbox",
            ]
            let block = matrixBlock(rows)
            let places = "(\(x) + ($1 + 0.5) * \(width)):(\(y) + ($2 + 0.5) * \(height)):3"
            return ["\(block) matrix using \(places) with image"]
        }
    }

    private func pen(_ style: LineStyle) -> String {
        "linecolor rgb '\(style.color.rawValue)' linewidth \(style.width) dashtype \(style.dash.gnuplot)"
    }

    /// A data block of cells, row by row; unknown values have no cell.
    private mutating func matrixBlock(_ rows: [[Double?]]) -> String {
        blockCount += 1
        lines.append("$data\(blockCount) << END")
        lines += rows.map { row in row.map { $0?.finite.map { "\($0)" } ?? "NaN" }.joined(separator: " ") }
        lines.append("END")
        return "$data\(blockCount)"
    }

    /// A data block of rows in which all columns are known, with an empty line for each gap; nil without any row.
    private mutating func dataBlock(_ x: [Double], _ columns: [[Double?]]) -> String? {
        var rows: [String] = []
        for index in x.indices {
            let values = columns.map { index < $0.count ? $0[index]?.finite : nil }
            let known = values.compactMap { $0 }
            if known.count == values.count, x[index].isFinite {
                rows.append(([x[index]] + known).map { "\($0)" }.joined(separator: " "))
            } else if rows.last?.isEmpty == false {
                rows.append("")
            }
        }
        guard !rows.isEmpty else { return nil }
        blockCount += 1
        lines.append("$data\(blockCount) << END")
        lines += rows
        lines.append("END")
        return "$data\(blockCount)"
    }

    /// Text that gnuplot takes literally: within single quotes nothing is special but the quote, which is doubled.
    private func quoted(_ text: String) -> String {
        let printable = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        return "'" + printable.replacing("'", with: "''") + "'"
    }
}

extension Dash {
    var gnuplot: String {
        switch self {
        case .solid: "1"
        case .dashed: "(7,4)"
        case .dotted: "(1.5,3)"
        case .dashDotted: "(7,3,1.5,3)"
        case .longDashed: "(14,4)"
        }
    }
}

extension Marker {
    var gnuplot: Int {
        switch self {
        case .cross: 2
        case .square: 5
        case .circle: 6
        case .disk: 7
        case .triangle: 9
        case .diamond: 13
        }
    }
}
