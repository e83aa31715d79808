/// Makes gnuplot's SVG document an element of a page.
enum SVGText {
    /// The `<svg>` element: ids start with `identifier`, text and axes take the colour of the page, empty groups and
    /// tool tips are gone.
    static func embedded(_ document: String, identifier: String, description: String) -> String {
        guard let start = document.range(of: "<svg") else { return "" }
        var text = String(document[start.lowerBound...])
        for removed in [" shape-rendering='crispEdges'", " color=\"black\"", " color=\"white\""] {
            text = text.replacing(removed, with: "")
        }
        for ink in ["rgb(  1,   1,   1)", "rgb(1,1,1)"] { text = text.replacing(ink, with: "currentColor") }
        // Outlines of markers are too faint, and a minus sign is not a hyphen.
        text = text.replacing("stroke-width='0.222'", with: "stroke-width='0.4'")
        text = text.replacing(#/<text>\s*-(?=[0-9.])/#, with: "<text>−")
        text = text.replacing(#/<title>[^<]*<\/title>|<desc>[^<]*<\/desc>/#, with: "")
        text = text.replacing(#/<g [^>]*>\s*<\/g>\n?/#, with: "")
        text = text.replacing(#/\bid=(['"])/#) { "id=\($0.output.1)\(identifier)-" }
        text = text.replacing("href='#", with: "href='#\(identifier)-")
        text = text.replacing("url(#", with: "url(#\(identifier)-")
        let heading = "<svg role=\"img\" aria-label=\"\(HTML.escaped(description))\""
        text = text.replacing("<svg", with: heading, maxReplacements: 1)
        return text.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: "\n") + "\n"
    }
}
