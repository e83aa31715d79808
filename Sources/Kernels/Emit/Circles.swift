import Tensors

/// A nest over a short last axis along which values are rolled, in whole vectors of eight.
///
/// Cut where rolls begin anew, forty elements are four vectors and eight single numbers, each as long as a vector. Here
/// they are five vectors, and a rolled one is put together from the two that it lies in. What is written as vectors is
/// read as the same vectors, which processors hand on before it is in memory.
struct CyclicAxisWriter {
    let frame: Frame
    /// The variable of the last axis, which goes from vector to vector, and the length of that axis.
    let variable: Int
    let length: Int
    private(set) var statements: [String] = []
    private var known: [String: Term] = [:]

    /// The elements of a vector.
    static let width = 8

    init(frame: Frame, variable: Int, length: Int) {
        (self.frame, self.variable, self.length) = (frame, variable, length)
    }

    /// An expression of C: a vector, or a number that is the same along the axis.
    private struct Term {
        let text: String
        let isVector: Bool
    }

    /// The statements that compute and store some results of one shape;
    /// nil where they are more than arithmetic on whole axes.
    mutating func stores(_ results: [Int], _ shape: [Int]) -> [String]? {
        let index = shape.indices.map { shape[$0] == 1 ? Index.constant(0) : .variable($0) }
        var stores: [String] = []
        for result in results {
            guard let place = frame.places[result], place.type.isReal, let term = computed(result, index), term.isVector
            else { return nil }
            let row = "\(place.pointer) + \(frame.offset(shape, .axes(index)))"
            stores.append("*(w_\(place.type.letter(false)) *)(\(row)) = \(term.text);")
        }
        return stores
    }

    private mutating func element(_ operand: Program.Operand, _ index: [Index]) -> Term? {
        guard let value = operand.index else { return load(operand, index) }
        // Values of this nest are not read back.
        if let term = known[key(value, index)] { return term }
        if case .inline = frame.schedule.treatments[value] { return computed(value, index) }
        return load(operand, index)
    }

    private mutating func computed(_ value: Int, _ index: [Index]) -> Term? {
        if let term = known[key(value, index)] { return term }
        let instruction = frame.schedule.program.instructions[frame.schedule.makers[value]!]
        guard instruction.signatures[0].type.isReal, let term = expression(instruction, index) else { return nil }
        let bound = bind(term, instruction.signatures[0].type)
        known[key(value, index)] = bound
        return bound
    }

    private func key(_ value: Int, _ index: [Index]) -> String { "\(value)@\(index.map(\.text))" }

    private mutating func expression(_ instruction: Program.Instruction, _ index: [Index]) -> Term? {
        let shape = instruction.signatures[0].shape
        switch instruction.operation.traits.kind {
        case .same: return element(instruction.operands[0], index)
        case .arithmetic(let f):
            guard f.isOfVectors, let terms = terms(instruction, index) else { return nil }
            let type = instruction.signatures[0].type
            return Term(
                text: f.cText(terms.map(\.text), type, type, false), isVector: terms.contains(where: \.isVector))
        case .movement(.broadcast): return terms(instruction, index)?[0]
        case .movement(.roll(let shift, let axis)):
            guard axis == index.count - 1, shape[axis] == length else { return nil }
            return element(instruction.operands[0], index.dropLast() + [index[axis].scaled(by: 1, plus: -shift)])
        case .movement, .reduction, .routine, .program: return nil
        }
    }

    /// The operands of an instruction at the place of an element of its result.
    private mutating func terms(_ instruction: Program.Instruction, _ index: [Index]) -> [Term]? {
        let shape = instruction.signatures[0].shape
        var terms: [Term] = []
        for operand in instruction.operands {
            let position = Position.axes(index).aligned(shape, to: frame.schedule.signature(operand).shape)
            guard case .axes(let place) = position, let term = element(operand, place) else { return nil }
            terms.append(term)
        }
        return terms
    }

    private mutating func load(_ operand: Program.Operand, _ index: [Index]) -> Term? {
        if case .constant(let tensor) = operand, tensor.count == 1 {
            return Term(text: tensor.literal, isVector: false)
        }
        let (signature, place) = (frame.schedule.signature(operand), frame.place(operand))
        guard signature.type.isReal else { return nil }
        var row = index
        var text = "\(place.pointer)[\(frame.offset(signature.shape, .axes(index)))]"
        let isVector = index.last == .variable(variable) || index.last.map(isTurned) ?? false
        if isVector, case .affine(_, let offset)? = index.last {
            guard signature.shape.last == length else { return nil }
            row[index.count - 1] = .constant(0)
            let start = "\(place.pointer) + \(frame.offset(signature.shape, .axes(row)))"
            let turn = ((offset % length) + length) % length
            let letter = place.type.letter(false)
            text =
                turn == 0
                ? "WIDE_\(letter)(\(start), i\(variable))"
                : "TURNED_\(letter)(\(start), i\(variable), \(length), \(turn))"
        }
        let key = place.pointer + text
        if let term = known[key] { return term }
        known[key] = bind(Term(text: text, isVector: isVector), signature.type)
        return known[key]
    }

    private func isTurned(_ index: Index) -> Bool {
        if case .affine(let terms, _) = index { terms.contains { $0.variable == variable } } else { false }
    }

    private mutating func bind(_ term: Term, _ type: ElementType) -> Term {
        if term.text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) { return term }
        let name = "e\(statements.count)"
        statements.append("const \(term.isVector ? "w_" : "t_")\(type.letter(false)) \(name) = \(term.text);")
        return Term(text: name, isVector: term.isVector)
    }
}

extension Arithmetic {
    /// Whether C has it for vectors of any width.
    fileprivate var isOfVectors: Bool {
        switch self {
        case .unary(.negative), .unary(.reciprocal), .binary(.add), .binary(.subtract), .binary(.multiply),
            .binary(.divide):
            true
        case .unary, .binary, .compare, .select, .cast: false
        }
    }
}

extension Source {
    /// The nest of some instructions in whole vectors, where its last axis is a short circle.
    ///
    /// - Returns: whether it was written.
    mutating func circle(_ members: [Int], _ frame: Frame) -> Bool {
        let instructions = members.map { frame.schedule.program.instructions[$0] }
        let shape = instructions[0].signatures[0].shape
        let width = CyclicAxisWriter.width
        guard lanes == nil, let length = shape.last, length % width == 0, (2 * width...16 * width).contains(length)
        else { return false }
        let last = shape.count - 1
        var writer = CyclicAxisWriter(frame: frame, variable: last, length: length)
        guard let stores = writer.stores(instructions.map(\.results.lowerBound), shape) else { return false }
        let body = writer.statements + stores
        guard body.contains(where: { $0.contains("TURNED_") }) else { return false }
        outside(shape[..<last], 0) { source in
            source.line("UNROLL")
            source.block("for (long i\(last) = 0; i\(last) < \(length); i\(last) += \(width))") { source in
                for statement in body { source.line(statement) }
            }
        }
        return true
    }

    private mutating func outside(_ shape: ArraySlice<Int>, _ variable: Int, _ body: (inout Source) -> Void) {
        guard let count = shape.first else { return body(&self) }
        block(head(variable, 0..<count, isInnermost: false)) { $0.outside(shape.dropFirst(), variable + 1, body) }
    }
}
