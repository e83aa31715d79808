import Tensors

/// Factorizations of small matrices, alone, in groups or in lanes; LAPACK is faster for large ones.
extension Source {
    /// Into how many parts the factors of many matrices are shared out.
    static let groupParts = 16

    mutating func cholesky(_ instruction: Program.Instruction, _ frame: inout Frame, now: Int) {
        let target = frame.places[instruction.results.lowerBound]!
        let (batch, n) = matrices(instruction, frame)
        if target.isBatched {
            choleskyInLanes(instruction, &frame)
        } else if batch > 1, n <= 64, target.type == .float64, n > 0 {
            let area = workspace(Source.groupParts * 64 * n * n, &frame, now: now)
            // The length is known to the compiler.
            let part = "choleskies\(n)"
            function(part, "static void \(part)(void *context, long part) { choleskiesPart(\(n), context, part); }")
            line("choleskies_d(runtime, \(part), \(batch), \(n), \(pointers(instruction, &frame)), \(area));")
        } else {
            eachMatrix("cholesky_d", [n], instruction, upTo: 64, &frame, now: now)
        }
    }

    mutating func symmetricEigen(_ instruction: Program.Instruction, _ frame: inout Frame, now: Int) {
        let (batch, n) = matrices(instruction, frame)
        if batch > 1, n <= 48, n > 0, instruction.signatures[0].type == .float64 {
            let area = workspace(128 * (2 * n * n + 16 * n), &frame, now: now)
            line("symmetricEigens_d(\(batch), \(n), \(pointers(instruction, &frame)), \(area));")
        } else {
            eachMatrix("symmetricEigen_d", [n], instruction, upTo: 100, &frame, now: now)
        }
    }

    /// A call for every matrix of a batch, on doubles: other real numbers are converted before and after.
    ///
    /// The function takes `sizes`, its operands, its results and `option`;
    /// the interpreter does more columns than `limit`.
    mutating func eachMatrix(
        _ function: String, _ sizes: [Int], _ instruction: Program.Instruction, upTo limit: Int, option: Bool? = nil,
        _ frame: inout Frame, now: Int
    ) {
        let (batch, n) = matrices(instruction, frame)
        let operands = instruction.operands.map { frame.schedule.signature($0) }
        let signatures = operands + instruction.signatures
        guard n <= limit, !signatures.contains(where: { $0.shape.contains(0) }) else {
            return interpreted(instruction, &frame)
        }
        let places =
            instruction.operands.map { memory($0, &frame) } + instruction.results.map { frame.places[$0]! }
        var (arguments, before, after) = (sizes.map(String.init), [String](), [String]())
        for (number, (signature, place)) in zip(signatures, places).enumerated() {
            let size = signature.shape.elementCount / batch
            let own = "(\(place.pointer) + b * \(size))"
            guard signature.type == .float32 else {
                arguments.append(own)
                continue
            }
            let copy = name("w")
            line("t_d *restrict \(copy) = (t_d *)(\(workspace(8 * size, &frame, now: now)));")
            arguments.append(copy)
            let each = "for (long i = 0; i < \(size); i++)"
            if number < operands.count {
                before.append("\(each) \(copy)[i] = \(own)[i];")
            } else {
                after.append("\(each) \(own)[i] = \(copy)[i];")
            }
        }
        if let option { arguments.append(option ? "1" : "0") }
        let call = "\(function)(\(arguments.joined(separator: ", ")));"
        block("for (long b = 0; b < \(batch); b++)") { source in
            for text in before + [call] + after { source.line(text) }
        }
    }

    /// How many matrices the first operand holds, and their columns.
    private func matrices(_ instruction: Program.Instruction, _ frame: Frame) -> (count: Int, columns: Int) {
        let shape = frame.schedule.signature(instruction.operands[0]).shape
        return (shape.dropLast(2).reduce(1, *), shape[shape.count - 1])
    }

    private mutating func pointers(_ instruction: Program.Instruction, _ frame: inout Frame) -> String {
        let operands = instruction.operands.map { memory($0, &frame).pointer }
        return (operands + instruction.results.map { frame.places[$0]!.pointer }).joined(separator: ", ")
    }

    /// Memory of so many bytes during the statement.
    private mutating func workspace(_ bytes: Int, _ frame: inout Frame, now: Int) -> String {
        "\(frame.scratch) + \(frame.allocate(bytes, now: now, last: now))"
    }

    // MARK: In lanes

    private mutating func choleskyInLanes(_ instruction: Program.Instruction, _ frame: inout Frame) {
        let target = frame.places[instruction.results.lowerBound]!
        let source = memory(instruction.operands[0], &frame)
        let shape = instruction.signatures[0].shape
        let (batch, n) = (Array(shape.dropLast(2)), shape.last!)
        let at = Index.sum(batch.strides).scaled(by: n * n).text
        nestedLoops(batch) { $0.line("cholesky_D(\(n), \(source.pointer) + \(at), \(target.pointer) + \(at));") }
    }

    mutating func triangularSolve(
        _ instruction: Program.Instruction, transposed: Bool, _ frame: inout Frame, now: Int
    ) {
        let target = frame.places[instruction.results.lowerBound]!
        let factor = frame.schedule.signature(instruction.operands[0]).shape
        let shape = instruction.signatures[0].shape
        let (batch, n, m) = (Array(shape.dropLast(2)), factor[factor.count - 1], shape[shape.count - 1])
        if !target.isBatched, Array(factor.dropLast(2)) == batch {
            eachMatrix(
                "triangularSolve_d_d_d", [n, m], instruction, upTo: 64, option: transposed, &frame, now: now)
            return
        }
        guard target.type == .float64, n > 0 else { return interpreted(instruction, &frame) }
        let places = instruction.operands.map { memory($0, &frame) }
        let letters = (places + [target]).map { $0.type.letter($0.isBatched) }.joined(separator: "_")
        let left = Index.sum(Array(factor.dropLast(2)).strides(broadcastTo: batch)).scaled(by: n * n).text
        let right = Index.sum(batch.strides).scaled(by: n * m).text
        nestedLoops(batch) {
            $0.line(
                "triangularSolve_\(letters)(\(n), \(m), \(places[0].pointer) + \(left), "
                    + "\(places[1].pointer) + \(right), \(target.pointer) + \(right), \(transposed ? 1 : 0));")
        }
    }
}

extension Index {
    /// `i0 strides[0] + i1 strides[1] + …`.
    fileprivate static func sum(_ strides: [Int]) -> Index {
        strides.indices.reduce(.constant(0)) { $0 + Index.variable($1).scaled(by: strides[$1]) }
    }
}
