import Studies

/// The report of a run: one page that needs no other file and no network.
///
/// Text, tables and figures follow from the results alone, so the same results and renderer give the same bytes. A
/// figure that cannot be drawn is replaced by a note that says why, with its numbers unfolded.
public struct Report: Sendable {
    private let title: String
    /// The lines below the title.
    private let heading: HTML
    private let sections: [ReportSection]
    private let renderer: any FigureRenderer

    init(title: String, heading: HTML, sections: [ReportSection], renderer: any FigureRenderer = Gnuplot()) {
        (self.title, self.heading, self.renderer) = (title, heading, renderer)
        self.sections = sections.filter { !$0.parts.isEmpty }
    }

    /// The report of `results`, with figures drawn by `renderer`.
    init(_ results: RunResults, renderer: any FigureRenderer = Gnuplot()) {
        let context = IndexedResults(results)
        self.init(title: results.title, heading: context.heading, sections: context.sections, renderer: renderer)
    }

    /// The page, and why figures are missing from it, if any are.
    public func page() -> (html: String, failures: [String]) {
        var failures: [String] = []
        var figureCount = 0
        let body = sections.map { section in
            HTML.element(
                "section", ["id": section.identifier],
                [.element("h2", section.title)]
                    + section.parts.map { html(of: $0, figureCount: &figureCount, failures: &failures) })
        }
        let page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HTML.escaped(title))</title>
            <style>
            \(ReportStyle.sheet)</style>
            </head>
            <body>
            <header>
            <h1>\(HTML.escaped(title))</h1>
            \(heading.markup)
            </header>
            <main>
            \(HTML.joined(body).markup)
            </main>
            </body>
            </html>

            """
        return (page, failures)
    }

    private func html(of part: ReportPart, figureCount: inout Int, failures: inout [String]) -> HTML {
        switch part {
        case .paragraph(let text):
            return .element("p", unbroken(text))
        case .list(let sentences):
            return .element("ul", ["class": "verdict"], sentences.map { .element("li", unbroken($0)) })
        case .table(let table):
            return table.html
        case .folded(let title, let tables):
            return details(title, tables, isOpen: false)
        case .figure(let figure, let numbers):
            figureCount += 1
            return html(of: figure, number: figureCount, tables: numbers, failures: &failures)
        }
    }

    private func html(of figure: Figure, number: Int, tables: [TextTable], failures: inout [String]) -> HTML {
        let caption = HTML.element("figcaption", [.element("b", "Figure \(number). "), .text(figure.caption)])
        do {
            let drawing = HTML(markup: try renderer.draw(figure, identifier: "figure-\(number)"))
            let frame = HTML.element("div", ["class": "drawing"], [drawing])
            let content = [figure.legendHTML, frame, caption, details("Numbers", tables, isOpen: false)]
            return .element("figure", content)
        } catch {
            failures.append("figure \(number): \(error.description)")
            let note = HTML.element(
                "p", ["class": "note"], "This figure is missing: \(error.description). Its numbers follow.")
            return .element("figure", [note, caption, details("Numbers", tables, isOpen: true)])
        }
    }

    /// Text in which a number and its unit stay on one line.
    private func unbroken(_ text: String) -> String {
        text.replacing(#/([0-9]) (?=[°%]|ppm)/#) { "\($0.output.1)\u{A0}" }
    }

    private func details(_ title: String, _ tables: [TextTable], isOpen: Bool) -> HTML {
        guard !tables.isEmpty else { return HTML(markup: "") }
        let content = [HTML.element("summary", title)] + tables.map(\.html)
        return isOpen ? .element("details", ["open": "open"], content) : .element("details", content)
    }
}
