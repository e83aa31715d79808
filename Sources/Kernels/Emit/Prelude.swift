/// The C that every emitted program starts with: types, elementary functions, matrices, from headers.
///
/// Nothing is included: a program compiles without headers.
enum Prelude {
    /// `code` after the definitions that it needs, no more, since compile time grows with the length of the source;
    /// fewer where it does little work.
    static func completed(
        _ code: String, lanes: Int?, isLight: Bool = false, isBalanced: Bool = false
    ) -> (text: String, routines: String?) {
        var parts = numbers
        if code.mentions("w_d") || code.mentions("w_f") { parts.append(Header.circles.text) }
        let turning = [
            " product_", "sharedProduct_", "transposed_", "cholesky_d", "choleskies_d", "gather_D(", "gather_F(",
            "scatter_D(", "scatter_F(",
        ]
        if turning.contains(where: code.mentions) { parts += transposes }
        if let lanes { parts += ["#define LANES \(lanes)"] + vectors }
        if code.mentions("laneProduct_") { parts.append(Header.laneProducts.text) }
        if code.mentions(" product_") || code.mentions("sharedProduct_") {
            parts.append(isLight ? fewProducts : products)
        }
        let matrices = Header.matrices(for: code)
        if !matrices.isEmpty { parts.append("#define GROUP_PARTS \(Source.groupParts)") }
        parts += matrices.map(\.text)
        if code.mentions("argmax_") || code.mentions("argsort_") {
            parts.append(Header.order.text)
            if lanes != nil { parts.append(Header.orderInLanes.text) }
        }
        if ["uniform_", "normal_", "split_", "fold_"].contains(where: code.mentions) {
            parts += [Header.randomRounds.text, Header.random.text]
            if lanes != nil { parts += ["#define WHOLE_L(x) CONVERT((t_L)(x), t_D)", randomInLanes] }
        }
        return Definitions(parts.joined(separator: "\n")).completed(code, isBalanced: isBalanced)
    }

    private static let numbers = [
        Header.scalars.text, Header.elementary.text, Header.elementarySingle.text, Header.powers.text,
        Header.powers.text(["d": "f"]), Header.errorFunction.text, Header.errorFunctionSingle.text,
        Header.trigonometry.text, Header.trigonometrySingle.text, Header.trigonometryOfNumbers.text,
        Header.vectorWidth.text,
    ]

    private static let transposes = [
        Header.shuffles.text, Header.transposes.text, Header.transposes.text(["d": "f"]),
    ]

    /// Vectors of as many lanes as the batch is cut into.
    private static let vectors = [
        Header.lanes.text, Header.elementary.text(["d": "D", "l": "L"]),
        Header.elementarySingle.text(["f": "F", "i": "I"]), Header.errorFunction.text(["d": "D"]),
        Header.errorFunctionSingle.text(["f": "F"]), Header.powers.text(["d": "D"]), Header.powers.text(["d": "F"]),
        Header.trigonometry.text(["d": "D", "l": "L"]),
        Header.trigonometrySingle.text(["f": "F", "i": "I", "d": "D"]), Header.trigonometryInLanes.text,
        Header.lanesMemory.text,
    ]

    private static let randomInLanes = Header.random.text(["l": "L", "u": "U", "d": "D"])
}
