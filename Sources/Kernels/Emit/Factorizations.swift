import Tensors

/// Factorizations of small matrices of doubles, alone or in lanes; LAPACK is faster for large ones.
extension Source {
    mutating func cholesky(_ instruction: Program.Instruction, _ frame: inout Frame) {
        guard let n = size(instruction, upTo: 64, frame) else { return interpreted(instruction, &frame) }
        let source = memory(instruction.operands[0], &frame)
        let target = frame.places[instruction.results.lowerBound]!
        let batch = Array(instruction.signatures[0].shape.dropLast(2))
        let at = Index.sum(batch.strides).scaled(by: n * n).text
        let letter = target.type.letter(target.isBatched)
        nestedLoops(batch) {
            $0.line("cholesky_\(letter)(\(n), \(source.pointer) + \(at), \(target.pointer) + \(at));")
        }
    }

    mutating func triangularSolve(_ instruction: Program.Instruction, transposed: Bool, _ frame: inout Frame) {
        guard let n = size(instruction, upTo: 64, frame) else { return interpreted(instruction, &frame) }
        let places = instruction.operands.map { memory($0, &frame) }
        let target = frame.places[instruction.results.lowerBound]!
        let shape = instruction.signatures[0].shape
        let (batch, m) = (Array(shape.dropLast(2)), shape[shape.count - 1])
        let letters = (places + [target]).map { $0.type.letter($0.isBatched) }.joined(separator: "_")
        let factors = frame.schedule.signature(instruction.operands[0]).shape.dropLast(2)
        let left = Index.sum(Array(factors).strides(broadcastTo: batch)).scaled(by: n * n).text
        let right = Index.sum(batch.strides).scaled(by: n * m).text
        nestedLoops(batch) {
            $0.line(
                "triangularSolve_\(letters)(\(n), \(m), \(places[0].pointer) + \(left), "
                    + "\(places[1].pointer) + \(right), \(target.pointer) + \(right), \(transposed ? 1 : 0));")
        }
    }

    mutating func symmetricEigen(_ instruction: Program.Instruction, _ frame: inout Frame) {
        guard let n = size(instruction, upTo: 100, frame) else { return interpreted(instruction, &frame) }
        let source = memory(instruction.operands[0], &frame)
        let (values, vectors) = (
            frame.places[instruction.results.lowerBound]!, frame.places[instruction.results.lowerBound + 1]!
        )
        let batch = Array(instruction.signatures[0].shape.dropLast(1))
        let one = Index.sum(batch.strides)
        let (row, whole) = (one.scaled(by: n).text, one.scaled(by: n * n).text)
        let letter = values.type.letter(values.isBatched)
        nestedLoops(batch) {
            $0.line(
                "symmetricEigen_\(letter)(\(n), \(source.pointer) + \(whole), \(values.pointer) + \(row), "
                    + "\(vectors.pointer) + \(whole));")
        }
    }

    /// The number of rows, if there is code for it: lanes leave no choice.
    private func size(_ instruction: Program.Instruction, upTo largest: Int, _ frame: Frame) -> Int? {
        let target = frame.places[instruction.results.lowerBound]!
        let n = frame.schedule.signature(instruction.operands[0]).shape.last!
        return target.type == .float64 && n > 0 && (target.isBatched || n <= largest) ? n : nil
    }
}

extension Index {
    /// `i0 strides[0] + i1 strides[1] + …`.
    fileprivate static func sum(_ strides: [Int]) -> Index {
        strides.indices.reduce(.constant(0)) { $0 + Index.variable($1).scaled(by: strides[$1]) }
    }
}
