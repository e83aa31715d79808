import Studies

extension IndexedResults {
    /// The look of a method, the same in all figures.
    func style(_ method: String) -> LineStyle { Self.styles(for: results)[method] ?? LineStyle(.ink) }

    /// Baselines are grey, the others coloured, all broken in different ways, so that curves that coincide are seen as
    /// two; the chosen one is heavier and below the others.
    private static func styles(for results: RunResults) -> [String: LineStyle] {
        let dashes: [Dash] = [.dotted, .dashed, .dashDotted, .longDashed, .solid]
        let others: [Dash] = [.solid, .dashed, .dashDotted, .longDashed]
        let markers: [Marker] = [.disk, .square, .triangle, .diamond]
        var styles: [String: LineStyle] = [:]
        let baselines = results.methods.filter { $0.kind == .baseline }
        for (index, method) in baselines.enumerated() {
            styles[method.name] = LineStyle(.gray, dash: dashes[index % dashes.count], width: 1.6)
        }
        for (index, method) in results.methods.filter({ $0.kind != .baseline }).enumerated() {
            let color = FigureColor.sequence[index % FigureColor.sequence.count]
            styles[method.name] = LineStyle(
                color, dash: others[index % others.count], width: 1.6, marker: markers[index % markers.count])
        }
        styles[results.chosen]?.width = 3.4
        styles[results.chosen]?.dash = .solid
        return styles
    }
}
