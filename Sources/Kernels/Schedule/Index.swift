/// Where along an axis an element is read, as a function of the variables of a nest of loops.
enum Index: Equatable {
    /// `Σ coefficient · variable + offset`.
    case affine([Term], offset: Int)
    /// Text of the emitted program: what `gather` reads.
    case text(String)

    struct Term: Equatable {
        let variable: Int
        let coefficient: Int
    }

    static func constant(_ offset: Int) -> Index { .affine([], offset: offset) }
    static func variable(_ variable: Int) -> Index { .affine([Term(variable: variable, coefficient: 1)], offset: 0) }

    /// `factor · self + summand`.
    func scaled(by factor: Int, plus summand: Int = 0) -> Index {
        switch self {
        case .affine(let terms, let offset):
            return .affine(
                factor == 0 ? [] : terms.map { Term(variable: $0.variable, coefficient: $0.coefficient * factor) },
                offset: offset * factor + summand)
        case .text(let text): return .text("(\(text))*\(factor) + \(summand)")
        }
    }

    static func + (a: Index, b: Index) -> Index {
        switch (a, b) {
        case (.affine(let x, let p), .affine(let y, let q)):
            var sum = x
            for term in y {
                if let place = sum.firstIndex(where: { $0.variable == term.variable }) {
                    sum[place] = Term(
                        variable: term.variable, coefficient: sum[place].coefficient + term.coefficient)
                } else {
                    sum.append(term)
                }
            }
            return .affine(sum.filter { $0.coefficient != 0 }, offset: p + q)
        case (.affine, .text(let y)): return .text("\(a.text) + \(y)")
        case (.text(let x), _): return .text("\(x) + \(b.text)")
        }
    }

    /// The index as C writes it.
    var text: String {
        switch self {
        case .text(let text): return text
        case .affine(let terms, let offset):
            var parts = terms.map { $0.coefficient == 1 ? "i\($0.variable)" : "\($0.coefficient)*i\($0.variable)" }
            if offset != 0 || parts.isEmpty { parts.append("\(offset)") }
            return parts.joined(separator: " + ")
        }
    }
}

/// The values that the variables of a nest of loops take.
struct Box {
    var ranges: [Range<Int>]

    /// The smallest and the largest value of an affine index; nil for another.
    func bounds(_ index: Index) -> ClosedRange<Int>? {
        guard case .affine(let terms, let offset) = index else { return nil }
        var (low, high) = (offset, offset)
        for term in terms {
            let range = ranges[term.variable]
            let ends = [range.lowerBound * term.coefficient, (range.upperBound - 1) * term.coefficient]
            low += ends.min()!
            high += ends.max()!
        }
        return low...high
    }

    /// Where to cut which variable so that `index` is below `limit` on one side only;
    /// nil if no cut of one variable does.
    func cut(_ index: Index, at limit: Int) -> Cut? {
        guard case .affine(let terms, let offset) = index, terms.count == 1, terms[0].coefficient > 0 else {
            return nil
        }
        let coefficient = terms[0].coefficient
        let distance = limit - offset
        let place = distance >= 0 ? (distance + coefficient - 1) / coefficient : -((-distance) / coefficient)
        let range = ranges[terms[0].variable]
        guard place > range.lowerBound, place < range.upperBound else { return nil }
        return Cut(variable: terms[0].variable, place: place)
    }
}

struct Cut: Hashable {
    let variable: Int
    let place: Int
}
