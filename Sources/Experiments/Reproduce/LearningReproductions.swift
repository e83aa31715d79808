import Learning

/// The table of machine learning in data assimilation, row by row.
///
/// - Parameter isQuick: shorter experiments whose numbers are rougher, for a look.
func learningReproductions(isQuick: Bool) -> [any Reproduction] {
    []
}
