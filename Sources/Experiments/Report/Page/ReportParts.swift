import Studies

/// A part of a page under a heading.
struct ReportSection: Sendable {
    /// The target of links to it.
    var identifier: String
    /// Its heading.
    var title: String
    /// Its contents, in order.
    var parts: [ReportPart]
}

/// A part of a section.
enum ReportPart: Sendable {
    /// A paragraph.
    case paragraph(String)
    /// A list of sentences.
    case list([String])
    /// A table, shown.
    case table(TextTable)
    /// A figure with the numbers behind it, which are folded away where it can be drawn.
    case figure(Figure, numbers: [TextTable])
    /// A table that is folded away.
    case folded(String, [TextTable])
}

extension TextTable {
    /// The table for the page, the best of each column bold and emphasised rows tinted.
    var html: HTML {
        let head = HTML.element(
            "tr",
            columns.indices.map { column in
                HTML.element(
                    "th", ["scope": "col", "class": isText(column) ? "text" : "number"], columns[column].heading)
            })
        let body = rows.indices.map { row in
            HTML.element(
                "tr", ["class": emphasized.contains(row) ? "chosen" : "plain"],
                columns.indices.map { cell(row, $0) })
        }
        // Not a caption, which would be no wider than the table.
        let heading = title.isEmpty ? [] : [HTML.element("p", ["class": "tableTitle"], title)]
        let table = HTML.element(
            "table", ["aria-label": title.isEmpty ? "table" : title],
            [.element("thead", [head]), .element("tbody", body)])
        return .element("div", ["class": "scroll"], heading + [table])
    }

    private func cell(_ row: Int, _ column: Int) -> HTML {
        var content = [HTML.text(text(row: row, column: column))]
        if case .quantity(let value, let low?, let high?, let own) = rows[row][column] {
            let format = own ?? format(column)
            let ends = "\(format.text(low)) to \(format.text(high))"
            content = [.text(format.text(value) + " "), .element("span", ["class": "interval"], ends)]
        }
        if isBest(row: row, column: column) { content = [.element("strong", content)] }
        if column == 0, isText(0) { return .element("th", ["scope": "row", "class": "text"], content) }
        let isShort = text(row: row, column: column).count <= 12
        return .element("td", ["class": isText(column) ? isShort ? "text short" : "text" : "number"], content)
    }
}

extension HTML {
    static func element(_ name: String, _ content: [HTML]) -> HTML { element(name, [:], content) }
    static func element(_ name: String, _ text: String) -> HTML { element(name, [:], [.text(text)]) }
}

extension Figure {
    /// The legend as a list, each entry with a sample of its look.
    var legendHTML: HTML {
        let entries = legend.map { entry in
            HTML.element("li", [entry.layer.sample, .text(" " + entry.name)])
        }
        return entries.isEmpty ? HTML(markup: "") : .element("ul", ["class": "legend"], entries)
    }
}

extension PanelLayer {
    /// A sample of the layer's look.
    var sample: HTML {
        switch self {
        case .line(_, _, _, let style), .level(_, _, let style), .upright(_, _, let style):
            style.sample
        case .band(_, _, _, _, let color, let opacity):
            .element("span", ["class": "area", "style": "background:\(color.css);opacity:\(opacity)"], "")
        case .bars(_, _, _, _, let color):
            .element("span", ["class": "area", "style": "background:\(color.css);opacity:0.75"], "")
        case .points(_, _, _, let marker, let color):
            .element("span", ["class": "mark", "style": "color:\(color.css)"], marker.rawValue)
        case .field: HTML(markup: "")
        }
    }
}

extension LineStyle {
    /// A short piece of the line with its marker.
    var sample: HTML {
        let pattern =
            switch dash {
            case .solid: ""
            case .dashed: "7,4"
            case .dotted: "1.5,3"
            case .dashDotted: "7,3,1.5,3"
            case .longDashed: "14,4"
            }
        let dashes = pattern.isEmpty ? "" : " stroke-dasharray=\"\(pattern)\""
        let line =
            "<svg class=\"sample\" viewBox=\"0 0 34 10\" aria-hidden=\"true\"><path d=\"M1,5 H33\" fill=\"none\" "
            + "stroke=\"\(color.css)\" stroke-width=\"\(width)\"\(dashes)/></svg>"
        guard let marker else { return HTML(markup: line) }
        let mark = HTML.element("span", ["class": "onLine", "style": "color:\(color.css)"], marker.rawValue)
        return HTML(markup: "<span class=\"line\">\(line)\(mark.markup)</span>")
    }
}
