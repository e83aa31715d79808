/// The colours of figures: the palette of Okabe and Ito 2008 (*Color Universal Design*), which readers with any kind
/// of colour vision tell apart, less its yellow (too pale for lines), and two neutral tones.
public enum FigureColor: String, Sendable, CaseIterable {
    /// The colour of the text, dark on light or light on dark.
    case ink = "#010101"
    /// A grey for baselines.
    case gray = "#808080"
    /// Okabe and Ito's blue.
    case blue = "#0072B2"
    /// Okabe and Ito's vermillion.
    case vermillion = "#D55E00"
    /// Okabe and Ito's bluish green.
    case green = "#009E73"
    /// Okabe and Ito's reddish purple.
    case purple = "#CC79A7"
    /// Okabe and Ito's orange.
    case orange = "#E69F00"
    /// Okabe and Ito's sky blue.
    case sky = "#56B4E9"

    /// The colours of the things compared, in the order of their use.
    public static let sequence: [FigureColor] = [.blue, .vermillion, .green, .purple, .orange, .sky]

    /// The colour as CSS.
    var css: String { self == .ink ? "currentColor" : rawValue }
}

/// How a line is broken.
public enum Dash: String, Sendable, CaseIterable {
    /// Not at all.
    case solid
    /// Into dashes.
    case dashed
    /// Into dots.
    case dotted
    /// Into dashes and dots in turn.
    case dashDotted
    /// Into long dashes.
    case longDashed
}

/// The shape that marks a point.
public enum Marker: String, Sendable, CaseIterable {
    case disk = "●"
    case square = "■"
    case triangle = "▲"
    case diamond = "◆"
    case circle = "○"
    case cross = "×"
}

/// How a line is drawn.
public struct LineStyle: Sendable, Equatable {
    /// Its colour.
    public var color: FigureColor
    /// How it is broken.
    public var dash: Dash
    /// Its width, in units of which the figure's width has 900.
    public var width: Double
    /// The mark at each point.
    public var marker: Marker?

    /// A line of a colour.
    public init(_ color: FigureColor, dash: Dash = .solid, width: Double = 1.6, marker: Marker? = nil) {
        self.color = color
        self.dash = dash
        self.width = width
        self.marker = marker
    }
}
