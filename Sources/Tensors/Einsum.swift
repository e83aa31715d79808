/// Einstein's summation: products of tensors with named axes, summed over every name that the result does not have.
///
///     einsum("ij,jk->ik", a, b)        // matrix product
///     einsum("bi,bi->b", x, y)         // dot products
///     einsum("ii->", a)                // sum of the diagonal
///
/// Each letter names an axis; a letter that an operand has twice takes the diagonal. Operands are combined from left to
/// right, by batched matrix products where letters are summed and by multiplication where none is. Traps, with the
/// formula and the shapes, where letters and axes do not agree.
public func einsum(_ formula: String, _ operands: Tensor...) -> Tensor {
    let parsed = EinsumFormula(formula, operands)
    let type = operands.map(\.type).reduce(operands[0].type, ElementType.promoted)
    var terms = zip(operands, parsed.inputs).map { Term($0.cast(to: type), $1) }
    var result = terms.removeFirst()
    while !terms.isEmpty {
        let next = terms.removeFirst()
        result = result.combined(with: next, keeping: Set(parsed.output + terms.flatMap(\.letters)))
    }
    return result.summed(keeping: Set(parsed.output)).arranged(parsed.output)
}

private struct EinsumFormula {
    let inputs: [[Character]]
    let output: [Character]

    init(_ formula: String, _ operands: [Tensor]) {
        let text = "einsum \"\(formula)\" of \(operands.map(\.shape.description).joined(separator: " and "))"
        let sides = formula.replacing(" ", with: "").split(separator: "->", omittingEmptySubsequences: false)
        precondition(sides.count == 2, "\(text): needs one ->")
        inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
        output = Array(sides[1])
        precondition(
            inputs.count == operands.count && !operands.isEmpty,
            "\(text): \(inputs.count) groups of letters for \(operands.count) operands")
        var lengths: [Character: Int] = [:]
        for (letters, operand) in zip(inputs, operands) {
            precondition(
                letters.count == operand.rank && letters.allSatisfy(\.isLetter),
                "\(text): \"\(String(letters))\" does not name the \(operand.rank) axes of \(operand.shape)")
            for (axis, letter) in letters.enumerated() {
                let known = lengths[letter] ?? operand.shape[axis]
                precondition(
                    known == operand.shape[axis],
                    "\(text): axis \(axis) of \(operand.shape), \"\(letter)\", is of length \(known) elsewhere")
                lengths[letter] = known
            }
        }
        precondition(
            Set(output).count == output.count && output.allSatisfy { lengths[$0] != nil },
            "\(text): the letters of the result must be different and in an operand")
    }
}

/// A tensor whose axes have different letters.
private struct Term {
    let tensor: Tensor
    let letters: [Character]

    private init(unique tensor: Tensor, _ letters: [Character]) { (self.tensor, self.letters) = (tensor, letters) }

    /// Takes the diagonal of every letter that is there twice.
    init(_ tensor: Tensor, _ letters: [Character]) {
        guard let first = letters.indices.first(where: { letters[..<$0].contains(letters[$0]) }) else {
            self.init(unique: tensor, letters)
            return
        }
        let pair = [letters.firstIndex(of: letters[first])!, first]
        let rest = letters.indices.filter { !pair.contains($0) }
        let length = tensor.shape[first]
        let lead = rest.map { tensor.shape[$0] }
        let diagonal = tensor.transposed(to: rest + pair).reshaped(lead + [length * length])
            .slice(axis: -1, from: 0, to: length * length, by: length + 1)
        self.init(diagonal.reshaped(lead + [length]), rest.map { letters[$0] } + [letters[first]])
    }

    func length(_ letter: Character) -> Int { tensor.shape[letters.firstIndex(of: letter)!] }

    func summed(keeping kept: Set<Character>) -> Term {
        let axes = letters.indices.filter { !kept.contains(letters[$0]) }
        return axes.isEmpty ? self : Term(unique: tensor.sum(axes: axes), letters.filter(kept.contains))
    }

    /// The tensor with its axes in the order of `target`, and axes of length one for letters that it does not have.
    func arranged(_ target: [Character]) -> Tensor {
        let own = target.filter(letters.contains)
        return tensor.transposed(to: own.map { letters.firstIndex(of: $0)! })
            .reshaped(target.map { letters.contains($0) ? length($0) : 1 })
    }

    func combined(with other: Term, keeping kept: Set<Character>) -> Term {
        let a = summed(keeping: kept.union(other.letters))
        let b = other.summed(keeping: kept.union(letters))
        let shared = a.letters.filter(b.letters.contains)
        let batch = shared.filter(kept.contains)
        let inner = shared.filter { !kept.contains($0) }
        let rows = a.letters.filter { !shared.contains($0) }
        let columns = b.letters.filter { !shared.contains($0) }
        let result = batch + rows + columns
        guard !inner.isEmpty, a.tensor.type.isReal else {
            let product = a.arranged(result + inner) * b.arranged(result + inner)
            return Term(unique: product, result + inner).summed(keeping: Set(result))
        }
        func count(_ term: Term, _ letters: [Character]) -> Int { letters.map(term.length).reduce(1, *) }
        let lead = batch.isEmpty ? [] : [count(a, batch)]
        let left = a.arranged(batch + rows + inner).reshaped(lead + [count(a, rows), count(a, inner)])
        let right = b.arranged(batch + inner + columns).reshaped(lead + [count(b, inner), count(b, columns)])
        let shape = batch.map(a.length) + rows.map(a.length) + columns.map(b.length)
        return Term(unique: left.matrixProduct(right).reshaped(shape), result)
    }
}
